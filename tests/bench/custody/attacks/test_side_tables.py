"""What stands beside the events may be written by A as well: it must not make the bench sign."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from bench.custody.proof.checkpoint import Checkpoint
from bench.custody.proof.frontier import Frontier
from bench.custody.verification import verify_file
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.attacks.busy_bench import ShiftClock, opened, record_of
from tests.bench.custody.attacks.matrix import reading, tree_over
from tests.bench.custody.record import tamper


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A record of 60 events whose last checkpoint is at 41."""
    record = record_of(tmp_path / "bench", 40)
    with closing(opened(record.parent, ShiftClock(1000))) as ledger:
        ledger.checkpoint("noon")
    record_of(tmp_path / "bench", 60, ShiftClock(2000))
    return record


def checkpoint(record: Path) -> Checkpoint | ProblemCode:
    """Let the bench sign the head of its record, or say why it does not."""
    try:
        with closing(opened(record.parent, ShiftClock(5000))) as ledger:
            return Checkpoint.parse(ledger.checkpoint("the shift ends").text)
    except ProblemError as refused:
        return refused.problem.code


def test_what_the_bench_signs_is_the_head_of_its_record(record: Path) -> None:
    head = checkpoint(record)
    with reading(record) as connection:
        assert head == Checkpoint("custody.example/bench-07/e1", 61, tree_over(connection).root(61))


@pytest.mark.parametrize("seq", [45, 59])
def test_a_checkpoint_does_not_cover_up_a_signature_that_was_replaced(
    record: Path, seq: int
) -> None:
    tamper(record, f"UPDATE event SET sig = zeroblob(64) WHERE seq = {seq}")
    assert verify_file(record).first_bad == seq
    checkpoint(record)
    assert verify_file(record).first_bad == seq


def test_the_bench_signs_no_tree_that_somebody_else_laid_beside_its_record(record: Path) -> None:
    forged = Frontier()
    forged.extend([bytes([number]) * 32 for number in range(41)])
    tamper(record, "UPDATE checkpoint SET frontier = ?", values=[forged.nodes])
    head = checkpoint(record)
    with reading(record) as connection:
        assert head is ProblemCode.LEDGER_DAMAGED or head == Checkpoint(
            "custody.example/bench-07/e1", 61, tree_over(connection).root(61)
        )


def test_the_bench_is_not_confused_by_a_checkpoint_of_events_that_are_not_there(
    record: Path,
) -> None:
    tamper(
        record,
        "INSERT INTO checkpoint (size, note, frontier, cosigned)"
        " SELECT 5000, note, frontier, 0 FROM checkpoint",
    )
    head = checkpoint(record)
    assert head is ProblemCode.LEDGER_DAMAGED or isinstance(head, Checkpoint)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE device SET asset_tag = 'MP-000999'",
        "UPDATE device SET phase = 'disposed' WHERE uid = 'device-1'",
        "DELETE FROM device WHERE uid = 'device-1'",
        "INSERT INTO asset_number VALUES ('XY', 5)",
    ],
)
def test_a_table_that_says_other_than_the_events_is_told_from_them(
    record: Path, statement: str
) -> None:
    tamper(record, statement)
    with closing(opened(record.parent, ShiftClock(5000))) as ledger:
        assert not ledger.projections_match()
        ledger.rebuild_projections()
        assert ledger.projections_match()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE header SET bench = 'bench-08'",
        "UPDATE header SET epoch = 2",
        "UPDATE header SET simulated = 0",
        "UPDATE header SET public_key = zeroblob(32)",
        "UPDATE header SET origin = 'custody.example/bench-08/e1'",
        "DELETE FROM header",
    ],
)
def test_a_header_that_says_other_than_the_first_event_is_not_believed(
    record: Path, statement: str
) -> None:
    tamper(record, statement)
    assert checkpoint(record) is ProblemCode.LEDGER_DAMAGED


def test_a_text_that_is_none_in_a_table_is_damage_and_no_bug(record: Path) -> None:
    connection = dbapi2.connect(str(record), isolation_level=None)
    connection.execute("UPDATE device SET model = CAST(x'53ff41' AS TEXT) WHERE uid = 'device-1'")
    connection.close()
    with closing(opened(record.parent, ShiftClock(5000))) as ledger:
        assert not ledger.projections_match()


@pytest.mark.timeout(3)
@pytest.mark.parametrize("dseq", ["seq", "999", "NULL", "'x'", "seq - 1", "json('[1]')"])
def test_a_handset_s_history_that_leads_in_a_circle_or_nowhere_is_damage(
    record: Path, dseq: str
) -> None:
    tamper(record, f"UPDATE event SET body = json_set(body, '$.dseq', {dseq}) WHERE seq = 5")
    with closing(opened(record.parent, ShiftClock(5000))) as ledger:
        with pytest.raises(ProblemError) as refused:
            ledger.history("device-4")
        assert refused.value.problem.code is ProblemCode.LEDGER_DAMAGED
