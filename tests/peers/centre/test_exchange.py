"""What a bench brings, and everything that is not quite that; against a real PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from bench.custody.entries import SealedEvent
from tests.peers.centre.centre_room import (
    CentreRoom,
    centre_room,
    chained,
    made_up,
    sealed_event,
)

ZERO = bytes(32)


class Heard(NamedTuple):
    status: str
    through: int | None
    hash: bytes | None
    stored: int | None
    answers: Any


class Bench:
    """A bench of the store with a session; says to the door whatever it is told to."""

    def __init__(self, room: CentreRoom, name: str) -> None:
        self.room, self.name = room, name
        room.add_bench(name)
        self.session = room.as_bench(name)

    def say(
        self,
        bodies: Any,
        sigs: Any = None,
        *,
        seq: int | None = 1,
        epoch: int | None = 1,
        asks: str | None = "{}",
    ) -> Heard:
        given = [bytes(64)] * len(bodies or ()) if sigs is None else sigs
        row = self.session.execute(
            "SELECT * FROM custody.exchange(%s, %s::bigint, %b::text[], %b::bytea[], %s::jsonb)",
            (epoch, seq, bodies, given, asks),
        ).fetchone()
        assert row is not None
        return Heard(*row)

    def bring(self, events: Sequence[SealedEvent], **words: Any) -> Heard:
        words = {"seq": events[0].seq} | words
        return self.say([event.body.decode() for event in events], **words)

    def made_up(self, count: int, **words: Any) -> list[SealedEvent]:
        return made_up(self.name, count, **words)

    def stored(self) -> list[tuple[Any, ...]]:
        return self.asked(
            "SELECT e.seq, e.parsed, e.body FROM custody.event e JOIN custody.bench b"
            " USING (bench_no) WHERE bench_id = %s ORDER BY seq"
        )

    def alarms(self) -> list[tuple[Any, ...]]:
        return self.asked(
            "SELECT a.seq, a.kind, a.times, a.detail FROM custody.alarm a JOIN custody.bench b"
            " USING (bench_no) WHERE bench_id = %s ORDER BY alarm_no"
        )

    def state(self) -> str:
        return str(self.asked("SELECT state FROM custody.bench WHERE bench_id = %s")[0][0])

    def asked(self, query: str) -> list[tuple[Any, ...]]:
        with self.room.admin() as admin:
            return admin.execute(query.encode(), (self.name,)).fetchall()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreRoom]:
    folder: Path = tmp_path_factory.mktemp("centre")
    with centre_room(folder, through=1) as made:
        yield made


@pytest.fixture
def bench(room: CentreRoom) -> Iterator[Bench]:
    its = Bench(room, f"bench-{len(room.benches):03d}")
    yield its
    its.session.close()


# ── what is in order ────────────────────────────────────────────────────────────────────────────
def test_what_is_brought_is_stored_as_it_was_written(bench: Bench) -> None:
    events = bench.made_up(3, imei="004400000000017")
    assert bench.bring(events) == ("ok", 3, events[-1].hash, 3, {})
    assert bench.stored() == [(e.seq, True, e.body.decode()) for e in events]


def test_a_lost_reply_is_no_second_event(bench: Bench) -> None:
    events = bench.made_up(5)
    bench.bring(events)
    assert bench.bring(events) == ("ok", 5, events[-1].hash, 0, {})
    assert len(bench.stored()) == 5


def test_what_is_half_known_is_compared_and_the_rest_stored(bench: Bench) -> None:
    events = bench.made_up(6)
    bench.bring(events[:4])
    assert bench.bring(events[2:]) == ("ok", 6, events[-1].hash, 2, {})


def test_an_empty_call_says_where_the_store_stands(bench: Bench) -> None:
    assert bench.say([]) == ("ok", 0, ZERO, 0, {})
    assert bench.say(None, []) == ("ok", 0, ZERO, 0, {})


def test_a_gap_is_answered_with_the_head(bench: Bench) -> None:
    events = bench.made_up(4)
    bench.bring(events[:1])
    assert bench.bring(events[2:]) == ("gap", 1, events[0].hash, 0, {})
    assert bench.alarms() == []


def test_two_benches_have_each_a_chain_of_its_own(room: CentreRoom, bench: Bench) -> None:
    other = Bench(room, f"{bench.name}-b")
    with other.session:
        assert bench.bring(bench.made_up(2)).stored == 2
        assert other.bring(other.made_up(3)).through == 3


# ── another history ─────────────────────────────────────────────────────────────────────────────
def test_a_fork_freezes_the_bench_and_keeps_both_words(bench: Bench) -> None:
    events = bench.made_up(3)
    bench.bring(events)
    changed = events[1].body.replace(b"scanned", b"labelled")
    heard = bench.bring([events[0], sealed_event(2, changed)])
    assert heard == ("fork", 3, events[-1].hash, 0, {})
    assert bench.state() == "frozen"
    ((seq, kind, times, detail),) = bench.alarms()
    assert (seq, kind, times, detail["body"]) == (2, "fork", 1, changed.decode())
    assert len(bench.stored()) == 3
    assert bench.bring(events) == ("frozen", 3, events[-1].hash, 0, {})


def test_a_bench_restored_from_an_image_is_a_fork_at_its_first_new_event(bench: Bench) -> None:
    events = bench.made_up(6)
    bench.bring(events)
    again = chained(bench.name, [{"type": "restored", "at": "x"}], after=events[2])
    assert bench.bring(again).status == "fork"
    assert bench.alarms()[0][0] == 4


def test_a_body_far_too_long_among_known_ones_does_not_fill_the_alarm(bench: Bench) -> None:
    events = bench.made_up(1)
    bench.bring(events)
    assert bench.say(["x" * 9_000_000]).status == "fork"
    assert len(bench.alarms()[0][3]["body"]) == 65_536


def test_another_epoch_is_frozen_and_makes_no_head(bench: Bench) -> None:
    for epoch in (2, 0, -1, None):
        assert bench.bring(bench.made_up(1, epoch=2), epoch=epoch).status == "frozen"
    heads = bench.asked("SELECT 1 FROM custody.head JOIN custody.bench USING (bench_no)"
                        " WHERE bench_id = %s")  # fmt: skip
    assert heads == []


# ── what is no request ──────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("seq", [None, 0, -1, -(2**63)])
def test_a_number_before_the_first_is_no_request(bench: Bench, seq: int | None) -> None:
    assert bench.bring(bench.made_up(1), seq=seq).status == "bad_request"


@pytest.mark.parametrize("seq", [2, 2**31, 2**63 - 1])
def test_a_number_far_ahead_is_a_gap(bench: Bench, seq: int) -> None:
    assert bench.bring(bench.made_up(2), seq=seq)[:3] == ("gap", 0, ZERO)


def test_a_number_far_ahead_of_stored_ones_is_a_gap(bench: Bench) -> None:
    events = bench.made_up(2)
    bench.bring(events)
    assert bench.bring(events, seq=2**63 - 1).status == "gap"


@pytest.mark.parametrize(
    ("bodies", "sigs"),
    [
        ("NULL", "ARRAY['\\x00']::bytea[]"),
        ("ARRAY['{}']", "NULL"),
        ("ARRAY['{}', NULL]", "ARRAY['\\x00', '\\x00']::bytea[]"),
        ("ARRAY['{}', '{}']", "ARRAY['\\x00', NULL]::bytea[]"),
        ("ARRAY['{}', '{}']", "ARRAY['\\x00']::bytea[]"),
        ("ARRAY[['{}', '{}'], ['{}', '{}']]", "ARRAY['\\x00', '\\x00', '\\x00', '\\x00']::bytea[]"),
        ("ARRAY['{}', '{}']", "ARRAY[['\\x00', '\\x00']]::bytea[]"),
        ("'[0:1]={a,b}'", "ARRAY['\\x00', '\\x00']::bytea[]"),
        ("ARRAY['{}', '{}']", "'[5:6]={a,b}'"),
    ],
)
def test_arrays_of_another_shape_are_no_request(bench: Bench, bodies: str, sigs: str) -> None:
    query = f"SELECT status, stored FROM custody.exchange(1, 1, {bodies}, {sigs}, '{{}}')"
    assert bench.session.execute(query.encode()).fetchone() == ("bad_request", 0)
    assert bench.stored() == bench.alarms() == []


def test_more_than_five_thousand_are_no_request(bench: Bench) -> None:
    events = bench.made_up(5001)
    assert bench.bring(events).status == "bad_request"
    assert bench.bring(events[:5000])[:2] == ("ok", 5000)


# ── what does not follow ────────────────────────────────────────────────────────────────────────
def edited(bench: Bench, its: dict[str, Any]) -> list[SealedEvent]:
    """Three events, the second of which says something else of itself."""
    usual = {"type": "scanned", "at": "2026-11-24T10:00:00.000Z"}
    return chained(bench.name, [usual, usual | its, usual])


@pytest.mark.parametrize(
    ("its", "why"),
    [
        ({"seq": "2"}, "event 2: it is numbered otherwise"),
        ({"seq": 3}, "event 2: it is numbered otherwise"),
        ({"seq": None}, "event 2: it is numbered otherwise"),
        ({"seq": 10**400}, "event 2: it is numbered otherwise"),
        ({"prev": "0" * 64}, "event 2: it does not name the hash of the one before"),
        ({"prev": 0}, "event 2: it does not name the hash of the one before"),
        ({"prev": ["x"]}, "event 2: it does not name the hash of the one before"),
        ({"bench": "another"}, "event 2: it is of another bench"),
        ({"bench": None}, "event 2: it is of another bench"),
        ({"epoch": 2}, "event 2: it is of another epoch"),
        ({"epoch": "1"}, "event 2: it is of another epoch"),
        ({"sim": True}, "event 2: only one of it and this store is of training"),
        ({"sim": "false"}, "event 2: only one of it and this store is of training"),
        ({"sim": 0}, "event 2: only one of it and this store is of training"),
        ({"sim": {}}, "event 2: only one of it and this store is of training"),
    ],
)
def test_what_is_not_in_order_breaks_the_chain(bench: Bench, its: dict[str, Any], why: str) -> None:
    assert bench.bring(edited(bench, its)) == ("broken_chain", 0, ZERO, 0, {})
    assert bench.state() == "active"
    assert bench.stored() == []
    assert bench.alarms() == [(1, "broken_chain", 1, {"error": why, "events": 3})]


def test_events_in_another_order_break_the_chain(bench: Bench) -> None:
    one, two, three = bench.made_up(3)
    bodies = [event.body.decode() for event in (one, three, two)]
    assert bench.say(bodies).status == "broken_chain"


def test_events_of_another_bench_break_the_chain(bench: Bench) -> None:
    assert bench.bring(made_up("bench-of-another", 2)).status == "broken_chain"


@pytest.mark.parametrize(
    "body", ["", "null", "7", "[]", '"text"', "{", '{"v":1', "{}\u00a0", "[" * 60_000, "\ufeff{}"]
)
def test_a_body_that_is_no_object_breaks_the_chain(bench: Bench, body: str) -> None:
    assert bench.say([body]).status == "broken_chain"
    assert bench.alarms()[0][3]["error"] == "event 1: its body is no JSON object"


@pytest.mark.parametrize("length", [0, 63, 65, 100_000])
def test_a_signature_of_another_length_breaks_the_chain(bench: Bench, length: int) -> None:
    events = bench.made_up(1)
    assert bench.bring(events, sigs=[bytes(length)]).status == "broken_chain"
    assert bench.bring(events).status == "ok"


def padded(bench: Bench, size: int) -> SealedEvent:
    (bare,) = chained(bench.name, [{"type": "scanned", "note": ""}])
    return chained(bench.name, [{"type": "scanned", "note": "ü" * ((size - len(bare.body)) // 6)
                                 + "x" * ((size - len(bare.body)) % 6)}])[0]  # fmt: skip


def test_a_body_may_be_as_long_as_that_and_no_longer(bench: Bench) -> None:
    assert bench.bring([padded(bench, 65_537)]).status == "broken_chain"
    assert bench.alarms()[0][3]["error"] == "event 1: its body is longer than 65536 bytes"
    assert bench.bring([padded(bench, 65_536)]).status == "ok"


def test_the_same_fault_ten_thousand_times_is_one_row(bench: Bench) -> None:
    events = edited(bench, {"epoch": 2})
    for _ in range(40):
        assert bench.bring(events).status == "broken_chain"
        assert bench.say(["{"]).status == "broken_chain"
    assert [alarm[:3] for alarm in bench.alarms()] == [(1, "broken_chain", 80)]


# ── poison: in order, and yet not to be read ────────────────────────────────────────────────────
AT = "2026-11-24T10:00:00.000Z"


@pytest.mark.parametrize(
    "its",
    [
        {"type": "scanned", "at": AT, "note": "a\0b"},
        {"type": "scanned\0", "at": AT},
        {"type": "scanned", "at": AT, "note": "\ud800 alone"},
        {"type": "scanned", "at": AT, "note": "\udc00\ud800"},
        {"type": "scanned", "at": "2026-02-30T10:00:00.000Z"},
        {"type": "scanned", "at": "2026-02-29T10:00:00.000Z"},
        {"type": "scanned", "at": "2026-04-31T10:00:00.000Z"},
        {"type": "scanned", "at": "2026-11-24T24:00:00.000Z"},
        {"type": "scanned", "at": "2026-11-24T10:00:60.000Z"},
        {"type": "scanned", "at": "2026-11-24T10:00:00Z"},
        {"type": "scanned", "at": "infinity"},
        {"type": "scanned", "at": "٢٠٢٦-11-24T10:00:00.000Z"},
        {"type": "scanned", "at": 5},
        {"type": "scanned"},
        {"at": AT},
        {"type": None, "at": AT},
        {"type": ["scanned"], "at": AT},
        {"type": "scanned", "at": AT, "v": 2},
        {"type": "scanned", "at": AT, "v": "1"},
        {"type": "scanned", "at": AT, "v": None},
    ],
)
def test_poison_is_stored_and_blocks_nothing(bench: Bench, its: dict[str, Any]) -> None:
    usual = {"type": "scanned", "at": AT}
    events = chained(bench.name, [usual, its, usual])
    assert bench.bring(events) == ("ok", 3, events[-1].hash, 3, {})
    assert [row[1] for row in bench.stored()] == [True, False, True]
    assert bench.stored()[1][2] == events[1].body.decode()
    assert bench.alarms() == []
    assert bench.bring(events).stored == 0


def test_a_number_that_the_database_cannot_hold_is_poison(bench: Bench) -> None:
    (bare,) = chained(bench.name, [{"type": "scanned", "at": AT, "data": 7}])
    huge = sealed_event(1, bare.body.replace(b'"data":7', b'"data":1e999999'))
    assert bench.bring([huge]).status == "ok"
    assert bench.stored()[0][1] is False


def test_poison_that_does_not_follow_still_breaks_the_chain(bench: Bench) -> None:
    events = chained(bench.name, [{"type": "x\0", "prev": "1" * 64}])
    assert bench.bring(events).status == "broken_chain"


def test_what_poison_only_quotes_is_not_its_own_word(bench: Bench) -> None:
    inner = {"prev": "0" * 64, "seq": 1, "bench": bench.name, "epoch": 1, "note": "\0"}
    body = json.dumps({"data": inner, "x": 1}, separators=(",", ":")).encode()
    assert bench.bring([sealed_event(1, body)]).status == "broken_chain"


def test_a_leap_day_is_a_day(bench: Bench) -> None:
    days = ["2028-02-29", "2026-01-31", "2026-04-30", "2026-12-31", "2099-02-28"]
    said = [{"type": "scanned", "at": f"{day}T23:59:59.999Z"} for day in days]
    assert bench.bring(chained(bench.name, said)).status == "ok"
    assert [row[1] for row in bench.stored()] == [True] * 5
    moments = bench.asked(
        "SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') FROM custody.event"
        " JOIN custody.bench USING (bench_no) WHERE bench_id = %s ORDER BY seq"
    )
    assert [moment for (moment,) in moments] == [f"{day} 23:59:59.999" for day in days]


def test_of_a_name_that_is_given_twice_the_last_counts(bench: Bench) -> None:
    (bare,) = chained(bench.name, [{"type": "scanned", "at": AT}])
    first_lies = bare.body.replace(b'"seq":1', b'"seq":9,"seq":1')
    last_lies = bare.body.replace(b'"seq":1', b'"seq":1,"seq":9')
    assert bench.bring([sealed_event(1, last_lies)]).status == "broken_chain"
    assert bench.bring([sealed_event(1, first_lies)]).status == "ok"


def test_of_a_name_that_poison_gives_twice_the_last_counts_too(bench: Bench) -> None:
    (bare,) = chained(bench.name, [{"type": "scanned\0", "at": AT}])
    first_lies = bare.body.replace(b'"seq":1', b'"seq":9,"seq":1')
    last_lies = bare.body.replace(b'"seq":1', b'"seq":1,"seq":9')
    assert bench.bring([sealed_event(1, last_lies)]).status == "broken_chain"
    assert bench.bring([sealed_event(1, first_lies)]).status == "ok"


@pytest.mark.parametrize(
    ("its", "column", "value"),
    [
        ({"id": "019AC3D2-0000-7000-8000-000000000001"}, "event_id", None),
        ({"id": 7}, "event_id", None),
        ({"id": "x" * 36}, "event_id", None),
        ({"dev": {"imei": "0044000000000"}}, "imei", None),
        ({"dev": {"imei": "٠٠٤٤٠٠٠٠٠٠٠٠٠١٧"}}, "imei", None),
        ({"dev": {"imei": 4400000000017}}, "imei", None),
        ({"dev": "004400000000017"}, "imei", None),
        ({"dev": ["004400000000017"]}, "imei", None),
        ({"dev": {"imei": "004400000000017\n"}}, "imei", None),
        ({"dev": {"imei": "004400000000017"}}, "imei", "004400000000017"),
        ({"type": "t" * 5000}, "type", "t" * 64),
        ({"type": "'; DROP TABLE custody.event; --"}, "type", "'; DROP TABLE custody.event; --"),
    ],
)
def test_what_fits_no_column_is_left_out_of_it(
    bench: Bench, its: dict[str, Any], column: str, value: str | None
) -> None:
    assert bench.bring(chained(bench.name, [{"type": "scanned", "at": AT} | its])).status == "ok"
    query = (f"SELECT {column}, parsed FROM custody.event JOIN custody.bench USING (bench_no)"
             " WHERE bench_id = %s")  # fmt: skip
    assert bench.asked(query) == [(value, True)]


# ── what is asked beside ────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "asks",
    [
        None, "null", "7", "[]", '"hello"', '{"imeis": 5}', '{"imeis": {"a": 1}}',
        '{"imeis": [null, 1, {}, [[]], "x"]}', '{"release": "x"}', '{"release": -1e300}',
        '{"release": 1e300}', '{"release": null}', '{"part": 5}', '{"part": "' + "a" * 63 + '"}',
        '{"part": ["x"]}', '{"unknown": {"deep": [1]}}', '{"hello": {"a": []}}',
        json.dumps({"imeis": ["004400000000017"] * 3000}), json.dumps({"imeis": ["x" * 90_000]}),
    ],
)  # fmt: skip
def test_hostile_questions_undo_nothing(bench: Bench, asks: str | None) -> None:
    heard = bench.bring(bench.made_up(2), asks=asks)
    assert (heard.status, heard.stored) == ("ok", 2)
    assert isinstance(heard.answers, dict)


def test_a_question_that_is_far_too_long_is_not_read(bench: Bench) -> None:
    long = json.dumps({"hello": True, "x": "y" * 70_000})
    assert bench.say([], asks='{"hello": true, "x": "y"}').answers["hello"]["bench"] == bench.name
    assert bench.say([], asks=long) == ("ok", 0, ZERO, 0, {})


def test_an_answer_that_fails_undoes_nothing(bench: Bench) -> None:
    with bench.room.admin() as admin:
        row = admin.execute("SELECT pg_get_functiondef('custody.answers'::regproc)").fetchone()
        assert row is not None
        admin.execute("CREATE OR REPLACE FUNCTION custody.answers(its_bench_no integer, asks jsonb)"
                      " RETURNS jsonb LANGUAGE sql AS 'SELECT to_jsonb(1 / 0)'")  # fmt: skip
        try:
            assert bench.bring(bench.made_up(2), asks='{"hello": true}').stored == 2
        finally:
            admin.execute(row[0].encode())
    assert len(bench.stored()) == 2


def test_a_store_says_which_words_it_speaks_whatever_its_form(bench: Bench) -> None:
    hello = bench.say([], asks='{"hello": true}').answers["hello"]
    assert (hello["protocol"], hello["form"]) == (1, 1)


# ── what a session may set ──────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "setting",
    [
        "standard_conforming_strings = off", "datestyle = 'German'", "timezone = 'Asia/Tokyo'",
        "search_path = pg_temp, public", "bytea_output = 'escape'", "array_nulls = off",
        "backslash_quote = on", "transform_null_equals = on", "row_security = off",
        "session_characteristics", "default_transaction_isolation = 'serializable'",
        "plan_cache_mode = force_custom_plan", "enable_hashjoin = off",
    ],
)  # fmt: skip
def test_no_setting_of_a_session_changes_what_is_taken(bench: Bench, setting: str) -> None:
    words = "SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ"
    bench.session.execute(
        f"SET {words if setting == 'session_characteristics' else setting}".encode()
    )
    events = chained(bench.name, [{"type": "a", "at": AT}, {"type": "b\0", "at": AT}])
    assert bench.bring(events) == ("ok", 2, events[-1].hash, 2, {})
    assert bench.bring(events).stored == 0
    assert [row[1] for row in bench.stored()] == [True, False]


def test_a_store_of_training_takes_what_is_of_training_only(room: CentreRoom) -> None:
    bench = Bench(room, "of-training")
    with bench.session, room.admin() as admin:
        try:
            admin.execute("UPDATE custody.store SET simulated = true")
            assert bench.bring(bench.made_up(1)).status == "broken_chain"
            assert bench.bring(bench.made_up(1, sim=True)).status == "ok"
        finally:
            admin.execute("UPDATE custody.store SET simulated = false")


def test_a_sessions_end_in_mid_transaction_leaves_nothing(bench: Bench) -> None:
    events = bench.made_up(3)
    bench.session.execute("BEGIN")
    assert bench.bring(events).stored == 3
    pid = bench.session.info.backend_pid
    with bench.room.admin() as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    with pytest.raises(psycopg.OperationalError):
        bench.session.execute("COMMIT")
    bench.session.close()
    assert bench.stored() == []
    bench.session = bench.room.as_bench(bench.name)
    assert bench.bring(events) == ("ok", 3, events[-1].hash, 3, {})
