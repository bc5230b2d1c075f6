"""The part of OData's `$filter` that Intune takes on managed devices.

Sources: OData 4.01 part 2, clause 5.1.1; Microsoft Graph, "filter query parameter". Which
properties can be filtered by is published nowhere (microsoft-graph-docs #19890). What is here
taken is what public scripts use; some properties are silently ignored by the real service and
every device is returned (msgraph issues #3125, #235, #2416), so they are ignored here too.
Anything else is a 400. Unconfirmed on a real tenant: `imei`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from hardware.simulator.intune.asking import Json
from hardware.simulator.intune.refusals import RefusedError

Device: TypeAlias = Mapping[str, Json]
Test: TypeAlias = Callable[[Device], bool]

TAKEN = frozenset(
    {
        "id", "deviceName", "serialNumber", "imei", "model", "manufacturer", "operatingSystem",
        "osVersion", "complianceState", "managedDeviceOwnerType", "managementAgent",
        "userPrincipalName", "enrolledDateTime", "lastSyncDateTime", "enrollmentProfileName",
        "azureADDeviceId",
    }
)  # fmt: skip
IGNORED = frozenset({"userId", "wiFiMacAddress", "deviceEnrollmentType", "skuFamily"})
_KEYS = frozenset({"serialNumber", "imei"})
_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|([A-Za-z]\w*)|([0-9][0-9T:.Z+-]*)|([(),]))")
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Filter:
    """What is looked for; `keys` are the only (property, value) that can match, None for any."""

    test: Test
    keys: frozenset[tuple[str, str]] | None = None


EVERYTHING = Filter(lambda _device: True)


def parse_filter(text: str) -> Filter:
    """Read a filter; one that is not taken is a `RefusedError` (400)."""
    words = _words(text)
    found = _either(words, 0)
    if words:
        raise _unreadable(text)
    return found


def _words(text: str) -> list[str]:
    """Return the words, the first last, so that they can be popped."""
    words: list[str] = []
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            raise _unreadable(text)
        words.append(match.group().strip())
        place = match.end()
    return words[::-1]


def _either(words: list[str], depth: int) -> Filter:
    found = _both(words, depth)
    while words and words[-1] == "or":
        words.pop()
        found = _or(found, _both(words, depth))
    return found


def _both(words: list[str], depth: int) -> Filter:
    found = _one(words, depth)
    while words and words[-1] == "and":
        words.pop()
        found = _and(found, _one(words, depth))
    return found


def _one(words: list[str], depth: int) -> Filter:
    if depth > _DEEPEST:
        raise RefusedError(400, "The node count limit of '100' has been exceeded.")
    name = _next(words)
    match name:
        case "(":
            found = _either(words, depth + 1)
            _expect(words, ")")
            return found
        case "not":
            inner = _one(words, depth + 1).test
            return Filter(lambda device: not inner(device))
        case "startswith" | "contains" | "endswith":
            return _function(name, words)
        case _:
            return _comparison(name, words)


def _function(name: str, words: list[str]) -> Filter:
    _expect(words, "(")
    field = _next(words)
    _expect(words, ",")
    wanted = str(_value(_next(words))).casefold()
    _expect(words, ")")
    if field in IGNORED:
        return EVERYTHING
    _check(field)
    ways: dict[str, Callable[[str], bool]] = {
        "startswith": lambda text: text.startswith(wanted),
        "endswith": lambda text: text.endswith(wanted),
        "contains": lambda text: wanted in text,
    }
    way = ways[name]
    return Filter(lambda device: way(str(device[field] or "").casefold()))


def _comparison(field: str, words: list[str]) -> Filter:
    operator, value = _next(words), _value(_next(words))
    if field in IGNORED:
        return EVERYTHING
    _check(field)
    test = _compare(field, operator, value)
    keyed = operator == "eq" and field in _KEYS and isinstance(value, str)
    return Filter(test, frozenset({(field, str(value).casefold())}) if keyed else None)


def _compare(field: str, operator: str, value: Json) -> Test:
    wanted = _comparable(field, value)

    def same(device: Device) -> bool:
        return _comparable(field, device[field]) == wanted

    ways: dict[str, Test] = {
        "eq": same,
        "ne": lambda device: not same(device),
        "gt": lambda device: _comparable(field, device[field]) > wanted,
        "ge": lambda device: _comparable(field, device[field]) >= wanted,
        "lt": lambda device: _comparable(field, device[field]) < wanted,
        "le": lambda device: _comparable(field, device[field]) <= wanted,
    }
    if operator not in ways:
        raise RefusedError(400, f"Invalid filter clause: '{operator}' is no operator.")
    return ways[operator]


def _comparable(field: str, value: Json) -> str:
    """Return a text that compares as the value does; texts compare without case, times as UTC."""
    if not field.endswith("DateTime"):
        return str(value if value is not None else "").casefold()
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        at = datetime.min  # noqa: DTZ901 - as much without a zone as a date is
    if at.tzinfo is None:
        raise RefusedError(400, "Invalid filter clause: this is no time with its zone.")
    return f"{at.timestamp():020.6f}"


def _or(one: Filter, other: Filter) -> Filter:
    keys = one.keys | other.keys if one.keys is not None and other.keys is not None else None
    return Filter(lambda device: one.test(device) or other.test(device), keys)


def _and(one: Filter, other: Filter) -> Filter:
    keys = one.keys if one.keys is not None else other.keys
    return Filter(lambda device: one.test(device) and other.test(device), keys)


def _value(word: str) -> Json:
    if word.startswith("'"):
        return word[1:-1].replace("''", "'")
    if word in {"null", "true", "false"}:
        return {"null": None, "true": True, "false": False}[word]
    if word[0].isdigit():
        return word
    raise RefusedError(400, f"Invalid filter clause: '{word}' is no value.")


def _check(field: str) -> None:
    if field not in TAKEN:
        raise RefusedError(400, f"Invalid filter clause: filtering by '{field}' is not supported.")


def _next(words: list[str]) -> str:
    if not words:
        raise RefusedError(400, "Invalid filter clause: it ends too early.")
    return words.pop()


def _expect(words: list[str], word: str) -> None:
    if _next(words) != word:
        raise RefusedError(400, f"Invalid filter clause: '{word}' was expected.")


def _unreadable(text: str) -> RefusedError:
    return RefusedError(400, f"Invalid filter clause: '{text[:80]}'.")
