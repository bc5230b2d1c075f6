"""What is shown of an enrolment under way: a code for the handset's camera."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bench.events.person import HiddenText


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A QR code for the camera of the handset in a slot; what it holds is a secret.

    `rows` are its modules without quiet zone, a byte each, 1 is dark, as many rows as columns.
    `level` is its error correction (L, M, Q, H), `version` 1 to 40 (ISO/IEC 18004). `expires` is
    UTC, None where nobody knows. `warnings` are plain sentences for the technician.
    """

    rows: tuple[bytes, ...] = field(repr=False)
    text: HiddenText
    level: str
    version: int
    expires: datetime | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeReady:
    """The code of a run's present step is made and may be shown. It is never recorded."""

    run: str
    ticket: int
    code: ShownCode


@dataclass(frozen=True, slots=True)
class CodeSpent:
    """The code is to be shown no longer: it expired or was revoked, and a new one is being made."""

    run: str
    ticket: int
