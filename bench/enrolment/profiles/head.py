"""The table [profile]: what a profile is called, its version, its method, and what goes with it."""

from __future__ import annotations

from dataclasses import dataclass

from bench.enrolment.profiles.faults import nearest
from bench.enrolment.profiles.forms import LOCALE, TIME_ZONE
from bench.enrolment.profiles.profile import Method
from bench.enrolment.profiles.table import Form, Table

SCHEMA = 2
"""The newest form of a profile that this program knows."""
NEEDS_SCHEMA = "write schema = 2 under [profile] to use it"
_FIRST_KEYS = ("schema", "name", "version", "scan_back", "read_before_setup")
_KEYS = (*_FIRST_KEYS, "method", "locale", "time_zone", "kit", "licences", "blink", "label")
_POOL = Form(r"[a-z0-9-]+", "give each pool as small letters, digits and hyphens, such as vpn")
_LABEL = Form(r"[a-z0-9-]+", "give the name of a template in resources/labels, such as asset-50x25")
_MOST_VERSIONS = 1_000_000


@dataclass(frozen=True, slots=True)
class Head:
    """What [profile] says; the keys of `EnrolmentProfile` mean the same."""

    name: str
    version: int
    scan_back: bool
    read_before_setup: bool
    method: Method
    locale: str
    time_zone: str
    kit: tuple[str, ...]
    licences: tuple[str, ...]
    blink: float
    label: str


def schema_of(table: Table) -> int:
    """Return the schema that a profile is written in, 0 for one that is not known."""
    value = table.raw("schema") if "schema" in table else 1
    if type(value) is int and 1 <= value <= SCHEMA:
        return value
    if type(value) is int and SCHEMA < value <= _MOST_VERSIONS:
        known = f"this program knows profiles up to schema {SCHEMA}"
        table.wrong("schema", f"schema {value} is newer: {known}; update it")
    else:
        table.wrong("schema", f"give a whole number from 1 to {SCHEMA}")
    return 0


def read_head(table: Table, schema: int) -> Head:
    """Return what the table says."""
    _only_known(table, schema)
    return Head(
        name=table.text("name"),
        version=table.whole("version", 1, 1, _MOST_VERSIONS),
        scan_back=table.flag("scan_back", usual=True),
        read_before_setup=table.flag("read_before_setup", usual=False),
        method=table.choice("method", Method.NONE),
        locale=table.text("locale", "", LOCALE),
        time_zone=_time_zone(table),
        kit=table.texts("kit"),
        licences=table.texts("licences", _POOL, 40),
        blink=table.number("blink", 4.0, 0.5, 60),
        label=table.text("label", "", _LABEL, 40),
    )


def _only_known(table: Table, schema: int) -> None:
    for key in table.keys:
        if schema == 1 and key in _KEYS and key not in _FIRST_KEYS:
            table.wrong(key, NEEDS_SCHEMA)
    table.only(_KEYS)


def _time_zone(table: Table) -> str:
    name = table.text("time_zone", "", TIME_ZONE)
    if name and not _is_zone(name):
        table.wrong("time_zone", _nearest_zone(name))
    return name


def _is_zone(name: str) -> bool:
    """Source of the names: the computer's time zone database (IANA, tzdata)."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - where a profile names one

    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return name.partition("/")[0] not in ("posix", "right", "localtime", "posixrules", "Factory")


def _nearest_zone(name: str) -> str:
    from zoneinfo import available_timezones  # noqa: PLC0415 - where there is a fault

    said = nearest(name, available_timezones(), 0.8)
    return said if said.startswith("did") else TIME_ZONE.words
