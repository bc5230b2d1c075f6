from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bench.custody import projection
from bench.custody.backup.restoring import restore
from bench.custody.chain import parse
from bench.custody.database import connect_reader
from bench.custody.entries import LabelJob, LedgerHeader
from bench.custody.epochs import swap
from bench.custody.epochs.beginning import Why
from bench.custody.epochs.salvage import salvage
from bench.custody.epochs.verifying import verify_epochs
from bench.custody.people import audit
from bench.custody.phases import Phase
from bench.custody.proof.checkpoint import Checkpoint
from bench.custody.proof.note import SignedNote
from bench.custody.verification import verify_file
from bench.events.orders import CustodyKind, Json
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.epochs.set_aside import (
    FIRST,
    RECORD,
    SECOND,
    busy,
    damage,
    found_in,
    opened_again,
    opened_anew,
)
from tests.bench.custody.people.enrolled import unproven
from tests.bench.custody.record import HEADER, device, imei, open_ledger, scanned, tamper


def first_event(record: Path) -> dict[str, Json]:
    with closing(connect_reader(record)) as connection:
        (body,) = connection.execute(
            "SELECT CAST(body AS BLOB) FROM event WHERE seq = 1"
        ).fetchone()
    return parse(body)


def names(folder: Path) -> list[str]:
    """Return what lies there; a reader may leave an empty log."""
    return sorted(
        each.name for each in folder.iterdir() if not each.name.endswith(("-wal", "-shm"))
    )


def data_of(record: Path) -> dict[str, Json]:
    data = first_event(record)["data"]
    assert isinstance(data, dict)
    return data


def test_what_is_left_of_a_damaged_record_is_taken_from_its_good_events(tmp_path: Path) -> None:
    record = busy(tmp_path)
    damage(record, 10)
    found = found_in(tmp_path)
    assert found.fault == "event 10: its text does not fit its hash"
    assert (found.bench, found.epoch, found.seq) == ("bench-07", 1, 9)
    assert {each.uid for each in found.devices} == {f"device-{n}" for n in range(1, 6)}
    assert found.devices[-1].uid == "device-1"
    assert {each.phase for each in found.devices} == {Phase.AT_BENCH}
    assert [str(each.position.run) for each in found.open_runs][-1] == "run-1"
    assert found.asset_numbers == {"MP": 5}
    assert found.note is not None
    assert Checkpoint.parse(found.note.text).size == 8


def test_the_tables_of_a_damaged_record_are_not_believed(tmp_path: Path) -> None:
    record = busy(tmp_path)
    tamper(record, "UPDATE device SET phase = 'disposed', asset_tag = 'MP-000077'")
    damage(record, 10)
    found = found_in(tmp_path)
    assert {each.phase for each in found.devices} == {Phase.AT_BENCH}
    assert str(found.devices[0].asset_tag) == "MP-000002"


def test_work_goes_on_in_a_new_epoch_and_the_old_file_keeps_every_byte(tmp_path: Path) -> None:
    record = busy(tmp_path)
    damage(record, 10)
    evidence = record.read_bytes()
    before = found_in(tmp_path)
    with closing(opened_anew(tmp_path)) as ledger:
        assert ledger.header.epoch == 2
        assert ledger.projections_match()
        assert [run.position for run in ledger.open_runs()] == [
            run.position for run in before.open_runs
        ]
        assert [run.policy_hash for run in ledger.open_runs()] == [
            run.policy_hash for run in before.open_runs
        ]
        for number in range(1, 6):
            known = ledger.device_by_imei(imei(number))
            assert known is not None
            assert known.phase is Phase.AT_BENCH
            assert known.asset_tag == device(number, number).asset_tag
        assert ledger.pending_label_jobs() == (LabelJob("run-3", 1),)
        ledger.append([scanned(1)])
        assert ledger.projections_match()
    assert swap.old_epochs(record) == (tmp_path / "ledger-e1.db",)
    assert (tmp_path / "ledger-e1.db").read_bytes() == evidence
    assert verify_file(record).verifies
    assert not (tmp_path / "ledger.db.partial").exists()


