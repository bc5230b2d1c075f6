"""What a QL printer says: 32 bytes, asked for or by itself. No I/O.

Source: section 4, `ESC i S` "Status information request", tables 1 to 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from hardware.printers.brother_ql.media import Kind, Roll
from hardware.printers.brother_ql.models import Model, model_of
from hardware.printers.causes import Cause

MARK = b"\x80\x20B"
"""Print head mark, size, and a B: every status begins so."""
SIZE = 32
_SERIES = (0x30, 0x34)

_ERRORS = (
    {
        0x01: Cause.PAPER_OUT,
        0x02: Cause.PAPER_OUT,
        0x04: Cause.CUTTER,
        0x10: Cause.IN_USE,
        0x20: Cause.TURNED_OFF,
        0x80: Cause.FAN,
    },
    {
        0x01: Cause.OTHER_LABELS,
        0x02: Cause.BUFFER_FULL,
        0x04: Cause.COMMUNICATION,
        0x10: Cause.OPEN,
        0x40: Cause.FEED,
        0x80: Cause.SYSTEM,
    },
)
"""Tables 1 and 2, error information 1 and 2; bits that are not used in all models are left out."""

_KINDS = {0x0A: Kind.TAPE, 0x4A: Kind.TAPE, 0x0B: Kind.LABELS, 0x4B: Kind.LABELS}
"""Table 4; newer models set one more bit in what they answer than in what they are told."""


class Said(IntEnum):
    """Why a status was sent (table 5)."""

    REPLY = 0x00
    COMPLETED = 0x01
    ERROR = 0x02
    TURNED_OFF = 0x04
    NOTIFICATION = 0x05
    PHASE = 0x06


class Notice(IntEnum):
    """What a notification is of (table 7)."""

    NONE = 0x00
    COOLING = 0x03
    COOLED = 0x04


@dataclass(frozen=True, slots=True)
class Status:
    """One status; `flags` are error bits without a name here, `roll` None when there is none."""

    said: Said
    model: Model | None
    name: str
    """Series and model code, for a model that is not known."""
    causes: frozenset[Cause]
    flags: int
    roll: Roll | None
    printing: bool
    """The phase it is in, or has just come into."""
    notice: Notice

    @property
    def raw(self) -> str:
        """The bits without a name, for a detail."""
        return f"error bits {self.flags:04X}" if self.flags else ""


def read_status(data: bytes) -> Status | None:
    """Return what 32 bytes say, or None if they are no status."""
    if len(data) != SIZE or data[:3] != MARK or data[3] not in _SERIES:
        return None
    if data[18] not in [*Said] or data[19] not in (0, 1) or data[22] not in [*Notice]:
        return None
    said, model = Said(data[18]), model_of(data[3], data[4])
    causes, flags = _errors(data[8], data[9])
    if said is Said.TURNED_OFF:
        causes |= {Cause.TURNED_OFF}
    elif said is Said.ERROR and not (causes or flags):
        causes |= {Cause.UNNAMED}
    elif said is Said.REPLY and data[19] == 1:
        causes |= {Cause.PRINTING}
    return Status(
        said=said,
        model=model,
        name=model.name if model else f"{data[3]:02X}{data[4]:02X}",
        causes=causes,
        flags=flags,
        roll=_roll(data[11], data[10], data[17]),
        printing=data[19] == 1,
        notice=Notice(data[22]),
    )


def _errors(*information: int) -> tuple[frozenset[Cause], int]:
    named = [
        (cause, bit << 8 * (1 - place))
        for place, (byte, table) in enumerate(zip(information, _ERRORS, strict=True))
        for bit, cause in table.items()
        if byte & bit
    ]
    flags = int.from_bytes(bytes(information), "big") & ~sum(bit for _, bit in named)
    return frozenset(cause for cause, _ in named), flags


def _roll(kind: int, width: int, length: int) -> Roll | None:
    if kind not in _KINDS:
        return None
    is_tape = _KINDS[kind] is Kind.TAPE
    return Roll(_KINDS[kind], width, 0 if is_tape else length)
