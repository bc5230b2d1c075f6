"""What a barcode means here: one meaning, or one reason per format why it means none.

No text makes this raise: whatever a scanner, a keyboard or a prankster sends ends as a reading.
No I/O, any thread.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from bench.identity.identifiers import (
    AssetTag,
    Eid,
    Gtin,
    Iccid,
    IdentifierError,
    Imei,
    SerialNumber,
    SlotCode,
)
from bench.identity.plain import plain

LONGEST = 512
"""Characters a scan may have; the longest code on a box or label is far shorter."""

Meaning: TypeAlias = Imei | Iccid | Eid | SerialNumber | AssetTag | SlotCode | Gtin


@dataclass(frozen=True, slots=True)
class FormatRefusal:
    """Why a text is not of a format; `format` is its name as a person knows it."""

    format: str
    reason: str


@dataclass(frozen=True, slots=True)
class ScanReading:
    """A scan and what it means: `refusals` is empty exactly when there is a meaning.

    `raw` is all that came, AIM identifier included, made plain.
    """

    raw: str
    meaning: Meaning | None
    refusals: tuple[FormatRefusal, ...] = ()


_FORMATS: tuple[tuple[str, Callable[[str], Meaning]], ...] = (
    ("IMEI", Imei.parse),
    ("Asset tag", AssetTag.parse),
    ("Slot", SlotCode.parse),
    ("Serial number", SerialNumber.parse_samsung),
    ("ICCID", Iccid.parse),
    ("EID", Eid.parse),
    ("Product number", Gtin.parse),
)
"""No text is of two of these: their lengths or first characters differ."""


def read_scan(text: str) -> ScanReading:
    """Return what a scanned or typed text means; outer white space and `]xn` are no part of it.

    `]xn` is the AIM symbology identifier that a scanner may be set to send (ISO/IEC 15424).
    """
    raw = plain(text, LONGEST)
    body = _trimmed(re.sub(r"^\][A-Za-z][0-9A-Za-z]", "", _trimmed(text)))
    refusal = _unreadable(body)
    if refusal:
        return ScanReading(raw, None, (FormatRefusal("Any code", refusal),))
    refusals = []
    for name, parse in _FORMATS:
        reading = _read(name, parse, body)
        if not isinstance(reading, FormatRefusal):
            return ScanReading(raw, reading)
        refusals.append(reading)
    return ScanReading(raw, None, tuple(refusals))


def _trimmed(text: str) -> str:
    """`str.strip` would take the separators FS to US too, and they are data of 2-D codes."""
    return text.strip(" \t\r\n")


def _unreadable(body: str) -> str:
    if not body:
        return "It is empty."
    if len(body) > LONGEST:
        return f"It has more than {LONGEST} characters."
    if not body.isprintable() and any(unicodedata.category(each) == "Cc" for each in body):
        return "It holds control characters: several codes in one, or not a code of ours."
    return ""


def _read(name: str, parse: Callable[[str], Meaning], body: str) -> Meaning | FormatRefusal:
    try:
        return parse(body)
    except IdentifierError as error:
        return FormatRefusal(name, error.reason)
