"""What can be made to go wrong at a simulated Intune, on purpose; nothing goes wrong unasked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import TypeAlias, get_args

from hardware.simulator.intune.asking import ServerClock


@dataclass(frozen=True, slots=True)
class Refuse:
    """It is answered with `status` and an error body as published; `code` if not the usual one.

    `retry_after` is seconds, or a time that is sent as an HTTP date (RFC 9110, clause 10.2.3).
    """

    status: int
    code: str = ""
    retry_after: float | datetime | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """It is answered with these very bytes."""

    body: bytes = field(repr=False)
    status: int = 200
    kind: str = "application/json"


NOT_JSON = Say(
    b"<html><body>Our services aren't available right now</body></html>", 200, "text/html"
)
"""A page of a gateway in front of the service, with a status that says that all is well."""


@dataclass(frozen=True, slots=True)
class Silence:
    """It is taken and never answered."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection is cut instead of an answer; what was asked is not done."""


@dataclass(frozen=True, slots=True)
class CutAfterDoing:
    """What was asked is done, and the connection cut before the answer."""


@dataclass(frozen=True, slots=True)
class HalfBody:
    """Half of the answer comes, then the connection is cut."""


@dataclass(frozen=True, slots=True)
class WrongTypes:
    """Every property of the answer has a type that it should not have."""


@dataclass(frozen=True, slots=True)
class RepeatPage:
    """The link to the next page leads to this one again."""


@dataclass(frozen=True, slots=True)
class NextLink:
    """The link to the next page is this text, such as one to another host."""

    link: str


@dataclass(frozen=True, slots=True)
class Enormous:
    """The answer is valid JSON of that many bytes."""

    size: int


@dataclass(frozen=True, slots=True)
class Redirect:
    """It is answered with a redirection."""

    to: str
    status: int = 302


@dataclass(frozen=True, slots=True)
class Slow:
    """The answer comes that many seconds later."""

    seconds: float


@dataclass(frozen=True, slots=True)
class AsPrinted:
    """A single entity comes inside `value`, as the examples of the documentation print it."""


Fault: TypeAlias = (
    Refuse | Say | Silence | Cut | CutAfterDoing | HalfBody | WrongTypes | RepeatPage | NextLink
    | Enormous | Redirect | Slow | AsPrinted
)  # fmt: skip


INSTEAD: tuple[type[Fault], ...] = tuple(kind for kind in get_args(Fault) if kind is not Slow)
"""Every fault that changes the answer, and not only when it comes."""


@dataclass(slots=True)
class _Standing:
    fault: Fault
    path: str
    method: str
    left: int | None


class Faults:
    """The faults there are now, the oldest first."""

    def __init__(self, clock: ServerClock) -> None:
        self._clock = clock
        self._standing: list[_Standing] = []

    def add(
        self, fault: Fault, path: str = "*", *, times: int | None = 1, method: str = "*"
    ) -> None:
        """Let this befall the next `times` requests, None: all from now on.

        `path` is a pattern (`*managedDevices*`) of the path without query, as in the log; parts
        of a batch count as requests, of which only `Refuse` befalls a single one.
        """
        self._standing.append(_Standing(fault, path, method, times))

    def clear(self) -> None:
        """Mend everything, the clock too."""
        self._standing.clear()
        self.skew = timedelta()

    @property
    def skew(self) -> timedelta:
        """How far the service's clock is ahead; its Date header and every validation go by it."""
        return self._clock.skew

    @skew.setter
    def skew(self, skew: timedelta) -> None:
        self._clock.skew = skew

    def take(self, method: str, path: str, *kinds: type[Fault]) -> Fault | None:
        """Return what befalls this request, of these kinds only if any are named."""
        for standing in self._standing:
            if kinds and not isinstance(standing.fault, kinds):
                continue
            if fnmatchcase(path, standing.path) and fnmatchcase(method, standing.method):
                return self._use(standing)
        return None

    def _use(self, standing: _Standing) -> Fault:
        if standing.left is not None:
            standing.left -= 1
            if standing.left <= 0:
                self._standing.remove(standing)
        return standing.fault

    def __len__(self) -> int:
        return len(self._standing)
