"""What was budgeted, ordered and received, by financial year and kind, in whole pence. Pure.

What is received is priced by its order line; what was counted beyond a line costs nothing until a
line names it, and is told. Accessories and services are received by the line, as a person said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of an order: `kind` and `budget` as the book spells them, money in pence."""

    number: str
    line: int
    item: str
    kind: str
    model: str
    quantity: int
    unit_pence: int
    year: str
    budget: str


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """What a year has for something, in pence."""

    year: str
    budget: str
    line: str
    pence: int


@dataclass(frozen=True, slots=True)
class Received:
    """What came under which order: handsets by model, SIMs and licences as such.

    `lines` is what a person accepted of an order's line of accessories or services, by its number.
    """

    handsets: Mapping[tuple[str, str], int]
    sims: Mapping[str, int]
    licences: Mapping[str, int]
    lines: Mapping[tuple[str, int], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LineSpend:
    """How many of a line were received, and what they cost."""

    line: OrderLine
    received: int

    @property
    def pence(self) -> int:
        """What the received ones cost."""
        return self.received * self.line.unit_pence


@dataclass(frozen=True, slots=True)
class YearMoney:
    """A year and kind of budget in pence: budgeted, ordered, received."""

    year: str
    budget: str
    budgeted: int
    ordered: int
    spent: int

    @property
    def variance(self) -> int:
        """What is left of the budget by what was received; below zero it is overspent."""
        return self.budgeted - self.spent

    @property
    def uncommitted(self) -> int:
        """What is left of the budget by what was ordered."""
        return self.budgeted - self.ordered


def spend(lines: Iterable[OrderLine], received: Received) -> tuple[LineSpend, ...]:
    """Return what was received of each line; the lines of one thing are filled in their order."""
    ordered = sorted(lines, key=lambda line: (line.number, line.line))
    left = _pools(ordered, received)
    found = []
    for line in ordered:
        pool = left.get(_key(line)) or [received.lines.get((line.number, line.line), 0)]
        took = min(pool[0], line.quantity)
        pool[0] -= took
        found.append(LineSpend(line, took))
    return tuple(found)


def beyond(lines: Iterable[OrderLine], received: Received) -> int:
    """Return how many handsets were counted under no line, or beyond its quantity."""
    told = spend(lines, received)
    priced = sum(each.received for each in told if each.line.kind == "handset")
    return sum(received.handsets.values()) - priced


def by_year(budgets: Iterable[BudgetLine], spends: Sequence[LineSpend]) -> tuple[YearMoney, ...]:
    """Return each year and kind that has a budget or an order line, in order."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for budget in budgets:
        sums[budget.year, budget.budget][0] += budget.pence
    for each in spends:
        sums[each.line.year, each.line.budget][1] += each.line.quantity * each.line.unit_pence
        sums[each.line.year, each.line.budget][2] += each.pence
    return tuple(YearMoney(*key, *sums[key]) for key in sorted(sums))


def unit_price(lines: Iterable[OrderLine]) -> int:
    """Return what a handset costs on average over its order lines, in pence; 0 where none is."""
    handsets = [line for line in lines if line.kind == "handset"]
    count = sum(line.quantity for line in handsets)
    return sum(line.quantity * line.unit_pence for line in handsets) // count if count else 0


_Pool = list[int]


def _key(line: OrderLine) -> tuple[str, str, str]:
    return (line.kind, line.number, line.model if line.kind == "handset" else "")


def _pools(lines: Sequence[OrderLine], received: Received) -> dict[tuple[str, str, str], _Pool]:
    """Return what is to be shared out; a handset of an unnamed model fills the only line."""
    named = {_key(line) for line in lines if line.kind == "handset"}
    pools: dict[tuple[str, str, str], _Pool] = {}
    for (number, model), count in received.handsets.items():
        key = ("handset", number, model)
        alone = [each for each in named if each[1] == number]
        if key not in named and len(alone) == 1:
            key = alone[0]
        pools.setdefault(key, [0])[0] += count
    for kind, counts in (("sim", received.sims), ("licence", received.licences)):
        pools |= {(kind, number, ""): [count] for number, count in counts.items()}
    return pools
