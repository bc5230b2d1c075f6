"""Takes down what the centre has for this bench, after what was recorded has gone up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bench.custody.entries import LedgerHeader
from bench.custody.proof.note import NoteError
from bench.inventory.centre import Centre
from bench.inventory.releases.signing import Addressee, known_keys
from bench.inventory.releases.taking.delivered import Delivered
from bench.inventory.releases.taking.keeping import Kept
from bench.inventory.releases.taking.taking_down import Taking
from bench.inventory.sync.state import CentreFile
from bench.ports import Clock
from bench.problems import Problem, ProblemCode, ProblemError


def _nothing() -> None:
    return


@dataclass(frozen=True, slots=True)
class Down:
    """The releases of one bench, through the door that its events go through."""

    taking: Taking
    clock: Clock

    def take(self, between: Callable[[], None] = _nothing) -> int | None:
        """Take the newest down; return its number, None where there is no newer one.

        `between` any two of its parts something else may be done, or it may be ended by raising.
        Raises `ProblemError`: RELEASE_UNUSABLE, or what comes between a bench and the centre.
        """
        taking = replace(self.taking, watch=lambda *_: between())
        taken = taking.take_down(self.clock.moment().at.astimezone(UTC))
        return taken.release.number if taken else None

    def made_at(self) -> datetime | None:
        """Return of when that is which is in use (UTC); None where nothing was taken down yet."""
        delivered = Delivered.read(self.taking.record)
        try:
            return delivered.made_at
        finally:
            delivered.close()


def down_of(
    publisher: str,
    centre: Centre,
    file: CentreFile,
    header: LedgerHeader,
    record: Path,
    clock: Clock,
) -> Down | None:
    """Return what takes releases down by whom `publisher` (verifier keys) names; None for nobody.

    Raises `ProblemError` (CENTRE_UNUSABLE) for what names no publisher.
    """
    if not publisher:
        return None
    try:
        addressee = Addressee(header.organisation, header.bench, known_keys(publisher))
    except NoteError as error:
        problem = Problem(ProblemCode.CENTRE_UNUSABLE, "central.publisher", str(error))
        raise ProblemError(problem) from error
    taking = Taking(centre, addressee, Kept(file), record, header.epoch)
    return Down(taking, clock)
