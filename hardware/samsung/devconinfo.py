"""What the replies of a Samsung modem say: `AT+DEVCONINFO` and `AT+REACTIVE=1,0,0`. Pure.

Samsung publishes no description. The form is that of public tools' recordings: `KEY(value)` joined
by semicolons, such as `MN(SM-A325F);…;SN(R…);IMEI(…);…;LOCK(NONE)`. Only the keys wanted are looked
at: phone numbers (`PN`), networks (`MCC`, `MNC`), the unique number (`UN`) and `AID` never become a
value, so that nothing can show or keep them. Each value must look like what its key means, else it
is dropped: where bytes were lost, two fields may have run into one another.
"""

from __future__ import annotations

import re

from bench.events.modem import Firmware, ModemIdentity
from bench.identity.identifiers import IdentifierError, Imei, SerialNumber
from bench.identity.plain import plain

_FIELD = re.compile(r"(?:^|;)\s*([A-Z0-9_]+)\(([^();]*)\)(?=\s*(?:[;#]|$))", re.ASCII)
_FORMS = {
    "MN": r"(?=[A-Z].{2})(?!.*[0-9]{5})(?:[A-Z]{2,8}-){0,2}"
    r"[A-Z]{0,4}[0-9]{1,4}[A-Z0-9]{0,4}(?:[/_-][A-Z]{1,8}){0,2}",
    "VER": r"[A-Z0-9._-]{0,40}(?:/[A-Z0-9._-]{0,40}){0,5}",
    "PRD": r"[A-Z][A-Z0-9]{2}",
    "CC": r"[A-Z]{2}",
    "SN": r"R[A-Z0-9]{10}",
    "IMEI": r"[0-9]{15}",
    "LOCK": r"[A-Za-z][A-Za-z _-]{0,39}",
}
"""The keys that are read, and what their values look like. What may be a name begins with a letter,
and no phone number or network can pass for its rest: a model (`SM-A325F`, `SM-A326B/DS`, `SC-02J`)
has at most four digits in a row and none further on that stand by themselves; a lock has none."""
_PART = re.compile(
    r"(?!.*[0-9]{5})(?!.*[0-9]{3}.*[0-9]{3})[A-Z]{1,4}[0-9]{2,4}[A-Z][A-Z0-9._-]{4,20}", re.ASCII
)
"""A part of the firmware, such as `A325FXXU1AAA1` or `N9005XXUGBOD3`: the model's letters and
digits, a letter, the region and the version, in which there are never three digits in a row."""
_LOCKED = {"1,LOCK": True, "1,UNLOCK": False}


def read_identity(text: str) -> ModemIdentity:
    """Return what a handset says of itself; `text` is what stands behind `+DEVCONINFO:`.

    Of a key that comes twice the first counts. What is missing, unknown or not of the form of its
    key is left out; an IMEI has 15 digits and the check digit that fits them.
    """
    said = _said(text)
    return ModemIdentity(
        serial=_serial(said),
        imei=_imei(_fitting(said, "IMEI")),
        model=plain(_fitting(said, "MN")),
        firmware=_firmware(_fitting(said, "VER")),
        sales_code=_fitting(said, "PRD"),
        country=_fitting(said, "CC"),
        lock=plain(_fitting(said, "LOCK")),
    )


def read_reactivation(text: str) -> bool | None:
    """Return whether the last owner's account locks it (behind `+REACTIVE:`), None: not said."""
    return _LOCKED.get(text.strip().upper())


def _said(text: str) -> dict[str, str]:
    said: dict[str, str] = {}
    for found in _FIELD.finditer(text):
        if found[1] in _FORMS:
            said.setdefault(found[1], found[2].strip())
    return said


def _fitting(said: dict[str, str], key: str) -> str:
    value = said.get(key, "")
    return value if re.fullmatch(_FORMS[key], value, re.ASCII) else ""


def _serial(said: dict[str, str]) -> SerialNumber | None:
    """A serial number has no check digit, and the field behind it is the IMEI.

    Where that is missing, what stands here may be the head of the one and the tail of the other.
    """
    text = _fitting(said, "SN") if "IMEI" in said else ""
    return SerialNumber.parse_samsung(text) if text else None


def _imei(text: str) -> Imei | None:
    try:
        return Imei.parse(text)
    except IdentifierError:
        return None


def _firmware(text: str) -> Firmware:
    parts = [part if _PART.fullmatch(part) else "" for part in text.split("/")]
    return Firmware(*(plain(part) for part in parts[:4]))
