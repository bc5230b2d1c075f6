"""What every task about consignments works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.custody.entries import DeviceRef
from bench.events.desks import Choice
from bench.events.views import ScanTone
from bench.identity.scans import ScanReading
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.consignments import queries
from bench.stock.consignments.dockets import read_docket
from bench.stock.consignments.queries import Consignment
from bench.stock.consignments.writing import ManifestWritten
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Say, Task, Turn
from bench.stock.packing import fitness
from bench.stock.packing import queries as boxes
from bench.stock.packing.queries import Box

if TYPE_CHECKING:
    import sqlite3

BACK = Choice("back", "Back")


@dataclass(frozen=True)
class Consigning(Task):
    """A task that has to do with consignments."""

    means: Means

    @property
    def book(self) -> sqlite3.Connection:
        """The bench's own connection to the book."""
        return self.means.book.connection

    def box(self, reading: ScanReading) -> Box:
        """Return the handset that was scanned; `ProblemError`."""
        return fitness.one(boxes.boxes(self.book, reading.meaning), reading)

    def ref(self, uid: str) -> DeviceRef:
        """Return a handset as an event names it."""
        known = self.means.ledger.device(uid)
        assert known is not None, "the book has only what the record has"
        return known.ref

    def consignment(self, docket: str) -> Consignment:
        """Return a consignment as it stands; `ProblemError` CONSIGNMENT_UNKNOWN."""
        known = queries.consignment(self.book, docket)
        if known is None:
            raise ProblemError(Problem(ProblemCode.CONSIGNMENT_UNKNOWN, docket))
        return known

    def scanned(self, text: str) -> Consignment:
        """Return the consignment whose card or manifest was scanned; `ProblemError`.

        A manifest that is not its last one is told: the paper is of what was in it before.
        """
        code = read_docket(text)
        if code is None:
            raise ProblemError(Problem(ProblemCode.CONSIGNMENT_UNKNOWN))
        known = self.consignment(code.docket)
        if code.version and code.version != known.version:
            detail = f"this is manifest {code.version}, the last one is {known.version}"
            raise ProblemError(Problem(ProblemCode.CONSIGNMENT_UNFIT, code.docket, detail))
        return known

    def worked(self, result: object) -> Turn:
        """Say where a manifest lies; what kept it from being written is told already."""
        if not isinstance(result, ManifestWritten):
            return Turn(self)
        return Turn(self, Say(ScanTone.GOOD, f"Its manifest is written: {result.paper.name}."))


def words(consignment: Consignment) -> str:
    """Say a consignment in a line."""
    return f"{consignment.docket} to {consignment.destination}, handsets: {consignment.count}"
