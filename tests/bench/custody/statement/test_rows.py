"""Rows of a statement from events as they lie in a record."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bench.custody.chain import leaf_hash, spelled
from bench.custody.entries import SealedEvent
from bench.custody.statement.content import Bound
from bench.custody.statement.rows import event_rows, handset_of
from bench.events.orders import Json
from tests.bench.custody.statement.paper import NOON

PERSON: dict[str, Json] = {"id": "p-3f9a", "how": "badge+pin"}


def sealed(seq: int, **said: Json) -> SealedEvent:
    usual: dict[str, Json] = {
        "seq": seq, "type": "handed_over", "at": "2026-11-02T12:00:00.125Z", "actor": PERSON,
        "clock": {"unsync": False, "maxerror_us": 900}, "data": {},
    }  # fmt: skip
    body = spelled({**usual, **said})
    return SealedEvent(seq, body, leaf_hash(body), bytes(64))


def test_an_event_is_shown_as_it_was_recorded() -> None:
    told: dict[str, Json] = {"from": "bench-07", "to": "p-77c1", "reason": "issue", "override": "x"}
    (row,) = event_rows([sealed(7, **told)], [])
    assert (row.seq, row.what, row.who) == (7, "handed_over", "p-3f9a (badge+pin)")
    assert row.at == datetime(2026, 11, 2, 12, 0, 0, 125_000, tzinfo=UTC)
    assert (row.from_, row.to, row.reason) == ("bench-07", "p-77c1", "issue; override: x")
    assert (row.synchronised, row.max_error) == (True, 900)


def test_a_second_person_stands_beside_the_first() -> None:
    (row,) = event_rows([sealed(1, second={"id": "p-77c1", "how": "fido2"})], [])
    assert row.who == "p-3f9a (badge+pin), second person p-77c1 (fido2)"


def test_a_clock_is_trusted_only_when_the_record_says_so() -> None:
    clocks: list[Json] = [{"unsync": True}, {}, None, "ntp", {"unsync": 0}]
    rows = event_rows([sealed(seq, clock=clock) for seq, clock in enumerate(clocks, 1)], [])
    assert not any(row.synchronised for row in rows)


def test_an_event_lies_between_the_cosigned_checkpoints_around_it() -> None:
    bounds = [Bound(9, NOON), Bound(5), Bound(3, NOON), Bound(12)]
    rows = event_rows([sealed(seq) for seq in (3, 4, 9, 10, 13)], bounds)
    assert [(row.after, row.before) for row in rows] == [
        (None, Bound(3, NOON)),
        (Bound(3, NOON), Bound(9, NOON)),
        (Bound(3, NOON), Bound(9, NOON)),
        (Bound(9, NOON), Bound(12)),
        (Bound(9, NOON), None),
    ]


def test_a_correction_and_what_it_corrects_name_each_other() -> None:
    wrong = sealed(4)
    of: list[Json] = [wrong.hash.hex(), "00" * 32]
    mend = sealed(9, type="corrected", reason="wrong shelf", data={"of": of})
    first, other, last = event_rows([wrong, sealed(5), mend], [])
    (correction,) = first.corrections
    assert (correction.seq, correction.why) == (9, "wrong shelf")
    assert last.corrects == (4,)
    assert other.corrections == last.corrections == ()


def test_who_signed_an_event_off_stands_beside_it() -> None:
    one, other = sealed(4, type="disposed"), sealed(5, type="wiped")
    of: list[Json] = [one.hash.hex(), "00" * 32]
    second: Json = {"id": "p-77c1", "how": "fido2"}
    sign_off = sealed(9, type="signed_off", second=second, data={"of": of})
    signed, unsigned, last = event_rows([one, other, sign_off], [])
    assert [(each.seq, each.who) for each in signed.sign_offs] == [(9, "p-77c1 (fido2)")]
    assert last.signs_off == (4,)
    assert (last.corrects, signed.corrections, unsigned.sign_offs) == ((), (), ())


def test_a_handset_is_known_by_what_was_said_of_it_last() -> None:
    first: Json = {
        "uid": "u-1", "imei": "004400000000017", "imei2": "004400000000025", "serial": "A",
        "model": "Testphone 5",
    }  # fmt: skip
    new_board: Json = {
        "uid": "u-1",
        "imei": "004400000000033",
        "serial": "B",
        "model": "Testphone 5",
    }
    tagged: Json = {"uid": "u-1", "imei": "004400000000033", "label": "AST-000001"}
    handset = handset_of([sealed(1, dev=first), sealed(2, dev=new_board), sealed(3, dev=tagged)])
    assert handset.imeis == ("004400000000033",)
    assert (handset.uid, handset.serial, handset.asset_tag) == ("u-1", "B", "AST-000001")


def test_a_body_that_is_none_is_an_error() -> None:
    broken = SealedEvent(1, b"[]", bytes(32), bytes(64))
    with pytest.raises(ValueError, match="object"):
        event_rows([broken], [])
    with pytest.raises(ValueError, match="isoformat"):
        event_rows([sealed(1, at="yesterday")], [])
    with pytest.raises(ValueError, match="without its zone"):
        event_rows([sealed(1, at="2026-11-02T12:00:00")], [])
