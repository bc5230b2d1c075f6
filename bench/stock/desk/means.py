"""What tasks work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.custody.ledger import Ledger
from bench.stock.book.book import Book

if TYPE_CHECKING:
    from bench.enrolment.profiles.profile import EnrolmentProfile


@dataclass(frozen=True, slots=True)
class Means:
    """The book and the record, both for the bench's own thread; a job opens its own connections.

    `now` is this moment in UTC. `bench` is its name, which stands in custodians (`bench-07/stock`).
    `papers` is the folder where reports, manifests and sheets are kept, `fonts` that of their
    typefaces. `profiles` are those of this bench by fingerprint. `pepper` keeps badges from being
    guessed; empty where nobody was ever enrolled. With `takes_unknown_sims` a SIM that no file of
    the operator names may be married too.
    """

    book: Book
    ledger: Ledger
    bench: str
    simulated: bool
    now: Callable[[], datetime]
    papers: Path
    fonts: Path
    profiles: Mapping[str, EnrolmentProfile] = field(default_factory=dict)
    pepper: bytes = field(default=b"", repr=False)
    takes_unknown_sims: bool = False

    def place(self, where: str) -> str:
        """Return a place of this bench as a custodian: `bench-07/stock`."""
        return f"{self.bench}/{where}"
