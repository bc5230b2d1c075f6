"""Which profile a handset carries, and whose licences it holds, as the record says."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from bench.custody import queries
from bench.custody.body import short
from bench.custody.chain import parse
from bench.custody.entries import Entry
from bench.custody.ledger import Ledger
from bench.events.orders import CustodyKind, Json
from tests.bench.custody.epochs.set_aside import damage, opened_anew
from tests.bench.custody.record import device, open_ledger, position, scanned
from tests.bench.custody.test_phases import BOSS, HAND

OLD, NEW = "a1" * 32, "b2" * 32
STORE: dict[str, Json] = {short(OLD): ["A32 QR", 1, ""], short(NEW): ["A32 QR", 2, "B"]}


def begun(ledger: Ledger) -> None:
    ledger.append([Entry(CustodyKind.SESSION_OPENED, data={"policies": STORE})])


def staged(number: int, policy: str, *licences: str) -> list[Entry]:
    """Return the entries of a run that ends staged under a profile."""
    ends = Entry(
        CustodyKind.STAGED,
        device(number, number),
        position(number, "staged"),
        {"result": "pass", "licences": list(licences)},
        policy=policy,
    )
    return [replace(scanned(number), policy=policy), ends]


def again(number: int, kind: CustodyKind) -> Entry:
    return Entry(kind, device(number, number), position(number, "x"), reason="made up")


def carried(ledger: Ledger) -> list[tuple[str, str, int, str]]:
    with closing(dbapi2.connect(str(ledger.path))) as connection:
        found = queries.carried(connection)
        return [(each.device.uid, each.name, each.version, each.variant) for each in found]


def holders(ledger: Ledger) -> dict[str, set[str]]:
    with closing(dbapi2.connect(str(ledger.path))) as connection:
        return queries.licence_holders(connection)


def standing(ledger: Ledger) -> dict[str, set[str]]:
    with closing(dbapi2.connect(str(ledger.path))) as connection:
        return queries.staged_runs(connection)


def test_the_record_says_under_which_profile_each_handset_was_staged(tmp_path: Path) -> None:
    with closing(open_ledger(tmp_path)) as ledger:
        begun(ledger)
        ledger.append([*staged(1, OLD), *staged(2, NEW), scanned(3)])
        assert carried(ledger) == [("device-1", "A32 QR", 1, ""), ("device-2", "A32 QR", 2, "B")]
        bodies = [parse(event.body) for event in ledger.events(2, 10)]
        assert [body["policy_hash"] for body in bodies] == [
            short(OLD), short(OLD), short(NEW), short(NEW), short("ab" * 32),
        ]  # fmt: skip
        assert ledger.projections_match()


def test_a_handset_that_was_voided_carries_nothing_and_gives_its_licences_back(
    tmp_path: Path,
) -> None:
    with closing(open_ledger(tmp_path)) as ledger:
        begun(ledger)
        ledger.append([*staged(1, NEW, "vpn", "radio"), *staged(2, NEW, "vpn")])
        assert holders(ledger) == {"vpn": {"device-1", "device-2"}, "radio": {"device-1"}}
        ledger.append([again(1, CustodyKind.VOIDED)])
        assert carried(ledger) == [("device-2", "A32 QR", 2, "B")]
        assert holders(ledger) == {"vpn": {"device-2"}}
        assert ledger.projections_match()


def test_a_handset_was_staged_when_it_was_staged_whatever_came_after(tmp_path: Path) -> None:
    with closing(open_ledger(tmp_path)) as ledger:
        ledger.append(staged(1, OLD))
        ledger.append([again(1, CustodyKind.TAKEN_OUT), Entry(CustodyKind.PACKED, device(1, 1))])
        with closing(dbapi2.connect(str(ledger.path))) as connection:
            (found,) = queries.carried(connection)
            told = dict(connection.execute("SELECT type, at FROM event").fetchall())
        assert found.at == told["staged"]
        assert found.at != told["taken_out"], "the clock of the tests goes on with each event"


@pytest.mark.parametrize(
    ("kinds", "left"),
    [
        ((CustodyKind.PACKED,), 1),
        ((CustodyKind.QUARANTINED,), 0),
        ((CustodyKind.WIPED,), 0),
        ((CustodyKind.WIPED, CustodyKind.DISPOSED), 0),
    ],
)
def test_a_handset_that_was_wiped_disposed_of_or_set_aside_carries_no_profile(
    kinds: tuple[CustodyKind, ...], left: int, tmp_path: Path
) -> None:
    with closing(open_ledger(tmp_path)) as ledger:
        begun(ledger)
        entries = [*staged(1, OLD), *(Entry(kind, device(1, 1)) for kind in kinds)]
        ledger.append(entries, by=HAND, second=BOSS)
        assert len(carried(ledger)) == left


def test_a_run_that_is_voided_gives_back_only_what_it_took_itself(tmp_path: Path) -> None:
    with closing(open_ledger(tmp_path)) as ledger:
        ledger.append(staged(1, OLD, "vpn"))
        plugged_again = replace(again(1, CustodyKind.VOIDED), run=position(7, "voided"))
        ledger.append([plugged_again])
        assert holders(ledger) == {"vpn": {"device-1"}}
        assert standing(ledger) == {"device-1": {position(1, "").run}}
        ledger.append([again(1, CustodyKind.VOIDED)])
        assert (holders(ledger), standing(ledger)) == ({}, {})
        assert ledger.projections_match()


def test_a_handset_staged_anew_holds_the_licences_of_its_new_profile_only(tmp_path: Path) -> None:
    with closing(open_ledger(tmp_path)) as ledger:
        ledger.append([*staged(1, OLD, "vpn"), *staged(1, NEW, "radio")])
        assert holders(ledger) == {"radio": {"device-1"}}


def test_profiles_and_licences_go_on_in_a_new_epoch(tmp_path: Path) -> None:
    with closing(open_ledger(tmp_path)) as ledger:
        begun(ledger)
        ledger.append([*staged(1, NEW, "vpn"), scanned(4)])
    damage(tmp_path / "ledger.db", 5)
    with closing(opened_anew(tmp_path)) as ledger:
        assert carried(ledger) == [("device-1", "A32 QR", 2, "B")]
        assert holders(ledger) == {"vpn": {"device-1"}}
        assert ledger.projections_match()


def test_what_a_handset_was_staged_with_goes_on_though_its_last_run_was_voided(
    tmp_path: Path,
) -> None:
    with closing(open_ledger(tmp_path)) as ledger:
        begun(ledger)
        ledger.append(staged(1, NEW, "vpn"))
        for number, kind in ((1, CustodyKind.TAKEN_OUT), (7, CustodyKind.VOIDED)):
            left = position(number, "gone", is_open=False)
            ledger.append([replace(again(1, kind), run=left, policy=NEW)])
        ledger.append([scanned(4)])
        before = standing(ledger)
    damage(tmp_path / "ledger.db", 7)
    with closing(opened_anew(tmp_path)) as ledger:
        assert standing(ledger) == before
        assert carried(ledger) == [("device-1", "A32 QR", 2, "B")]
        assert holders(ledger) == {"vpn": {"device-1"}}
        assert ledger.projections_match()


def test_a_record_from_before_profiles_were_named_is_brought_up_to_date(tmp_path: Path) -> None:
    with closing(open_ledger(tmp_path)) as ledger:
        ledger.append(staged(1, OLD))
    with closing(dbapi2.connect(str(tmp_path / "ledger.db"), isolation_level=None)) as old:
        for statement in (
            "DROP TABLE policy",
            "DROP TABLE licence",
            "DELETE FROM _sqlite_migrations WHERE name = '2.1'",
            f"PRAGMA user_version = {2 << 16}",
        ):
            old.execute(statement)
    with closing(open_ledger(tmp_path)) as ledger:
        assert carried(ledger) == [("device-1", "", 0, "")]
        begun(ledger)
        assert carried(ledger) == [("device-1", "A32 QR", 1, "")]
        assert ledger.projections_match()