def test_the_first_event_names_where_the_epoch_before_ended_and_two_persons(
    tmp_path: Path,
) -> None:
    record = busy(tmp_path)
    damage(record, 10)
    before = found_in(tmp_path)
    with closing(opened_anew(tmp_path)) as ledger:
        events = ledger.events(0, 100)
    first = parse(events[0].body)
    assert first["reason"] == "the record was damaged"
    assert data_of(record)["continues"] == {
        "epoch": 1,
        "seq": 9,
        "hash": before.hash,
        "checkpoint": str(before.note),
        "fault": "event 10: its text does not fit its hash",
    }
    last = parse(events[-1].body)
    assert (last["type"], last["second"]) == ("signed_off", {"id": SECOND.id, "how": "badge+pin"})
    assert last["data"] == {"of": [events[0].hash.hex()]}
    carried = [parse(each.body) for each in events if b'"carried"' in each.body]
    assert len(carried) == 5
    assert {body["type"] for body in carried} == {CustodyKind.CARRIED}
    named = carried[-1]["data"]
    assert isinstance(named, dict)
    assert isinstance(named["carried"], dict)
    assert named["carried"]["seq"] == 9
    assert named["carried"]["hash"] == before.hash


def test_the_next_start_finds_the_new_epoch(tmp_path: Path) -> None:
    damage(busy(tmp_path), 10)
    opened_anew(tmp_path).close()
    with closing(opened_again(tmp_path)) as ledger:
        assert ledger.header.epoch == 2
        assert ledger.tail().seq == 7


def test_an_outcome_goes_on_too(tmp_path: Path) -> None:
    with closing(open_ledger(tmp_path)) as ledger:
        ledger.append([scanned(1)])
        entry = scanned(1)
        assert entry.run is not None
        done = replace(entry.run, state="staged", open=False)
        ledger.append([replace(entry, kind=CustodyKind.STAGED, run=done)])
        was = ledger.device_by_imei(imei(1))
    with closing(opened_anew(tmp_path, Why.REIMAGED)) as ledger:
        known = ledger.device_by_imei(imei(1))
        assert known is not None
        assert was is not None
        assert (known.outcome, known.phase, known.run) == ("staged", Phase.STAGED, was.run)
        assert ledger.counts().staged == 1
        assert ledger.projections_match()


def test_no_tag_is_given_twice_even_where_its_event_cannot_be_believed(tmp_path: Path) -> None:
    record = busy(tmp_path)
    with closing(open_ledger(tmp_path)) as ledger:
        ledger.append([scanned(40)])
    damage(record, 10)
    tamper(record, "DELETE FROM asset_number", "DELETE FROM device")
    with closing(opened_anew(tmp_path)) as ledger:
        assert ledger.device_by_imei(imei(40)) is None
        assert str(ledger.next_asset_tag("MP")) == "MP-000041"
        ledger.rebuild_projections()
        assert str(ledger.next_asset_tag("MP")) == "MP-000041"


def test_no_tag_is_given_twice_where_the_file_is_no_database_any_more(tmp_path: Path) -> None:
    record = busy(tmp_path)
    with record.open("r+b") as file:
        file.write(b"\0" * 100)
    found = found_in(tmp_path)
    assert (found.seq, found.hash, found.devices) == (0, "0" * 64, ())
    assert found.simulated is None
    with closing(opened_anew(tmp_path)) as ledger:
        assert ledger.header.epoch == 2
        assert str(ledger.next_asset_tag("MP")) == "MP-000006"
    assert data_of(record)["continues"] != {}


def test_tags_that_events_known_to_be_lost_may_have_given_are_left_out(tmp_path: Path) -> None:
    assert busy(tmp_path)
    with closing(open_ledger(tmp_path)) as ledger:
        ledger.freeze("20 events were cosigned, 13 are here: open a new epoch")
    with closing(opened_anew(tmp_path, Why.FROZEN)) as ledger:
        assert str(ledger.next_asset_tag("MP")) == "MP-000013"


