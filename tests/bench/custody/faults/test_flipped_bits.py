"""One bit of a record is another: it is found, whichever bit it was."""

from __future__ import annotations

import random
import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from bench.custody import projection, queries
from bench.custody.database import WRITER, connect_reader
from bench.custody.entries import SealedEvent
from bench.custody.proof.frontier import Frontier
from bench.custody.schema import PROJECTED
from bench.custody.verification import Verdict, verify, verify_file
from bench.custody.walk import Walk
from bench.problems import ProblemCode, ProblemError
from tests.bench.custody.faults.lives import EVERYTHING
from tests.bench.custody.faults.told_record import lay_out, opened
from tests.bench.custody.record import fill, imei

PAGE = int(WRITER["page_size"])


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("record"), 100)


@dataclass(frozen=True, slots=True)
class Flip:
    """Bit `bit` of one part of an event."""

    part: int
    bit: int

    def of(self, event: SealedEvent) -> SealedEvent:
        parts = list(parts_of(event))
        parts[self.part] = flipped_at(parts[self.part], self.bit)
        return SealedEvent(event.seq, *parts)


def parts_of(event: SealedEvent) -> tuple[bytes, bytes, bytes]:
    return event.body, event.hash, event.signature


def flips(event: SealedEvent) -> Iterator[Flip]:
    for part, content in enumerate(parts_of(event)):
        for bit in range(8 * len(content)):
            yield Flip(part, bit)


def events_of(path: Path) -> tuple[SealedEvent, ...]:
    connection = connect_reader(path)
    try:
        return queries.events(connection, 0, EVERYTHING)
    finally:
        connection.close()


def test_an_event_with_a_flipped_bit_is_refused(record: Path) -> None:
    rng = random.Random(100)
    assert sum(refuse_flips(event, walk, rng, 0.02) for event, walk in walked(record)) > 5_000


@pytest.mark.soak
def test_every_event_of_a_hundred_is_refused_with_any_bit_flipped(record: Path) -> None:
    events = events_of(record)
    bits = sum(8 * len(b"".join(parts_of(event))) for event in events)
    found = sum(refuse_flips(event, walk, random.Random(1), 1.0) for event, walk in walked(record))
    assert found == bits > 400_000


def walked(record: Path) -> Iterator[tuple[SealedEvent, Walk]]:
    """Yield each event with the verifier as it stands before it: all that a flip can meet."""
    events = events_of(record)
    assert verify(events) == Verdict(100)
    walk = Walk()
    for event in events:
        yield event, again(walk)
        assert walk.step(event) is None


def again(walk: Walk) -> Walk:
    """Return the verifier as it stands; it has no need to check again what verified once."""
    return replace(
        walk,
        frontier=Frontier(walk.frontier.size, walk.frontier.nodes),
        devices=dict(walk.devices),
        unsigned=[],
        sum=walk.sum.copy(),
        alone=dict(walk.alone),
    )


def refuse_flips(event: SealedEvent, walk: Walk, rng: random.Random, share: float) -> int:
    found = 0
    for flip in flips(event):
        if rng.random() < share:
            verifier = again(walk)
            fault = verifier.step(flip.of(event)) or verifier.close()
            assert fault is not None, (event.seq, flip)
            assert fault.seq == event.seq
            found += 1
    return found


def test_a_flipped_bit_of_the_file_is_found_or_changes_no_event(
    record: Path, tmp_path: Path
) -> None:
    rng = random.Random(102)
    bits = 8 * record.stat().st_size
    check_bits(record, tmp_path, (rng.randrange(bits) for _ in range(200)))


@pytest.mark.soak
def test_twenty_thousand_flipped_bits_of_the_file_are_found_or_change_no_event(
    record: Path, tmp_path: Path
) -> None:
    rng = random.Random(103)
    bits = 8 * record.stat().st_size
    check_bits(record, tmp_path, (rng.randrange(bits) for _ in range(20_000)))


