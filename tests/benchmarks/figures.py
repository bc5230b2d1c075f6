"""A figure, its floor measured in the same run, and what is required of the two."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One figure, a value a repetition; what is quoted is `quoted`, by default the median.

    `ratio` is the most that value over floor may be, `limit` the most that the value itself may
    be, in its unit. With neither it is only reported.
    """

    name: str
    unit: str
    values: Sequence[float]
    floors: Sequence[float] = ()
    floor_is: str = ""
    ratio: float | None = None
    limit: float | None = None
    worst: bool = False
    """Whether the largest value is quoted instead of the median."""
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def value(self) -> float:
        """The value that is quoted."""
        return max(self.values) if self.worst else statistics.median(self.values)

    @property
    def floor(self) -> float | None:
        """The floor that is quoted."""
        if not self.floors:
            return None
        return max(self.floors) if self.worst else statistics.median(self.floors)

    @property
    def found(self) -> float | None:
        """The ratio of the two."""
        return self.value / self.floor if self.floor else None

    @property
    def holds(self) -> bool | None:
        """Whether it is as required; None when nothing is."""
        if self.ratio is not None and self.found is not None:
            return self.found <= self.ratio
        return None if self.limit is None else self.value <= self.limit

    def row(self) -> tuple[str, ...]:
        """Return it as it is printed."""
        floor = "" if self.floor is None else f"{self.floor:.2f}"
        required = {True: "yes", False: "NO", None: ""}[self.holds]
        bound = f"{self.ratio:g} x floor" if self.ratio else ""
        if self.limit is not None:
            bound = f"{self.limit:g} {self.unit}"
        found = "" if self.found is None else f"{self.found:.2f}"
        return (
            self.name, f"{self.value:.2f}", self.unit, floor, self.floor_is, found, bound, required,
        )  # fmt: skip

    def record(self) -> dict[str, Any]:
        """Return it with every repetition, for JSON."""
        derived = {"value": self.value, "floor": self.floor, "found": self.found}
        return asdict(self) | derived | {"holds": self.holds}


HEAD = ("figure", "measured", "", "floor", "which is", "ratio", "at most", "holds")


def table(rows: Sequence[tuple[str, ...]]) -> str:
    """Set rows in columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that so large a share of all does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
