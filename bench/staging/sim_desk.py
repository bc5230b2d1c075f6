"""What the book says of a SIM that was scanned at a slot, for the run that waits for one."""

from __future__ import annotations

from bench.custody.ledger import Ledger
from bench.events.run import SimScanned
from bench.identity.identifiers import Eid, Iccid
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.run import StagingRun
from bench.stock.book.book import Book
from bench.stock.sims import deciding, queries
from bench.stock.sims.queries import Sim


class SimDesk:
    """Asks the book about SIMs, once it has read what the record has. On the bench's loop.

    With `takes_unknown` a SIM that no file of the operator names may be married too.
    """

    def __init__(self, book: Book, ledger: Ledger, *, takes_unknown: bool = False) -> None:
        self._book = book
        self._ledger = ledger
        self._takes_unknown = takes_unknown

    def asked(self, run: StagingRun, scanned: Iccid | Eid) -> SimScanned:
        """Return what the run is to be told of the SIM; `ProblemError` where nobody can tell."""
        self._read_up()
        known = queries.meant(self._book.connection, scanned)
        sim = deciding.the_one(known, run.device)
        said, own = deciding.said_of(sim), deciding.is_own(sim, run.device)
        return SimScanned(said, own, None if own else self._trouble(run, sim))

    def _trouble(self, run: StagingRun, sim: Sim) -> Problem | None:
        """A handset that is married to another SIM needs a reason, which the slots do not ask."""
        if problem := deciding.trouble(sim, run.device, takes_unknown=self._takes_unknown):
            return problem
        held = queries.sims_of_handset(self._book.connection, run.device)
        if other := deciding.other_of(held, sim):
            return Problem(ProblemCode.HANDSET_HAS_SIM, detail=f"SIM …{other.tail}")
        return None

    def _read_up(self) -> None:
        self._book.catch_up(self._ledger.events)
        if self._book.backlog(self._ledger.tail().seq):
            raise ProblemError(Problem(ProblemCode.BOOK_BEHIND))
