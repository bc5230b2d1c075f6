from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from bench.custody.chain import GENESIS, UnrecordableError, leaf_hash
from bench.custody.entries import DeviceRef, Entry, LabelJob, LabelState, LedgerHeader
from bench.custody.ledger import Ledger
from bench.custody.verification import Verdict, verify_file
from bench.events.orders import CustodyKind, Json
from bench.identity.identifiers import AssetTag, SerialNumber
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.record import (
    HEADER,
    CountingClock,
    device,
    imei,
    open_ledger,
    position,
    queued,
    scanned,
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(tmp_path)
    yield opened
    opened.close()


def bodies(ledger: Ledger) -> list[dict[str, Json]]:
    return [json.loads(event.body) for event in ledger.events(0, 1000)]


def test_a_new_record_opens_its_epoch_with_its_key(ledger: Ledger) -> None:
    (opened,) = bodies(ledger)
    assert opened["type"] == "epoch_opened"
    assert (opened["seq"], opened["prev"], opened["epoch"]) == (1, GENESIS, 1)
    assert verify_file(ledger.path) == Verdict(1)


def test_a_body_says_all_that_happened(ledger: Ledger) -> None:
    phone = DeviceRef(
        "device-1", (imei(1), imei(2)), SerialNumber("R1"), "SM-A325F", AssetTag("MP", "000009")
    )
    entry = Entry(
        CustodyKind.LABELLED,
        phone,
        position(1, "staging"),
        {"note": "e\u0301"},
        "copy asked for",
        from_="goods-in",
        to="bench-07",
        label_job=LabelJob("run-1", 2),
    )
    before = ledger.tail()
    (appended,) = ledger.append([entry])
    sealed = ledger.events(1, 1)[0]
    body = json.loads(sealed.body)
    assert leaf_hash(sealed.body) == sealed.hash == appended.hash
    assert body == {
        "v": 1,
        "id": appended.event_id,
        "bench": "bench-07",
        "epoch": 1,
        "seq": 2,
        "prev": before.hash.hex(),
        "type": "labelled",
        "at": "2026-11-02T09:00:02.000Z",
        "boot": body["boot"],
        "mono": 2000,
        "clock": {"unsync": False, "maxerror_us": 500},
        "actor": {"id": "technician", "how": "unproven"},
        "app": {"ver": "0.1.0"},
        "policy_hash": "q6urq6urq6urq6urq6urqw",
        "dev": {
            "uid": "device-1",
            "imei": str(imei(1)),
            "imei2": str(imei(2)),
            "serial": "R1",
            "model": "SM-A325F",
            "label": "MP-000009",
            "phase": "new",
        },
        "dprev": GENESIS,
        "dseq": 0,
        "from": "goods-in",
        "to": "bench-07",
        "reason": "copy asked for",
        "data": {
            "note": "\u00e9",
            "run": {
                "id": "run-1",
                "slot": "A2",
                "state": "staging",
                "position": {"step": 1},
            },
            "label": {"copy": 2, "state": "printed"},
        },
        "sim": True,
    }


def test_each_event_names_the_one_before_it_of_the_same_handset(ledger: Ledger) -> None:
    first, _, third = ledger.append([scanned(1), scanned(2), scanned(1)])
    (fourth,) = ledger.append([scanned(1)])
    last = bodies(ledger)[-2:]
    assert [(body["dseq"], body["dprev"]) for body in last] == [
        (first.seq, first.hash.hex()),
        (third.seq, third.hash.hex()),
    ]
    assert fourth.seq == 5


def test_the_runs_that_were_open_are_found_after_a_restart(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    ledger.append([scanned(1), scanned(2), scanned(3)])
    ledger.append([replace(scanned(1), run=position(1, "held"))])
    ledger.append([Entry(CustodyKind.TAKEN_OUT, device(2), position(2, "gone", is_open=False))])
    ledger.close()
    again = open_ledger(tmp_path)
    found = again.open_runs()
    assert [run.position for run in found] == [position(3, "staging"), position(1, "held")]
    assert [run.device for run in found] == [device(3, 3), device(1, 1)]
    assert again.tail().seq == 6
    again.append([scanned(4)])
    again.close()
    assert verify_file(tmp_path / "ledger.db") == Verdict(7)


def test_a_handset_is_found_by_either_imei(ledger: Ledger) -> None:
    both = replace(device(1), imeis=(imei(1), imei(100)))
    ledger.append([replace(scanned(1), device=both), replace(queued(1), device=both)])
    tagged = replace(both, asset_tag=AssetTag.parse("MP-000007"))
    ledger.append([replace(scanned(1), device=tagged), replace(scanned(1), run=None, device=both)])
    found = ledger.device_by_imei(imei(100))
    assert found is not None
    assert found == ledger.device_by_imei(imei(1))
    assert (found.uid, found.imeis, found.model) == ("device-1", (imei(1), imei(100)), "SM-A325F")
    assert (found.asset_tag, found.state, found.run, found.slot, found.seq) == (
        AssetTag("MP", "000007"),
        "staging",
        "run-1",
        "A2",
        5,
    )
    assert ledger.device_by_imei(imei(2)) is None


def test_an_asset_number_is_never_given_twice(ledger: Ledger) -> None:
    assert str(ledger.next_asset_tag("MP")) == "MP-000001"
    ledger.append([scanned(41), scanned(7)])
    ledger.append([replace(scanned(41), device=device(41, 5))])
    assert str(ledger.next_asset_tag("MP")) == "MP-000042"
    assert str(ledger.next_asset_tag("BX")) == "BX-000001"


def test_labels_wait_until_they_are_printed(ledger: Ledger) -> None:
    ledger.append([queued(2), queued(1), queued(1, copy=2), queued(3)])
    ledger.append([replace(queued(2), kind=CustodyKind.LABELLED)])
    ledger.append([replace(queued(3), kind=CustodyKind.VOIDED, label_state=LabelState.DROPPED)])
    assert ledger.pending_label_jobs() == (LabelJob("run-1", 1), LabelJob("run-1", 2))


def test_the_record_counts_what_was_done(ledger: Ledger) -> None:
    for number, kind in enumerate(
        (CustodyKind.STAGED, CustodyKind.STAGED, CustodyKind.HELD, CustodyKind.VOIDED), start=1
    ):
        ledger.append([scanned(number), queued(number)])
        ledger.append([Entry(kind, device(number), position(number, kind.value))])
    gone = position(1, "gone", is_open=False)
    job = LabelJob("run-1", 1)
    ledger.append([Entry(CustodyKind.TAKEN_OUT, device(1), gone, label_job=job)])
    counts = ledger.counts()
    assert counts.events == ledger.tail().seq == 14
    assert (counts.labels, counts.staged, counts.held, counts.voided) == (1, 2, 1, 1)


@pytest.mark.parametrize("value", [0.5, 2**53, "\x00", "\ud800", "x" * 70_000])
def test_what_cannot_be_recorded_leaves_no_trace(ledger: Ledger, value: Json) -> None:
    before = ledger.tail()
    with pytest.raises(UnrecordableError):
        ledger.append([scanned(1), replace(scanned(2), data={"value": value})])
    assert ledger.tail() == before
    assert ledger.open_runs() == ()
    ledger.append([scanned(1)])
    assert verify_file(ledger.path) == Verdict(2)


def test_custody_keeps_its_own_keys_and_its_first_event_to_itself(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="custody's own"):
        ledger.append([replace(scanned(1), data={"run": "mine"})])
    with pytest.raises(ValueError, match="opened once"):
        ledger.append([Entry(CustodyKind.EPOCH_OPENED)])


def test_a_real_handset_never_enters_a_simulated_record(ledger: Ledger) -> None:
    made_up_but_not_for_tests = imei(1, tac="99999901")
    phone = replace(device(1), imeis=(imei(1), made_up_but_not_for_tests))
    with pytest.raises(ProblemError) as refused:
        ledger.append([scanned(2), replace(scanned(1), device=phone)])
    assert refused.value.problem.code is ProblemCode.NOT_REAL
    assert ledger.tail().seq == 1


def test_a_simulated_handset_never_enters_a_real_record(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path, LedgerHeader("bench-07", simulated=False))
    with pytest.raises(ProblemError) as refused:
        ledger.append([scanned(1)])
    assert refused.value.problem.code is ProblemCode.NOT_REAL
    phone = replace(device(1), imeis=(imei(1, tac="99999901"),))
    ledger.append([replace(scanned(1), device=phone)])
    assert all("sim" not in body for body in bodies(ledger))
    assert verify_file(ledger.path) == Verdict(2)
    ledger.close()


def test_a_full_disk_stops_the_record_and_space_lets_it_go_on(ledger: Ledger) -> None:
    def pages(limit: int) -> None:
        ledger._connection.execute(f"PRAGMA max_page_count = {limit}")

    ledger.append([scanned(1)])
    before = ledger.tail(), ledger.open_runs(), ledger.counts()
    pages(1)
    with pytest.raises(ProblemError) as refused:
        ledger.append([scanned(number) for number in range(2, 60)])
    assert refused.value.problem.code is ProblemCode.LEDGER_FULL
    assert (ledger.tail(), ledger.open_runs(), ledger.counts()) == before
    pages(1_000_000)
    ledger.append([scanned(number) for number in range(2, 60)])
    assert verify_file(ledger.path) == Verdict(60)
    assert ledger.projections_match()


def test_a_record_locked_by_another_connection_is_not_lost(ledger: Ledger) -> None:
    ledger._connection.execute("PRAGMA busy_timeout = 1")
    other = dbapi2.connect(str(ledger.path), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ProblemError) as refused:
        ledger.append([scanned(1)])
    assert refused.value.problem.code is ProblemCode.LEDGER_FULL
    other.execute("ROLLBACK")
    other.close()
    assert ledger.append([scanned(1)])[0].seq == 2


def test_a_clock_that_ran_backwards_is_refused_within_one_boot(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    clock = CountingClock(mono=50_000)
    ledger._clock = clock
    ledger.append([scanned(1)])
    clock.mono = 1000
    with pytest.raises(ProblemError, match="backwards"):
        ledger.append([scanned(1)])
    clock.boot = "boot-2"
    ledger.append([scanned(1)])
    ledger.close()
    assert verify_file(tmp_path / "ledger.db") == Verdict(4)


def test_closing_twice_does_nothing(ledger: Ledger) -> None:
    ledger.close()
    ledger.close()


def test_tables_that_drifted_are_made_again_from_the_events(ledger: Ledger) -> None:
    ledger.append([queued(1), scanned(2)])
    assert ledger.projections_match()
    ledger._connection.execute("UPDATE run SET state = 'staged'")
    assert not ledger.projections_match()
    ledger.rebuild_projections()
    assert ledger.projections_match()
    assert {run.position.state for run in ledger.open_runs()} == {"labelling", "staging"}


def test_a_bench_s_name_has_no_room_for_a_second_line() -> None:
    with pytest.raises(ValueError, match="name"):
        LedgerHeader("bench-07\nbench-08", simulated=False)
    assert replace(HEADER, bench="Leeds.bench_7-b").epoch == 1


def test_a_record_s_tree_keeps_its_name_when_the_organisation_changes_its_own(
    tmp_path: Path,
) -> None:
    ledger = open_ledger(tmp_path)
    first = ledger.checkpoint("shift")
    ledger.close()
    renamed = open_ledger(tmp_path, replace(HEADER, organisation="custody.example"))
    second = renamed.checkpoint("shift")
    renamed.close()
    assert second.text.split("\n")[0] == first.text.split("\n")[0]
    assert verify_file(tmp_path / "ledger.db").verifies
