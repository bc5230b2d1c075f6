"""How Snipe-IT spells a device. Pure.

What it is sent is flat, by numbers and columns; what it gives is nested and escaped as HTML.
Source: Snipe-IT 8.1.4, `AssetsTransformer` and `Api/AssetsController`.
"""

from __future__ import annotations

import html
from collections.abc import Collection, Mapping

from bench.custody.phases import Phase
from bench.events.orders import Json
from bench.inventory.connectors.filed import Reference, SnipeIt
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

QUARANTINED = Phase.QUARANTINED.value


def entry_of(wanted: Wanted, settings: SnipeIt) -> Entry:
    """Return a device in Snipe-IT's words; `UnfitError` names the key that has to be set."""
    fields = {
        TAG: wanted.asset_tag.strip(), SERIAL: wanted.serial.strip(),
        IMEI: wanted.imei if settings.imei_column else "",
        IMEI2: wanted.imei2 if settings.imei2_column else "",
        MODEL: _spelt(settings.models.get(wanted.model, wanted.model)),
        STATUS: _status(wanted, settings.status),
    }  # fmt: skip
    return Entry({name: text for name, text in fields.items() if text}, _holder(wanted, settings))


def entry_from(row: Mapping[str, Json], settings: SnipeIt) -> Entry | None:
    """Return what a row says; None for what is none, or was deleted."""
    key = row.get("id")
    if not isinstance(key, int) or row.get("deleted_at"):
        return None
    label = _object(row.get("status_label"))
    fields = {
        TAG: _text(row.get("asset_tag")), SERIAL: _text(row.get("serial")),
        MODEL: _named(_object(row.get("model")), settings.models.values()),
        STATUS: _named(label, settings.status.values()),
        **_customs(row, settings),
    }  # fmt: skip
    is_archived = "archived" in (label.get("status_meta"), label.get("status_type"))
    return Entry(fields, _assignee(row), str(key), archived=is_archived)


def note_of(wanted: Wanted) -> str:
    """Return what a check-out and check-in says of itself: the event that made it so."""
    return f"Custody event {wanted.event}"


def assignee(holder: str) -> dict[str, Json]:
    """Return to whom a check-out goes: `user:7`, `location:3`, `asset:9`."""
    kind, _, number = holder.partition(":")
    return {"checkout_to_type": kind, f"assigned_{kind}": int(number)}


def number_in(reference: str) -> int | None:
    """Return the number that a field's text stands for, None where it is a name."""
    return int(reference[1:]) if reference.startswith("#") and reference[1:].isdigit() else None


def _status(wanted: Wanted, labels: Mapping[str, Reference]) -> str:
    phase = QUARANTINED if wanted.quarantined else wanted.phase
    if phase not in labels:
        raise UnfitError(f"set snipe-it.status.{phase}")
    return _spelt(labels[phase])


def _holder(wanted: Wanted, settings: SnipeIt) -> str | None:
    """Whom it is checked out to: nobody in quarantine; None where the settings name nobody."""
    if wanted.quarantined or wanted.phase == QUARANTINED:
        return ""
    if not settings.check_out:
        return None
    usual = settings.check_out.get(wanted.phase, "")
    if not usual:
        return ""
    named = (settings.holders.get(each) for each in (wanted.holder, wanted.location) if each)
    return next((each for each in named if each), usual)


def _spelt(reference: Reference) -> str:
    return f"#{reference}" if isinstance(reference, int) else reference.strip()


def _named(there: Mapping[str, Json], known: Collection[Reference]) -> str:
    """By number where the settings know it so, else by name."""
    number = there.get("id")
    return f"#{number}" if number in known else _text(there.get("name"))


def _customs(row: Mapping[str, Json], settings: SnipeIt) -> dict[str, str]:
    wanted = {settings.imei_column: IMEI, settings.imei2_column: IMEI2}
    found: dict[str, str] = {}
    for each in _object(row.get("custom_fields")).values():
        column = _object(each).get("field")
        if column and column in wanted:
            found[wanted[str(column)]] = _text(_object(each).get("value"))
    return found


def _assignee(row: Mapping[str, Json]) -> str:
    to = _object(row.get("assigned_to"))
    number = to.get("id")
    return f"{to.get('type')}:{number}" if isinstance(number, int) else ""


def _text(value: Json) -> str:
    return html.unescape(value).strip() if isinstance(value, str) else ""


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}
