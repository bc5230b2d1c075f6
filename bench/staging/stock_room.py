"""What a bench has of the stock: the book, the desks' tasks, and the jobs behind them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from bench.custody.entries import Entry
from bench.custody.ledger import Ledger
from bench.events.desks import Workspace
from bench.problems import Problem
from bench.staging.sign_in_rules import SignInRules
from bench.staging.stock_jobs import StockJobs
from bench.stock.book.book import Book
from bench.stock.desk.turns import Offer


@dataclass(frozen=True, slots=True)
class StockRoom:
    """The stock of one bench, open."""

    book: Book
    offers: Mapping[Workspace, tuple[Offer, ...]]
    jobs: StockJobs = field(default_factory=StockJobs)
    owed: Callable[[], tuple[Entry, ...]] = tuple
    """Returns what the book knows and the record was not told, because the power went between."""
    takes_unknown_sims: bool = False


OpenStock: TypeAlias = (
    "Callable[[Ledger, SignInRules], AbstractAsyncContextManager[StockRoom | Problem | None]]"
)
"""Opens the stock beside a record, on the bench's thread, or says why that cannot be."""


@asynccontextmanager
async def no_stock(_: Ledger, __: SignInRules) -> AsyncIterator[None]:
    """Stand for a bench that has slots only."""
    yield None
