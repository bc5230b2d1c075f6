"""Reading of what the service answers: each field is of its type, or the answer is refused. Pure.

Sources: OData JSON Format 4.01; Microsoft Graph resource types named where they are read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from bench.enrolment.intune.troubles import garbled
from bench.identity.plain import LIMIT, plain

Row: TypeAlias = Mapping[str, object]
_FIRST_YEAR = 1971
"""`0001-01-01T00:00:00Z` is how .NET says that there is no time."""


def parsed(body: bytes) -> Row:
    """Return the object that a body is; `ProblemError` SERVICE_GARBLED for anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise garbled("no JSON object")
    return found


def rows(body: Row, key: str = "value") -> list[Row]:
    """Return the objects of a collection."""
    found = body.get(key)
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise garbled(f"{key} is no list of objects")
    return found


def objects(body: Row, key: str = "value") -> list[Row]:
    """Return a collection of which some may be no objects: those are empty ones."""
    found = body.get(key)
    if not isinstance(found, list):
        raise garbled(f"{key} is no list")
    return [row if isinstance(row, dict) else {} for row in found]


def text(row: Row, key: str, limit: int = LIMIT) -> str:
    """Return a text made plain, whatever characters it has; "" where there is none."""
    found = row.get(key)
    if found is not None and not isinstance(found, str):
        raise garbled(f"{key} is no text")
    return plain(found or "", limit)


def raw(row: Row, key: str) -> str:
    """Return a text as it came, "" where there is none; it can be written as UTF-8."""
    found = row.get(key)
    if found is None:
        return ""
    if not isinstance(found, str) or any("\ud800" <= each <= "\udfff" for each in found):
        raise garbled(f"{key} is no text")
    return found


def whole(row: Row, key: str) -> int:
    """Return a whole number of 0 or more, 0 where there is none."""
    found = row.get(key)
    if found is None:
        return 0
    if isinstance(found, bool) or not isinstance(found, int) or found < 0:
        raise garbled(f"{key} is no number")
    return found


def when(row: Row, key: str) -> datetime | None:
    """Return a time in UTC, None where there is none (`DateTimeOffset`, RFC 3339)."""
    found = raw(row, key)
    if not found:
        return None
    try:
        return read_time(found)
    except (ValueError, OverflowError):
        raise garbled(f"{key} is no time") from None


def read_time(found: str) -> datetime | None:
    """Return a time in UTC, None for .NET's none; `ValueError` or `OverflowError` otherwise."""
    at = datetime.fromisoformat(found.strip())
    if at.year < _FIRST_YEAR:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
