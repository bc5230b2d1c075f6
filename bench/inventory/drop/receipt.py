"""A receipt file: where the store stands with a bench, as the centre wrote it back. Pure."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bench.events.orders import Json
from bench.inventory.centre import Status
from bench.inventory.drop.seal import CENTRE, Seal, SealError, Trust
from bench.inventory.drop.sealed import (
    UnreadableError,
    octets_of,
    sealed,
    text_of,
    unsealed,
    whole_of,
)

MOST_BYTES = 1_000_000
_HASH = 32


@dataclass(frozen=True, slots=True)
class Receipt:
    """The store has events up to `through` of this bench and epoch, the last with this leaf hash.

    `status` is how its last exchange went; `at` when, in UTC; `refused` the files that were not
    taken in, and why, in words.
    """

    bench: str
    epoch: int
    status: Status
    through: int
    head: bytes
    at: datetime
    refused: Sequence[str] = ()


def receipt_name(epoch: int) -> str:
    """Return the name of the file in the bench's folder."""
    return f"receipt.e{epoch}"


def spelled_receipt(receipt: Receipt, seal: Seal) -> bytes:
    """Return the content of a receipt file, sealed as the centre."""
    said: dict[str, Json] = {
        "receipt": 1, "bench": receipt.bench, "epoch": receipt.epoch,
        "status": receipt.status.value, "through": receipt.through,
        "head": base64.b64encode(receipt.head).decode(), "at": receipt.at.isoformat(),
        "refused": list(receipt.refused),
    }  # fmt: skip
    return sealed(said, (), seal)


def read_receipt(content: bytes, bench: str, trust: Trust, now: datetime) -> Receipt:
    """Read one; `UnreadableError` for what the centre did not write to this bench."""
    lines = unsealed(content, 0)
    try:
        trust.refuse_foreign(lines.certificate, CENTRE, now)
    except SealError as error:
        raise UnreadableError(str(error)) from None
    head = octets_of(lines.first, "head")
    if text_of(lines.first, "bench") != bench or len(head) != _HASH:
        raise UnreadableError("it is another bench's")
    try:
        status = Status(text_of(lines.first, "status"))
        at = datetime.fromisoformat(text_of(lines.first, "at"))
    except ValueError:
        raise UnreadableError("it says nothing that is known") from None
    epoch, through = whole_of(lines.first, "epoch"), whole_of(lines.first, "through")
    return Receipt(bench, epoch, status, through, head, at)
