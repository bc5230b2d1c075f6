"""Which attack on a record is found, by whom, and when: each cell is tried.

A can write the file. B can also sign with the bench's key. A witness cosigned the first 300 events
of 400. A "no" is as much a promise as a "yes": it says what a witness is for, and that a record is
exposed from its last cosignature on.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from pysqlite3 import dbapi2

from bench.custody import queries
from bench.custody.database import connect_reader
from bench.custody.key import BenchKey
from bench.custody.proof.checkpoint import Checkpoint, sign
from bench.custody.proof.merkle import ProofError, Tree
from bench.custody.proof.note import SignedNote
from bench.custody.verification import verify_file
from bench.witness.client import WitnessRefusedError
from bench.witness.cosigning import RolledBackError, cosign
from tests.bench.custody.attacks import deeds
from tests.bench.custody.attacks.busy_bench import RECORD, ShiftClock, key_of, opened, record_of
from tests.bench.custody.attacks.deeds import AFTER, BEFORE, Crime, Deed, forged
from tests.bench.custody.proof.signers import ORIGIN
from tests.bench.custody.record import START
from tests.bench.witness.standing import Standing, standing_witness

COSIGNED = 300
AT_COSIGNED = int(START.timestamp()) + 3600
AT_NEXT = AT_COSIGNED + 7200
"""Seconds since 1970, by the witness' clock; of the bench's events 300 is before, 301 between."""


class Column(StrEnum):
    """Who attacks, and who looks."""

    A_LOCAL = "A, verified at the bench"
    B_LOCAL = "B, verified at the bench"
    B_CHECKPOINT = "B, against the last cosigned checkpoint"
    B_NEXT = "B, at the next cosigning"


class Found(StrEnum):
    """What is seen of it."""

    YES = "yes"
    NO = "no"
    SAID = "the record says so"
    REFUSED = "refused"
    SECOND = "the second bench is refused"


@dataclass(frozen=True, slots=True)
class Attack:
    """A row: the deed, what each column finds, and a line where that needs one."""

    name: str
    deed: Deed
    found: tuple[Found, Found, Found, Found]
    remark: str = ""

    @property
    def expected(self) -> dict[Column, Found]:
        return dict(zip(Column, self.found, strict=True))


_YES, _NO, _REFUSED = Found.YES, Found.NO, Found.REFUSED
_COVERED = (_YES, _NO, _YES, _REFUSED)
_EXPOSED = (_YES, _NO, _NO, _NO)

ATTACKS = (
    Attack("edit before 300", forged(deeds.edited(BEFORE)), _COVERED),
    Attack("delete before 300", forged(deeds.deleted(BEFORE)), _COVERED),
    Attack("insert before 300", forged(deeds.inserted(BEFORE)), _COVERED,
           "with a time and an id that fit in between"),
    Attack("insert before 300, in haste", forged(deeds.inserted_in_haste(BEFORE)),
           (_YES, _YES, _YES, _REFUSED), "its time since boot runs back after it"),
    Attack("reorder before 300", forged(deeds.reordered(BEFORE)), _COVERED),
    Attack("edit after 300", forged(deeds.edited(AFTER)), _EXPOSED),
    Attack("delete after 300", forged(deeds.deleted(AFTER)), _EXPOSED),
    Attack("insert after 300", forged(deeds.inserted(AFTER)), _EXPOSED),
    Attack("reorder after 300", forged(deeds.reordered(AFTER)), _EXPOSED),
    Attack("truncate to 250", forged(deeds.truncated(deeds.EARLY)), (_NO, _NO, _YES, _REFUSED),
           "a chain has no end: only who knows a longer one misses it"),
    Attack("truncate to 330", forged(deeds.truncated(deeds.LATE)), (_NO, _NO, _NO, _NO),
           "unless the central store already has it: it answers with a fork"),
    Attack("image of 250 restored, work goes on", deeds.rolled_back, (_NO, _NO, _YES, _REFUSED)),
    Attack("clone: two benches go on", deeds.cloned, (_NO, _NO, _NO, Found.SECOND)),
    Attack("backdated event: the clock set back", deeds.backdated,
           (Found.SAID, Found.SAID, _NO, _NO), "the bench writes of its clock before it goes on"),
    Attack("the same, and that taken out", deeds.backdated_and_hushed, _EXPOSED,
           "its time is before that of the cosignature it follows"),
    Attack("all made anew with another key", deeds.remade, (_YES, _YES, _YES, _REFUSED),
           "by who knows the bench's key: a policy says it, the record only claims it"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scene:
    """A bench, an image of its record at 250, its witness' memory, and what that cosigned."""

    folder: Path
    cosigned: SignedNote

    @property
    def bench(self) -> Path:
        return self.folder / "bench"

    @property
    def key(self) -> BenchKey:
        return key_of(self.bench)

    def crime(self, key: BenchKey | None) -> Crime:
        """Return a fresh place to commit a crime in: a copy of the bench."""
        place = Path(tempfile.mkdtemp(dir=self.folder)) / "bench"
        shutil.copytree(self.bench, place)
        return Crime(place, key, self.folder / "image" / RECORD)

    @contextmanager
    def witness(self) -> Iterator[Standing]:
        """Let the witness stand, as it remembers this bench."""
        memory = Path(tempfile.mkdtemp(dir=self.folder)) / "witness.db"
        shutil.copy(self.folder / "witness.db", memory)
        with standing_witness(memory) as standing:
            standing.clock.seconds = AT_NEXT
            yield standing


