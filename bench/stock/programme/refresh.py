"""Which handsets are to be renewed in which financial year, and what that costs. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bench.stock.programme.years import financial_year, months_later


@dataclass(frozen=True, slots=True)
class Renewal:
    """Handsets that come of age in a year: issued ones, and those that are still to be issued.

    `pence` is what they cost at the price of today, `budgeted` what the year has for it.
    """

    year: str
    issued: int
    to_be_issued: int
    pence: int
    budgeted: int


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is known of ages: handsets by the month they were issued in (`2022-11`).

    `to_come` are those still to be issued, taken as issued on `expected`, None where nobody can
    say when. `months` is how long a handset serves, `price` what one costs, in pence.
    """

    issued: Mapping[str, int]
    to_come: int
    expected: date | None
    months: int
    price: int


def renewals(ageing: Ageing, budgeted: Mapping[str, int]) -> tuple[Renewal, ...]:
    """Return each year that has something to renew or a budget for it, in order."""
    if not ageing.months:
        return ()
    issued: Counter[str] = Counter()
    for month, count in ageing.issued.items():
        issued[_due(date.fromisoformat(f"{month}-01"), ageing.months)] += count
    coming: Counter[str] = Counter()
    if ageing.expected and ageing.to_come > 0:
        coming[_due(ageing.expected, ageing.months)] = ageing.to_come
    years = sorted({*issued, *coming, *budgeted})
    return tuple(
        Renewal(
            year,
            issued[year],
            coming[year],
            (issued[year] + coming[year]) * ageing.price,
            budgeted.get(year, 0),
        )
        for year in years
    )


def _due(day: date, months: int) -> str:
    return financial_year(months_later(day, months))