def test_a_frozen_record_goes_on_in_a_new_epoch_that_is_not_frozen(tmp_path: Path) -> None:
    record = busy(tmp_path)
    with closing(open_ledger(tmp_path)) as ledger:
        ledger.freeze("a later state is known")
    with closing(opened_anew(tmp_path, Why.FROZEN)) as ledger:
        ledger.append([scanned(1)])
    continues = data_of(record)["continues"]
    assert isinstance(continues, dict)
    assert continues["frozen"] == "a later state is known"
    assert "fault" not in continues


def test_a_log_that_a_killed_bench_left_goes_with_its_file(tmp_path: Path) -> None:
    """SQLite would take an old write-ahead log for that of the new file beside it."""
    record = busy(tmp_path)
    image = tmp_path / "image"
    image.mkdir()
    with closing(open_ledger(tmp_path)) as ledger:
        ledger.append([scanned(6)])
        for name in (RECORD, f"{RECORD}-wal", "bench.key"):
            shutil.copy(tmp_path / name, image / name)
    log = (image / f"{RECORD}-wal").read_bytes()
    assert log
    with closing(opened_anew(image, Why.REIMAGED)) as ledger:
        assert ledger.device_by_imei(imei(6)) is not None
    assert (image / "ledger-e1.db-wal").read_bytes() == log
    assert verify_file(image / RECORD).verifies
    assert verify_file(image / "ledger-e1.db").events == 14
    assert record.exists()


def test_a_restored_backup_goes_on_in_a_new_epoch_and_the_lost_record_is_kept(
    tmp_path: Path,
) -> None:
    record = busy(tmp_path)
    with closing(connect_reader(record)) as connection:
        connection.execute("PRAGMA query_only = 0")
        connection.execute("VACUUM INTO ?", (str(tmp_path / "backup.db"),))
    with closing(open_ledger(tmp_path)) as ledger:
        ledger.append([scanned(9)])
    damage(record, 4)
    back = restore(tmp_path / "backup.db", tmp_path / "restored.db")
    found = found_in(tmp_path, "restored.db")
    assert (found.seq, found.hash) == (back.seq, back.hash.hex())
    with closing(opened_anew(tmp_path, Why.RESTORED, found)) as ledger:
        assert ledger.header.epoch == 2
        assert len(ledger.open_runs()) == 5
        assert str(ledger.next_asset_tag("MP")) == "MP-000010"
    assert (tmp_path / "ledger-e1.db").exists()


def test_an_epoch_after_the_second_has_a_number_of_its_own(tmp_path: Path) -> None:
    record = busy(tmp_path)
    opened_anew(tmp_path, Why.REIMAGED).close()
    damage(record, 4)
    with closing(opened_anew(tmp_path)) as ledger:
        assert ledger.header.epoch == 3
        assert len(ledger.open_runs()) == 2
    shutil.copy(tmp_path / "ledger-e1.db", record)
    found = found_in(tmp_path)
    with closing(opened_anew(tmp_path, Why.RESTORED, found)) as ledger:
        assert ledger.header.epoch == 3
    assert [each.name for each in swap.old_epochs(record)] == [
        "ledger-e1.db", "ledger-e1-2.db", "ledger-e2.db"
    ]  # fmt: skip


def test_a_record_that_is_missing_is_not_begun_again_as_the_first(tmp_path: Path) -> None:
    record = busy(tmp_path)
    opened_anew(tmp_path, Why.REIMAGED).close()
    record.unlink()
    with pytest.raises(ProblemError) as refused:
        open_ledger(tmp_path)
    assert refused.value.problem.code is ProblemCode.LEDGER_DAMAGED
    assert "ledger-e1.db was before it" in str(refused.value)
    with closing(opened_anew(tmp_path, Why.RESTORED, found_in(tmp_path, "ledger-e1.db"))) as ledger:
        assert ledger.header.epoch == 2
    assert verify_file(record).verifies


