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

from bench.identity.aim import is_gs1, split_aim
from bench.identity.commands import CommandCode
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
from bench.identity.several import SEPARATORS, BoxCode, ContradictionError, read_gs1, read_list
from bench.identity.trial import TrialCode

_EDGES = "\x1c\x1d\x1e\x1f \t\r\n"
"""What may lie around one identity: separators with nothing beside them."""
LONGEST = 512
"""Characters a scan may have; the longest code on a box or label is far shorter."""

HIDDEN = "(an enrolment code)"
"""Shown for a text that holds a password or a token, whoever held it before a scanner."""
_FOR_A_CAMERA = re.compile(
    r"android\.app\.extra\.PROVISIONING|EXTRA.ENROLLMENT.TOKEN|\bWIFI:(?:[TSPHEAIRKU]|PH2):|^WIFI:",
    re.IGNORECASE,
)
"""What a handset's camera reads: a provisioning payload (Android's `DevicePolicyManager`, constants
`EXTRA_PROVISIONING_*`), a management app's token, or a card for a wireless network
("WIFI URI" in the Wi-Fi Alliance's WPA3 Specification). A keyboard of another layout may have
changed its signs."""

Meaning: TypeAlias = (
    Imei | Iccid | Eid | SerialNumber | AssetTag | SlotCode | Gtin | TrialCode | CommandCode
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FormatRefusal:
    """Why a text is not of a format; `format` is its name as a person knows it."""

    format: str
    reason: str


@dataclass(frozen=True, slots=True)
class ScanReading:
    """A scan and what it means: `refusals` is empty exactly when there is a meaning.

    `raw` is all that came, AIM identifier included, made plain; of a code that is for a handset's
    camera nothing is kept, because it holds a password or a token: then it is `HIDDEN`. A code of
    several identities, such as the 2-D code on a box, means the handset's first IMEI; what else it
    says is `also`. `aim` is the identifier alone, such as `]C0`, empty where the scanner sends
    none.
    """

    raw: str
    meaning: Meaning | None
    refusals: tuple[FormatRefusal, ...] = ()
    also: tuple[Meaning, ...] = ()
    aim: str = ""


_IS_FOR_A_CAMERA = FormatRefusal("Enrolment code", "It is a code for a handset's camera.")
_FORMATS: tuple[tuple[str, Callable[[str], Meaning]], ...] = (
    ("IMEI", Imei.parse),
    ("Asset tag", AssetTag.parse),
    ("Slot", SlotCode.parse),
    ("Serial number", SerialNumber.parse_samsung),
    ("ICCID", Iccid.parse),
    ("EID", Eid.parse),
    ("Product number", Gtin.parse),
    ("Test card", TrialCode.parse),
    ("Command", CommandCode.parse),
)
"""No text is of two of these: their lengths or first characters differ."""


def read_scan(text: str) -> ScanReading:
    """Return what a scanned or typed text means; outer white space and `]xn` are no part of it.

    `]xn` is the AIM symbology identifier that a scanner may be set to send (ISO/IEC 15424). Behind
    that of a GS1 code stand element strings; behind none, they would be guessed at.
    """
    aim, body = split_aim(_trimmed(text))
    body = _trimmed(body)
    if _FOR_A_CAMERA.search(body):
        return ScanReading(HIDDEN, None, (_IS_FOR_A_CAMERA,), aim=aim)
    raw = plain(text, LONGEST)
    refusal = _unreadable(body)
    if refusal:
        return ScanReading(raw, None, (FormatRefusal("Any code", refusal),), aim=aim)
    try:
        return _several(raw, aim, body) if is_gs1(aim) else _single(raw, aim, body)
    except ContradictionError as error:
        return ScanReading(raw, None, (FormatRefusal(error.format, error.reason),), aim=aim)


def _single(raw: str, aim: str, body: str) -> ScanReading:
    """Read one identity, or a list of several."""
    body = body.strip(_EDGES)
    refusals = []
    for name, parse in _FORMATS:
        reading = _read(name, parse, body)
        if not isinstance(reading, FormatRefusal):
            return ScanReading(raw, reading, aim=aim)
        refusals.append(reading)
    return _told(raw, aim, read_list(body)) or ScanReading(raw, None, tuple(refusals), aim=aim)


def _several(raw: str, aim: str, body: str) -> ScanReading:
    """Read a GS1 code. One that is not by the rules may still be a bare number of ours."""
    try:
        box = read_gs1(body)
    except ContradictionError:
        raise
    except ValueError:
        return _single(raw, aim, body)
    reason = "It is a GS1 code without an IMEI, a serial number or a product number."
    return _told(raw, aim, box) or ScanReading(raw, None, (FormatRefusal("GS1", reason),), aim=aim)


def _told(raw: str, aim: str, box: BoxCode | None) -> ScanReading | None:
    if box is None:
        return None
    if isinstance(box.meaning, SerialNumber):  # by itself it must be of a form that is known
        reading = _read("Serial number", SerialNumber.parse_samsung, str(box.meaning))
        if isinstance(reading, FormatRefusal):
            return ScanReading(raw, None, (reading,), aim=aim)
    return ScanReading(raw, box.meaning, also=box.also, aim=aim)


def _trimmed(text: str) -> str:
    """`str.strip` would take the separators FS to US too, and they are data of 2-D codes."""
    return text.strip(" \t\r\n")


def _unreadable(body: str) -> str:
    if not body:
        return "It is empty."
    if len(body) > LONGEST:
        return f"It has more than {LONGEST} characters."
    if not body.isprintable() and any(_is_control(character) for character in body):
        return "It holds control characters: not a code of ours."
    return ""


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc" and character not in SEPARATORS


def _read(name: str, parse: Callable[[str], Meaning], body: str) -> Meaning | FormatRefusal:
    try:
        return parse(body)
    except IdentifierError as error:
        return FormatRefusal(name, error.reason)
