"""What a person looks for, read out of what they scanned or typed. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bench.identity.identifiers import AssetTag, Eid, Iccid, Imei, SerialNumber
from bench.identity.plain import plain
from bench.identity.scans import ScanReading

FEWEST = 4
"""Letters or digits that a part of a number must have: fewer are of nearly everything."""
_LONGEST = 64
_TRUNK = re.compile(r"^(?:0|44|0044)(?=7[0-9]{9}$)")
"""What stands in front of a British mobile number's ten digits."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: `text` in capitals as it names an order, carton, consignment or holder.

    `tail` is what a number ends in, without separators, "" where that is too short; `line` what a
    telephone number ends in, its trunk prefix or country left out, "" where it can be none. A scan
    says what `kind` of number it is: imei, serial, tag, iccid, eid; "" for anything.
    """

    text: str
    tail: str
    line: str = ""
    kind: str = ""

    @classmethod
    def of(cls, reading: ScanReading, text: str) -> Sought | None:
        """Read a scan or what was typed; None where that is too little to look for."""
        match reading.meaning:
            case Imei() as imei:
                return cls(imei.digits, imei.digits, kind="imei")
            case Iccid() as iccid:
                return cls(iccid.digits, iccid.digits, kind="iccid")
            case Eid() as eid:
                return cls(eid.digits, eid.digits, kind="eid")
            case AssetTag() as tag:
                return cls(str(tag), str(tag), kind="tag")
            case SerialNumber() as serial:
                return cls._typed(str(serial))
            case _:
                return cls._typed(text)

    @classmethod
    def _typed(cls, text: str) -> Sought | None:
        text = plain(text, _LONGEST).upper().lstrip("…*")
        tail = re.sub(r"[ ./+()-]", "", text)
        if len(text) < FEWEST:
            return None
        line = _TRUNK.sub("", tail) if tail.isascii() and tail.isdigit() else ""
        tail = tail if len(tail) >= FEWEST else ""
        return cls(text, text if _is_tag(text) else tail, line if tail else "")


def _is_tag(text: str) -> bool:
    return re.fullmatch(r"[A-Z]{2,5}-[0-9]+", text, re.ASCII) is not None