def test_a_record_whose_events_were_all_taken_away_is_not_begun_again(tmp_path: Path) -> None:
    record = busy(tmp_path)
    tamper(record, "DELETE FROM event")
    with pytest.raises(ProblemError) as refused:
        open_ledger(tmp_path)
    assert refused.value.problem.code is ProblemCode.LEDGER_DAMAGED
    with closing(opened_anew(tmp_path)) as ledger:
        assert ledger.header.epoch == 2
        assert str(ledger.next_asset_tag("MP")) == "MP-000006"


def test_an_epoch_that_was_set_aside_is_written_to_no_more(tmp_path: Path) -> None:
    busy(tmp_path)
    opened_anew(tmp_path, Why.REIMAGED).close()
    with pytest.raises(ProblemError) as refused:
        open_ledger(tmp_path, name="ledger-e1.db")
    assert refused.value.problem.code is ProblemCode.EPOCH_FROZEN
    assert "work goes on in ledger.db" in str(refused.value)


def test_a_record_may_be_named_like_one_that_was_set_aside(tmp_path: Path) -> None:
    open_ledger(tmp_path, name="post-e1.db").close()
    open_ledger(tmp_path, name="post-e1.db").close()
    open_ledger(tmp_path, name="other.db").close()


def test_who_opens_a_damaged_record_is_told_from_where_and_what_to_do(tmp_path: Path) -> None:
    damage(busy(tmp_path), 10)
    with pytest.raises(ProblemError) as refused:
        open_ledger(tmp_path)
    assert str(refused.value) == (
        "ledger.db — The record does not verify (event 10: its text does not fit its hash). — "
        "Keep the file; a supervisor opens a new epoch: staging-bench ledger new-epoch."
    )


@pytest.mark.parametrize("why", [Why.DAMAGED, Why.FROZEN])
def test_a_sound_record_is_not_set_aside_as_broken(tmp_path: Path, why: Why) -> None:
    busy(tmp_path)
    with pytest.raises(ProblemError) as refused:
        opened_anew(tmp_path, why)
    assert refused.value.problem.code is ProblemCode.EPOCH_NOT_NEEDED
    assert not swap.old_epochs(tmp_path / RECORD)


def test_one_person_opens_no_epoch_and_nothing_changes(tmp_path: Path) -> None:
    damage(busy(tmp_path), 10)
    before = names(tmp_path)
    with pytest.raises(ProblemError) as refused:
        opened_anew(tmp_path, second=FIRST)
    assert refused.value.problem.code is ProblemCode.NEEDS_SECOND_PERSON
    assert names(tmp_path) == before


def test_training_records_need_no_proof(tmp_path: Path) -> None:
    damage(busy(tmp_path), 10)
    by, second = unproven(FIRST), unproven(SECOND)
    with closing(opened_anew(tmp_path, by=by, second=second)) as ledger:
        assert audit.faults(ledger.events(0, 100)) == ()


def test_a_record_that_was_written_to_since_it_was_looked_at_is_not_set_aside(
    tmp_path: Path,
) -> None:
    busy(tmp_path)
    found = found_in(tmp_path)
    with closing(open_ledger(tmp_path)) as ledger:
        ledger.append([scanned(1)])
    with pytest.raises(ProblemError) as refused:
        opened_anew(tmp_path, Why.REIMAGED, found)
    assert refused.value.problem.code is ProblemCode.LEDGER_IN_USE


def test_a_record_that_another_program_writes_is_not_set_aside(tmp_path: Path) -> None:
    busy(tmp_path)
    found = found_in(tmp_path)
    with closing(open_ledger(tmp_path)), pytest.raises(ProblemError) as refused:
        opened_anew(tmp_path, Why.REIMAGED, found)
    assert refused.value.problem.code is ProblemCode.LEDGER_IN_USE


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (LedgerHeader("bench-08", simulated=True), ProblemCode.LEDGER_UNUSABLE),
        (LedgerHeader("bench-07", simulated=False), ProblemCode.NOT_REAL),
    ],
)
def test_another_benchs_record_is_not_gone_on_with(
    tmp_path: Path, header: LedgerHeader, code: ProblemCode
) -> None:
    busy(tmp_path)
    with pytest.raises(ProblemError) as refused:
        opened_anew(tmp_path, Why.REIMAGED, header=header)
    assert refused.value.problem.code is code


