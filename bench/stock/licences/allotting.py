"""Which purchase each licence of a pool belongs to: the oldest that is valid goes first. Pure.

Licences of a pool are alike: nobody at the service says which purchase one came from. So it is
counted, not marked: those that are held, the one that was taken first going first, fill the
purchases that are valid on the day, oldest first. What a purchase that ended had held moves on to
the next; where there is none, it is uncovered and has to be bought anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_LOW = 20
"""A pool is low when a twentieth of it or less is free."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """Licences bought under a reference; dates are `2026-11-24`, "" for always."""

    pool: str
    reference: str
    quantity: int
    bought: str = ""
    until: str = ""
    number: str = ""

    def is_valid(self, day: date) -> bool:
        """Whether its licences may be used on that day; on the last day they still may."""
        today = day.isoformat()
        return self.bought <= today and (not self.until or today <= self.until)


@dataclass(frozen=True, slots=True)
class Allotment:
    """A purchase on a day: how many of its licences are held."""

    purchase: Purchase
    is_valid: bool
    held: int

    @property
    def free(self) -> int:
        """How many can be taken."""
        return self.purchase.quantity - self.held if self.is_valid else 0


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool on a day: its purchases, oldest first, and how many licences are held in all."""

    name: str
    allotments: tuple[Allotment, ...]
    held: int

    @property
    def bought(self) -> int:
        """How many may be used today."""
        return sum(each.purchase.quantity for each in self.allotments if each.is_valid)

    @property
    def free(self) -> int:
        """How many can be taken; never less than none."""
        return max(0, self.bought - self.held)

    @property
    def uncovered(self) -> int:
        """How many are held that no purchase covers."""
        return max(0, self.held - self.bought)

    @property
    def is_low(self) -> bool:
        """Whether it is time to buy more."""
        return is_low(self.free, self.bought)


def is_low(free: int, bought: int) -> bool:
    """Whether so few of so many are left that more have to be bought."""
    return free <= bought // _LOW


def pool(name: str, purchases: Sequence[Purchase], held: int, day: date) -> Pool:
    """Return a pool on a day, of which so many licences are held."""
    left, found = held, []
    for each in sorted(purchases, key=lambda p: (p.bought, p.reference)):
        is_valid = each.is_valid(day)
        its = min(left, each.quantity) if is_valid else 0
        found.append(Allotment(each, is_valid, its))
        left -= its
    return Pool(name, tuple(found), held)


def purchase_of(pool: Pool, rank: int) -> Purchase | None:
    """Return what the licence belongs to that was taken as number `rank` of those held, from 1.

    None where no purchase covers it.
    """
    for each in pool.allotments:
        if 0 < rank <= each.held:
            return each.purchase
        rank -= each.held
    return None
