"""The task "Licence pools": what of each purchase is held and free, the scarcest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from bench.events.desks import Choice, Line, Wanted, Weight
from bench.problems import ProblemCode
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Face, Task, Turn
from bench.stock.licences.allotting import Allotment, Pool
from bench.stock.licences.queries import pools

_COLUMNS = ("Pool", "Bought under", "Of", "Held", "Free", "Until")
_BACK = "back"


@dataclass(frozen=True, slots=True)
class LookAtPools(Task):
    """Shows the pools as they are today; changes nothing."""

    means: Means

    def face(self) -> Face:
        """Show every purchase of every pool."""
        day = self.means.now().date()
        known = sorted(pools(self.means.book.connection, day), key=lambda each: each.free)
        lines = tuple(line for each in known for line in pool_lines(each, day))
        low = [each.name for each in known if each.is_low]
        remark = f"Low: {', '.join(low)}." if low else ""
        return Face(
            "Licence pools", "Press a key when you have seen it.", Wanted.CHOICE,
            (Choice(_BACK, "Back"),), columns=_COLUMNS, lines=lines, remark=remark,
        )  # fmt: skip

    def answered(self, choice: str, text: str) -> Turn:
        """Go back."""
        _ = text
        return Turn(None) if choice == _BACK else self.refused(ProblemCode.NOT_POSSIBLE_NOW)


def begin(means: Means) -> Callable[[], Task]:
    """Return what begins the task."""
    return lambda: LookAtPools(means)


def pool_lines(pool: Pool, day: date) -> Iterator[Line]:
    """Yield a line for each purchase, and one for what no purchase covers."""
    for each in pool.allotments:
        yield _line(each, day)
    if pool.uncovered:
        cells = (pool.name, "no purchase covers these", "", str(pool.uncovered), "0", "")
        yield Line(cells, Weight.BAD)


def _line(each: Allotment, day: date) -> Line:
    bought = each.purchase
    cells = (
        bought.pool, bought.reference, str(bought.quantity), str(each.held), str(each.free),
        _until(each, day),
    )  # fmt: skip
    if not each.is_valid:
        return Line(cells, Weight.OPEN)
    return Line(cells, Weight.GOOD if each.free else Weight.PLAIN)


def _until(each: Allotment, day: date) -> str:
    if each.is_valid or each.purchase.bought <= day.isoformat():
        return each.purchase.until
    return f"from {each.purchase.bought} on"
