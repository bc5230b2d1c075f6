"""The number of a seal or of a tamper-evident bag. Pure."""

from __future__ import annotations

import re

from bench.identity.aim import split_aim
from bench.identity.identifiers import AssetTag, Eid, Iccid, Imei, SerialNumber, SlotCode
from bench.identity.scans import ScanReading
from bench.identity.trial import TrialCode

_NUMBER = re.compile(r"[A-Z0-9](?:[A-Z0-9]|[-/.](?=[A-Z0-9])){3,31}", re.ASCII)
_LONG = 14
_OTHERS = (Imei, Iccid, Eid, AssetTag, SerialNumber, SlotCode, TrialCode)
"""What lies about on the same table. A product number is not among them: one seal's number in ten
has the check digit of one."""


def code_of(text: str) -> str:
    """Return a code of ours as it is compared: in capitals, without what a scanner puts in front.

    Codes of seals and papers are told by no format, so they come as they were read.
    """
    _, body = split_aim(text.strip())
    return body.strip().upper()


def read_seal(reading: ScanReading, text: str) -> str:
    """Return the number, in capitals; `ValueError` says why it is none.

    4 to 32 letters and digits, joined by single hyphens, strokes or full stops.
    """
    if isinstance(reading.meaning, _OTHERS):
        raise ValueError("it is the code of something else on the table")  # noqa: TRY004 - as below
    code = code_of(text)
    if code.isdigit() and len(code) >= _LONG:
        raise ValueError("so many digits are the number of a handset, a SIM or a pallet")
    if not _NUMBER.fullmatch(code):
        raise ValueError("it has 4 to 32 letters and digits, joined by - / or .")
    return code
