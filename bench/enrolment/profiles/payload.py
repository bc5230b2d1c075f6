"""The table [payload]: what an Android Enterprise code says besides network and locale."""

from __future__ import annotations

import json

from bench.enrolment.profiles import looks_secret
from bench.enrolment.profiles.faults import nearest
from bench.enrolment.profiles.forms import COMPONENT
from bench.enrolment.profiles.profile import Payload
from bench.enrolment.profiles.provisioning import KEYS, PREFIX, REFUSED, refusal
from bench.enrolment.profiles.table import Form, Table

_KEYS = ("component", "checksum", "download", "token", "token_key", "extras", "admin_extras")
_URL = Form(
    r"https?://[\w.-]+(:[0-9]{1,5})?(/[!-~]*)?",
    "give an address that begins with https://, without name and password",
)
_NAME = Form(r"[\w.-]+", "give the name of an extra: letters, digits and . _ -")
_MOST_BYTES = 2953
"""What the largest code holds: version 40, level L, bytes (ISO/IEC 18004:2015, table 7)."""
_LONGEST = 1000
_SMALLEST_INT, _LARGEST_INT = -(2**31), 2**31 - 1


def read_payload(table: Table) -> Payload:
    """Return the payload."""
    table.only(_KEYS)
    _check_token(table)
    payload = Payload(
        component=table.text("component", form=COMPONENT),
        checksum=_checksum(table),
        download=_download(table),
        token=table.secret("token", ""),
        token_key=table.text("token_key", "", _NAME),
        extras=_extras(table.mapping("extras")),
        admin_extras=_admin_extras(table.mapping("admin_extras")),
    )
    _check_size(table, payload)
    return payload


def _check_token(table: Table) -> None:
    if "token" in table and "token_key" not in table:
        table.wrong("token_key", "say under which name the management app expects the token")
    if "token_key" in table and "token" not in table:
        table.wrong("token", "name the secret that holds the token")


def _download(table: Table) -> str:
    address = table.text("download", "", _URL, _LONGEST)
    if looks_secret.is_in(address):
        table.wrong("download", "leave out what looks like a secret behind the ? or #")
    return address


def _checksum(table: Table) -> str:
    from bench.enrolment.payload.checksum import (  # noqa: PLC0415 - few profiles have one
        wrong_with_checksum,
    )

    text = table.text("checksum")
    if text and (remedy := wrong_with_checksum(text)):
        table.wrong("checksum", remedy)
    return text


def _extras(table: Table) -> dict[str, str | int | bool]:
    found = {}
    for key in table.keys:
        value = table.raw(key)
        remedy = _extra_fault(key, value)
        if remedy:
            table.wrong(key, remedy)
        elif isinstance(value, str | int | bool):
            found[key] = value
    return found


def _extra_fault(key: str, value: object) -> str:
    if key.startswith(PREFIX):
        return f"leave out {PREFIX}"
    if key not in KEYS and key not in REFUSED:
        return nearest(key, KEYS)
    if remedy := refusal(key, value):
        return remedy
    return _value_fault(value)


def _value_fault(value: object) -> str:
    if isinstance(value, str) and not (0 < len(value) <= _LONGEST and value.isprintable()):
        return f"give one line of text of at most {_LONGEST} characters"
    if isinstance(value, str) and looks_secret.is_in(value):
        return "leave out what looks like a secret"
    if isinstance(value, int) and not _SMALLEST_INT <= value <= _LARGEST_INT:
        return "give a number that fits into 32 bits"
    return ""


def _admin_extras(table: Table) -> dict[str, str]:
    for key in table.keys:
        if not _NAME.fits(key):
            table.wrong(key, _NAME.words)
        elif looks_secret.is_name(key):
            table.wrong(key, "never write a secret here: name it with token and token_key")
    return {key: table.text(key, "", most=_LONGEST) for key in table.keys}


def _check_size(table: Table, payload: Payload) -> None:
    """Refuse what fits into no code already without its secrets; the whole is checked when made."""
    known = [payload.component, payload.checksum, payload.download, payload.token_key]
    extras = {PREFIX + key: value for key, value in payload.extras.items()}
    said = json.dumps([known, extras, dict(payload.admin_extras)], ensure_ascii=False)
    if (size := len(said.encode())) > _MOST_BYTES:
        table.wrong("", f"it says {size} bytes already; no code holds more than {_MOST_BYTES}")
