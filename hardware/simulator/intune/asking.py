"""A request and its answer, without the wire: what is asked of the simulated service, and said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to Graph below its root; `path` and `query` are decoded, `body` may hold secrets.

    `roles` is what the bearer of its access token may do.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    roles: frozenset[str] = frozenset()
    root: str = ""
    client_request: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said back; no `body` is none at all, as with 204."""

    status: int
    body: Json = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


NO_CONTENT: Final = Answer(204)


@dataclass(slots=True)
class ServerClock:
    """The service's own clock: `skew` is how far it is off this computer's."""

    skew: timedelta = timedelta()

    def now(self) -> datetime:
        """Return the time as the service believes it to be, UTC."""
        return datetime.now(UTC) + self.skew


def timestamp(at: datetime) -> str:
    """Return an `Edm.DateTimeOffset` as Graph prints it: seven digits of a second, UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"