def test_what_another_key_signed_is_not_believed(tmp_path: Path) -> None:
    record = busy(tmp_path)
    (tmp_path / "bench.key").unlink()
    found = found_in(tmp_path)
    assert "does not name the bench's key" in found.fault
    assert found.devices == ()
    lost_key = salvage(record)
    with closing(opened_anew(tmp_path, Why.KEY_LOST, lost_key)) as ledger:
        assert len(ledger.open_runs()) == 5
    assert all(each.stands for each in verify_epochs(record))


def test_a_missing_sign_off_or_a_changed_checkpoint_takes_no_handset_away(tmp_path: Path) -> None:
    record = busy(tmp_path)
    tamper(record, "UPDATE checkpoint SET note = replace(note, 'bench-07', 'bench-70')")
    found = found_in(tmp_path)
    assert found.fault.startswith("event 8: ")
    assert found.seq == 13
    with closing(opened_anew(tmp_path, found=found)) as ledger:
        assert len(ledger.open_runs()) == 5
    assert [each.stands for each in verify_epochs(record)] == [True, True]
    tamper(record, "DELETE FROM event WHERE seq = 7")
    again = found_in(tmp_path)
    assert again.fault == "event 1: no second person signed it off"
    assert again.seq == 6


# ── verifying over epochs ───────────────────────────────────────────────────────────────────────
def test_epochs_verify_together(tmp_path: Path) -> None:
    record = busy(tmp_path)
    damage(record, 10)
    opened_anew(tmp_path).close()
    opened_anew(tmp_path, Why.REIMAGED).close()
    found = verify_epochs(record)
    assert [(each.epoch, each.verdict.verifies, each.link) for each in found] == [
        (1, False, ""), (2, True, ""), (3, True, "")
    ]  # fmt: skip
    assert [each.built_on for each in found] == [9, 7, None]
    assert all(each.stands for each in found)


def test_an_old_epoch_that_was_changed_later_does_not_stand(tmp_path: Path) -> None:
    record = busy(tmp_path)
    opened_anew(tmp_path, Why.REIMAGED).close()
    damage(tmp_path / "ledger-e1.db", 6)
    first, second = verify_epochs(record)
    assert not first.stands
    assert second.stands


def test_an_old_epoch_that_was_replaced_is_no_longer_continued(tmp_path: Path) -> None:
    record = busy(tmp_path)
    opened_anew(tmp_path, Why.REIMAGED).close()
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(tmp_path / "bench.key", other)
    shutil.copy(busy(other), tmp_path / "ledger-e1.db")
    _, second = verify_epochs(record)
    assert "event 13 of epoch 1, which it continues, is not in ledger-e1.db" in second.link


def test_an_old_epoch_that_is_not_here_is_missed(tmp_path: Path) -> None:
    record = busy(tmp_path)
    opened_anew(tmp_path, Why.REIMAGED).close()
    (tmp_path / "ledger-e1.db").unlink()
    (only,) = verify_epochs(record)
    assert only.link == "the file of epoch 1, which it continues, is not here"


def test_what_was_cosigned_and_is_lost_is_said(tmp_path: Path) -> None:
    record = busy(tmp_path)
    damage(record, 5)
    found = found_in(tmp_path)
    assert found.seq == 4
    assert isinstance(found.note, SignedNote)
    opened_anew(tmp_path, found=found).close()
    _, second = verify_epochs(record)
    assert second.stands
    assert second.lost == "events 5 to 8 of ledger-e1.db"


def test_replay_of_a_new_epoch_gives_its_tables(tmp_path: Path) -> None:
    damage(busy(tmp_path), 10)
    opened_anew(tmp_path).close()
    with closing(connect_reader(tmp_path / RECORD)) as connection:
        assert projection.matches(connection)
    assert HEADER.epoch == 1