def scene(folder: Path) -> Scene:
    """Let a bench work, and have it cosigned at 300."""
    record_of(folder / "image", deeds.EARLY)
    shutil.copytree(folder / "image", folder / "bench")
    deeds.go_on(folder / "bench", "", COSIGNED - 1)
    with standing_witness(folder / "witness.db") as witness:
        witness.clock.seconds = AT_COSIGNED
        note = checkpointed(folder / "bench", witness)
    deeds.go_on(folder / "bench", "", 400)
    return Scene(folder, note)


def checkpointed(folder: Path, witness: Standing) -> SignedNote:
    """Let the bench sign the head of its record, and have it cosigned."""
    with closing(opened(folder, ShiftClock(3500))) as ledger:
        note = ledger.checkpoint("the shift ends")
        assert Checkpoint.parse(note.text).size == COSIGNED
        with reading(ledger.path) as connection:
            note = cosign(witness.client(), note, tree_over(connection), 0)
        ledger.keep_cosigned(note)
    return note


def tried(attack: Attack, scene: Scene) -> dict[Column, Found]:
    """Commit it as A, then as B, and look as each column says."""
    by_a, by_b = scene.crime(None), scene.crime(scene.key)
    attack.deed(by_a)
    attack.deed(by_b)
    return {
        Column.A_LOCAL: found_at_the_bench(by_a.record, scene.key.public),
        Column.B_LOCAL: found_at_the_bench(by_b.record, scene.key.public),
        Column.B_CHECKPOINT: _NO if begins_with(by_b.record, scene.cosigned) else _YES,
        Column.B_NEXT: found_by_the_witness(attack, by_b, scene),
    }


def found_at_the_bench(record: Path, public: bytes) -> Found:
    """Verify the file, as whoever knows the bench's key can; the quick way sees all of it."""
    verdict = verify_file(record, public_key=public)
    assert verdict.verifies == verify_file(record, public_key=public, thorough=True).verifies
    if not verdict.verifies:
        return Found.YES
    return Found.SAID if clock_was_set(record) else Found.NO


def clock_was_set(record: Path) -> bool:
    """Whether the record itself says that the bench's clock was set."""
    with reading(record) as connection:
        asked = "SELECT count(*) FROM event WHERE type = 'clock_stepped'"
        (count,) = connection.execute(asked).fetchone()
    return bool(count)


def begins_with(record: Path, note: SignedNote) -> bool:
    """Whether the record has all that was cosigned, as it was then."""
    head = Checkpoint.parse(note.text)
    with reading(record) as connection:
        try:
            return tree_over(connection).root(head.size) == head.root
        except ProofError:
            return False


def found_by_the_witness(attack: Attack, crime: Crime, scene: Scene) -> Found:
    """Have the record cosigned by the witness that cosigned it at 300."""
    with scene.witness() as witness:
        if attack.deed is deeds.cloned:
            other = scene.crime(None)
            deeds.go_on(other.folder, "at home", 420)
            cosigned(other.record, scene.key, witness, COSIGNED)
        try:
            note = cosigned(crime.record, scene.key, witness, COSIGNED)
        except (RolledBackError, WitnessRefusedError):
            return Found.SECOND if attack.deed is deeds.cloned else Found.REFUSED
    assert begins_with(crime.record, note)
    return Found.NO


def cosigned(record: Path, key: BenchKey, witness: Standing, known: int) -> SignedNote:
    """Sign the record's head with the bench's key, and bring it to the witness."""
    with reading(record) as connection:
        tree, size = tree_over(connection), queries.tail(connection).seq
        note = sign(Checkpoint(ORIGIN, size, tree.root(size)), key)
        return cosign(witness.client(), note, tree, known)


def tree_over(connection: dbapi2.Connection) -> Tree:
    return Tree(partial(queries.leaf_hashes, connection))


@contextmanager
def reading(record: Path) -> Iterator[dbapi2.Connection]:
    connection = connect_reader(record)
    try:
        yield connection
    finally:
        connection.close()


def markdown(matrix: Mapping[Attack, Mapping[Column, Found]]) -> str:
    """Spell the matrix as a table."""
    head = ["attack", *Column, "remark"]
    rows = [[each.name, *cells.values(), each.remark] for each, cells in matrix.items()]
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