@pytest.mark.soak
def test_every_flipped_bit_of_what_orders_the_file_is_found_or_changes_no_event(
    record: Path, tmp_path: Path
) -> None:
    check_bits(record, tmp_path, structural_bits(record.read_bytes()))


def test_a_record_with_a_flipped_bit_opens_or_a_problem_says_why_not(
    record: Path, tmp_path: Path
) -> None:
    open_with_flips(record, tmp_path, random.Random(104), 150)


@pytest.mark.soak
def test_five_thousand_records_with_a_flipped_bit_open_or_a_problem_says_why_not(
    record: Path, tmp_path: Path
) -> None:
    open_with_flips(record, tmp_path, random.Random(105), 5_000)


def open_with_flips(record: Path, folder: Path, rng: random.Random, times: int) -> None:
    """Half of the bits are among those that order the file: most others only spoil a text."""
    content = record.read_bytes()
    order = list(structural_bits(content))
    told: Counter[ProblemCode | None] = Counter()
    for number in range(times):
        bit = rng.choice(order) if number % 2 else rng.randrange(8 * len(content))
        path = lay_out({record.name: flipped_at(content, bit)}, folder / "bench", key_of(record))
        told[ask_everything(path)] += 1
    assert told[None]
    assert told[ProblemCode.LEDGER_DAMAGED]


def ask_everything(path: Path) -> ProblemCode | None:
    """Open the record as the bench does and ask all that it asks; only a problem may come of it."""
    try:
        with closing(opened(path.parent)) as ledger:
            ledger.projections_match()
            ledger.open_runs()
            ledger.counts()
            ledger.pending_label_jobs()
            ledger.next_asset_tag("MP")
            ledger.device_by_imei(imei(1))
            ledger.history("device-1")
    except ProblemError as told:
        return told.problem.code
    return None


def key_of(record: Path) -> Path:
    return record.with_name("bench.key")


def flipped_at(content: bytes, bit: int) -> bytes:
    flipped = bytearray(content)
    flipped[bit // 8] ^= 1 << bit % 8
    return bytes(flipped)


def structural_bits(content: bytes) -> Iterator[int]:
    """Yield the bits of the file's header and of each B-tree page's header and cell pointers.

    sqlite.org/fileformat2.html, clauses 1.3 and 1.6.
    """
    yield from range(8 * 100)
    for page in range(0, len(content), PAGE):
        start = page + (100 if page == 0 else 0)
        kind, cells = struct.unpack_from(">BxxH", content, start)
        header = {0x02: 12, 0x05: 12, 0x0A: 8, 0x0D: 8}.get(kind, 0)
        yield from range(8 * start, 8 * (start + header + 2 * cells * bool(header)))


def check_bits(record: Path, folder: Path, bits: Iterable[int]) -> None:
    """Flip each bit of the file alone and look at what the verifier says."""
    content = record.read_bytes()
    path = folder / record.name
    true = events_of(record)
    tables = tables_of(record)
    found = harmless = 0
    for bit in bits:
        clear(folder, path.name)
        path.write_bytes(flipped_at(content, bit))
        verdict = verify_file(path, public_key=None)
        if verdict.verifies:
            harmless += 1
            assert verdict == Verdict(len(true)), bit
            assert events_of(path) == true, bit
            assert tables_are_doubted(path) or tables_of(path) == tables, bit
        else:
            found += 1
            assert verdict.reason
    assert found
    assert harmless


def clear(folder: Path, name: str) -> None:
    for path in folder.glob(f"{name}*"):
        path.unlink()


def tables_of(path: Path) -> list[list[tuple[str | int | None, ...]]]:
    connection = connect_reader(path)
    try:
        return [projection._rows(connection, table) for table in PROJECTED]
    finally:
        connection.close()


def tables_are_doubted(path: Path) -> bool:
    """Whether the tables made from the events are said to differ from them."""
    connection = connect_reader(path)
    try:
        return not projection.matches(connection)
    except dbapi2.Error:
        return True
    finally:
        connection.close()
