"""How ServiceNow's engine is told of devices, and what it answers. Pure.

Source: ServiceNow, Identification and Reconciliation API (release "Australia"). NOT CONFIRMED on an
instance: the class and its columns, and that results come in the order of what was sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.custody.phases import Phase
from bench.events.orders import Json
from bench.inventory.connectors.filed import ServiceNow
from bench.inventory.connectors.words import (
    IMEI,
    IMEI2,
    MODEL,
    SERIAL,
    STATUS,
    TAG,
    Entry,
    UnfitError,
    Wanted,
)

_WRITTEN = frozenset({"INSERT", "UPDATE", "INSERT_AS_INCOMPLETE", "UPDATE_WITH_UPGRADE"})


@dataclass(frozen=True, slots=True)
class Result:
    """What the engine says of one device: `operation` as it says it, `why` of its errors."""

    operation: str
    key: str
    why: str
    is_doubled: bool


def entry_of(wanted: Wanted, settings: ServiceNow) -> Entry:
    """Return a device by the columns that the settings name; `UnfitError` names what is missing."""
    status = Phase.QUARANTINED.value if wanted.quarantined else wanted.phase
    if settings.status and status not in settings.status:
        raise UnfitError(f"set servicenow.status.{status}")
    said = {
        TAG: wanted.asset_tag, SERIAL: wanted.serial, IMEI: wanted.imei, IMEI2: wanted.imei2,
        MODEL: wanted.model, STATUS: str(settings.status.get(status, "")),
    }  # fmt: skip
    fields = {name: text for name, text in said.items() if text and name in _named(settings)}
    return Entry(fields, device=wanted.native or wanted.device, since=wanted.since)


def payload(entries: Sequence[Entry], settings: ServiceNow) -> dict[str, Json]:
    """Return what is sent: one item for each, whose key is a name that it keeps."""
    return {"items": [
        {
            "className": settings.ci_class,
            "internal_id": str(number),
            "values": {_named(settings)[name]: text for name, text in entry.fields.items()},
            "sys_object_source_info": _source(entry, settings),
        }
        for number, entry in enumerate(entries, 1)
    ]}  # fmt: skip


def results(body: Json, many: int) -> list[Result]:
    """Read an answer; `ValueError` where it does not speak of just so many devices."""
    result = body.get("result") if isinstance(body, dict) else None
    items = result.get("items") if isinstance(result, dict) else None
    if not isinstance(items, list) or len(items) != many:
        raise ValueError("not one result for each device")
    return [_result(each if isinstance(each, dict) else {}) for each in items]


def found(entry: Entry, result: Result) -> tuple[Entry, ...]:
    """Return what a dry run says is there: nothing, what is wanted, something else, or two."""
    if result.is_doubled:
        return (_there(entry, "one", {}), _there(entry, "another", {}))
    if result.operation == "NO_CHANGE":
        return (_there(entry, result.key, entry.fields),)
    return (_there(entry, result.key, {}),) if result.operation.startswith("UPDATE") else ()


def refusal(result: Result) -> str:
    """Return why a device was not written, "" where it was."""
    if result.is_doubled:
        return "it has more than one entry that matches"
    if result.why or result.operation not in {*_WRITTEN, "NO_CHANGE"}:
        return result.why or f"it did {result.operation or 'nothing'}"
    return ""


def entry_from(row: Mapping[str, Json], settings: ServiceNow) -> Entry:
    """Return the device of a row of the class's table."""
    fields = {
        name: text.strip()
        for name, column in _named(settings).items()
        if isinstance(text := row.get(column), str)
    }
    return Entry(fields, key=str(row.get("sys_id", "")))


def _named(settings: ServiceNow) -> Mapping[str, str]:
    return settings.columns


def _source(entry: Entry, settings: ServiceNow) -> dict[str, Json]:
    return {
        "source_name": settings.source,
        "source_native_key": entry.device,
        "source_recency_timestamp": entry.since.replace("T", " ").removesuffix("Z"),
    }


def _result(item: Mapping[str, Json]) -> Result:
    attempts = item.get("identificationAttempts")
    is_doubled = isinstance(attempts, list) and any(
        isinstance(each, dict) and each.get("attemptResult") == "MULTI_MATCH" for each in attempts
    )
    errors = item.get("errors")
    why = "; ".join(_words(each) for each in errors) if isinstance(errors, list) else ""
    return Result(str(item.get("operation", "")), str(item.get("sysId", "")), why, is_doubled)


def _words(error: Json) -> str:
    if not isinstance(error, dict):
        return str(error)
    return ": ".join(str(error[name]) for name in ("error", "message") if error.get(name))


def _there(entry: Entry, key: str, fields: Mapping[str, str]) -> Entry:
    return Entry(fields, key=key, device=entry.device)
