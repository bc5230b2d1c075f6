"""Sends what earlier epochs of a record still have, before the record itself goes on.

A record that was set aside may hold events that were never sent: the centre may have opened the
next epoch first. The store takes them as long as they follow what it has, up to where the next
epoch says that it began; what it takes no more, a person is told of.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bench.custody.entries import LedgerHeader
from bench.inventory.outbox import Outbox
from bench.inventory.sync.courier import Courier
from bench.inventory.sync.engine import Done, Look, Pause, Send, Stop
from bench.inventory.sync.kept import Kept, Receipt, Watermark
from bench.inventory.sync.standing import why
from bench.problems import Problem, ProblemCode, ProblemError

_P = ProblemCode
_SAID_ANYWAY = frozenset({
    _P.CENTRE_REFUSED, _P.CENTRE_UNTRUSTED, _P.CENTRE_NEWER, _P.CENTRE_OLDER, _P.CENTRE_UNUSABLE,
    _P.SIMULATED_NEVER_SYNCS, _P.NOT_REAL, _P.EPOCH_NOT_OPEN,
})  # fmt: skip
"""What the record itself meets too, and says: it is tried again with it."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A record that was set aside: the name of its file, and how it is opened for reading."""

    name: str
    open: Callable[[], Outbox]


class Receipts:
    """Of what `Kept` keeps only the receipts: how it went is the present epoch's."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def watermark(self, _: LedgerHeader) -> Watermark | None:
        """Return nothing: there is one, and it is the present epoch's."""
        return None

    def receipt(self, store: str, header: LedgerHeader) -> Receipt | None:
        """Return the receipt of the most events of that record; None without."""
        return self._kept.receipt(store, header)

    def keep(self, mark: Watermark, receipt: Receipt | None) -> None:
        """Keep the receipt."""
        if receipt is not None:
            self._kept.keep_receipt(mark.bench, receipt)

    def keep_well(self, at: datetime) -> None:
        """Keep nothing."""

    def keep_badly(self, at: datetime, problem: Problem) -> None:
        """Keep nothing."""


class Rest:
    """Goes through the earlier epochs, the oldest first; `go` does one exchange.

    `carry` makes the courier of one, `epoch` is the present one's number. `problem` is what the
    centre does not have and takes no more; `sent` how many events went.
    """

    def __init__(
        self, earlier: Sequence[Earlier], epoch: int, carry: Callable[[Outbox], Courier]
    ) -> None:
        self._earlier, self._epoch, self._carry = earlier, epoch, carry
        self._due = deque(earlier)
        self._open: tuple[Outbox, Courier] | None = None
        self._left: list[str] = []
        self.problem: Problem | None = None
        self.pause: Pause | None = None
        self.sent = 0

    @property
    def is_due(self) -> bool:
        """Whether something is to be done now."""
        return bool(self._due) and self.pause is None

    @property
    def is_sending(self) -> bool:
        """Whether events go next."""
        return self.is_due and self._open is not None and isinstance(self._open[1].step, Send)

    @property
    def waiting(self) -> int:
        """How many events of the epoch that is being sent wait."""
        return (self._open[1].standing.waiting or 0) if self._open else 0

    def begin_again(self) -> None:
        """Compare them all with the store once more."""
        if not self._due:
            self._due.extend(self._earlier)
        self.resume()

    def resume(self) -> None:
        """Go on after a pause."""
        self.pause = None
        if self._open:
            self._open[1].resume()

    def close(self) -> None:
        """Let go of the file that is open."""
        if self._open:
            self._open[0].close()
            self._open = None

    def go(self) -> None:
        """Do the one exchange that is next; only while it is due."""
        outbox = self._opened()
        if outbox is None or self._open is None:
            self._next()
            return
        courier = self._open[1]
        before = courier.standing.sent
        step = courier.go()
        self.sent += courier.standing.sent - before
        match step:
            case Pause():
                self.pause = step
            case Stop(problem):
                self._judge(outbox, courier, problem)
                self._next()
            case Done():
                self._next()
            case Look() | Send():
                pass

    def _opened(self) -> Outbox | None:
        """Return the record that is next, open; None for one of which nothing is to be sent."""
        if self._open is None:
            try:
                outbox = self._due[0].open()
            except ProblemError as error:
                self._left.append(f"{self._due[0].name}: {why(error.problem)}")
                return None
            self._open = outbox, self._carry(outbox)
        outbox = self._open[0]
        return outbox if outbox.last and outbox.header.epoch < self._epoch else None

    def _judge(self, outbox: Outbox, courier: Courier, problem: Problem) -> None:
        """Keep what is left behind, unless the store has it as the beginning of more."""
        if problem.code in _SAID_ANYWAY or (
            problem.code is ProblemCode.CENTRE_FORKED and self._is_beginning(outbox)
        ):
            return
        first, last = courier.left
        which = f"event {last}" if first == last else f"events {first} to {last}"
        if problem.code is ProblemCode.CENTRE_FORKED:
            which = f"epoch {outbox.header.epoch}"
        self._left.append(f"{self._due[0].name}, {which}: {problem.detail or why(problem)}")

    def _is_beginning(self, outbox: Outbox) -> bool:
        """Whether a longer file of the same epoch begins with all of this one."""
        return any(_begins_with(each, outbox) for each in self._earlier if each is not self._due[0])

    def _next(self) -> None:
        self.close()
        self._due.popleft()
        if not self._due:
            told, self._left = "; ".join(self._left), []
            self.problem = Problem(_P.EVENTS_LEFT_BEHIND, detail=told) if told else None


def _begins_with(longer: Earlier, shorter: Outbox) -> bool:
    try:
        with longer.open() as other:
            same = other.header == shorter.header and other.last > shorter.last
            return same and other.leaf(shorter.last) == shorter.leaf(shorter.last)
    except ProblemError:
        return False
