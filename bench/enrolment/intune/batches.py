"""Several questions in one request. Pure.

Source: Microsoft Graph, "Combine multiple HTTP requests using JSON batching": at most 20, each
answered by its own status and headers, in any order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bench.enrolment.intune.fields import Row, rows
from bench.enrolment.intune.troubles import garbled

MOST = 20
_STATUSES = range(100, 600)


@dataclass(frozen=True, slots=True)
class Part:
    """The answer to one question of a batch."""

    status: int
    body: Row = field(default_factory=dict, repr=False)
    retry_after: str = ""


def chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield as many at a time as one batch takes."""
    for start in range(0, len(numbers), MOST):
        yield numbers[start : start + MOST]


def request(asked: Mapping[int, str]) -> dict[str, object]:
    """Return the body that asks those addresses, each relative to the root of the service."""
    parts = [{"id": str(number), "method": "GET", "url": url} for number, url in asked.items()]
    return {"requests": parts}


def answers(body: Row, asked: Mapping[int, str]) -> dict[int, Part]:
    """Return each answer by its question; SERVICE_GARBLED where one is missing, twice or odd."""
    found: dict[int, Part] = {}
    for row in rows(body, "responses"):
        number, part = _part(row)
        if number in found or number not in asked:
            raise garbled("an answer to nothing that was asked")
        found[number] = part
    if len(found) != len(asked):
        raise garbled("a question without an answer")
    return found


def _part(row: Row) -> tuple[int, Part]:
    name, status, body = row.get("id"), row.get("status"), row.get("body")
    if not isinstance(name, str) or not (name.isascii() and name.isdigit()):
        raise garbled("an answer without its number")
    if not isinstance(status, int) or status not in _STATUSES:
        raise garbled("an answer without its status")
    headers = row.get("headers")
    later = ""
    for key, value in headers.items() if isinstance(headers, dict) else ():
        if key.lower() == "retry-after" and isinstance(value, str | int):
            later = str(value)
    return int(name), Part(status, body if isinstance(body, dict) else {}, later)
