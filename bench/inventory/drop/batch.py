"""A batch file: events of one bench and epoch that follow one another. Pure.

`BENCH.eEPOCH.FROM-THROUGH.SHA256.batch`; the name says what is in it and which bytes it has, so
that a file that was cut or changed is known at once, and one that lies there twice is the same.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.custody.chain import leaf_hash
from bench.custody.entries import SealedEvent
from bench.events.orders import Json
from bench.inventory.centre import MOST_BODY, MOST_EVENTS
from bench.inventory.drop.seal import Seal
from bench.inventory.drop.sealed import (
    UnreadableError,
    octets_of,
    sealed,
    text_of,
    unsealed,
    whole_of,
)

FORM = 1
"""Of batch files; another one is not read."""
MOST_BYTES = 64_000_000
"""Of a file; a longer one is not read."""
_FULL = 16_000_000
"""Bytes of bodies in a file that is written: spelled as JSON they take up to twice their room."""
_NAME = re.compile(
    r"(?P<bench>[A-Za-z0-9][A-Za-z0-9._-]{0,62})\.e(?P<epoch>[1-9]\d{0,8})"
    r"\.(?P<first>\d{12})-(?P<last>\d{12})\.(?P<sha256>[0-9a-f]{64})\.batch"
)
_SIGNATURE = 64


@dataclass(frozen=True, slots=True)
class BatchName:
    """What the name of a batch file says; `first` and `last` are numbers of events."""

    bench: str
    epoch: int
    first: int
    last: int
    sha256: str

    @classmethod
    def parse(cls, name: str) -> BatchName | None:
        """Return what a file's name says; None for any other file's."""
        found = _NAME.fullmatch(name)
        if found is None:
            return None
        bench, epoch, first, last, sha256 = found.groups()
        return cls(bench, int(epoch), int(first), int(last), sha256)

    def __str__(self) -> str:
        """Spell it."""
        range_ = f"{self.first:012d}-{self.last:012d}"
        return f"{self.bench}.e{self.epoch}.{range_}.{self.sha256}.batch"


@dataclass(frozen=True, slots=True)
class Batch:
    """Events in their order, at least one; `certificate` (PEM) is of who sealed the file."""

    bench: str
    epoch: int
    events: tuple[SealedEvent, ...]
    certificate: bytes


def spelled_batch(
    bench: str, epoch: int, events: Sequence[SealedEvent], seal: Seal
) -> tuple[BatchName, bytes]:
    """Return name and content of a file with these events."""
    first: dict[str, Json] = {
        "form": FORM, "bench": bench, "epoch": epoch, "from_seq": events[0].seq,
        "events": len(events),
    }  # fmt: skip
    content = sealed(first, map(_said, events), seal)
    digest = hashlib.sha256(content).hexdigest()
    return BatchName(bench, epoch, events[0].seq, events[-1].seq, digest), content


def read_batch(name: BatchName, content: bytes) -> Batch:
    """Read a file; `UnreadableError` for one that is not what its name says, or not sealed."""
    if hashlib.sha256(content).hexdigest() != name.sha256:
        raise UnreadableError("its bytes are not those that its name says: it was cut or changed")
    lines = unsealed(content, MOST_EVENTS)
    if whole_of(lines.first, "form") != FORM:
        raise UnreadableError(f"it is of another form than {FORM}")
    its = (text_of(lines.first, "bench"), whole_of(lines.first, "epoch"))
    first = whole_of(lines.first, "from_seq")
    last = first + lines.many - 1
    if (*its, first, last) != (name.bench, name.epoch, name.first, name.last):
        raise UnreadableError("it holds other events than its name says")
    if not 0 < lines.many <= MOST_EVENTS or first < 1:
        raise UnreadableError(f"it holds {lines.many} events")
    events = tuple(_event(seq, line) for seq, line in enumerate(lines.rest, first))
    return Batch(*its, events, lines.certificate)


def parts(events: Iterable[SealedEvent]) -> Iterable[list[SealedEvent]]:
    """Divide events into as many as go into a file each."""
    part: list[SealedEvent] = []
    size = 0
    for event in events:
        if part and (size + len(event.body) > _FULL or len(part) == MOST_EVENTS):
            yield part
            part, size = [], 0
        part.append(event)
        size += len(event.body)
    if part:
        yield part


def _said(event: SealedEvent) -> dict[str, Json]:
    signature = base64.b64encode(event.signature).decode()
    return {"body": event.body.decode(), "sig": signature}


def _event(seq: int, line: Mapping[str, Json]) -> SealedEvent:
    try:
        body = text_of(line, "body").encode()
    except UnicodeEncodeError:
        raise UnreadableError(f"event {seq} is no text") from None
    signature = octets_of(line, "sig")
    if b"\0" in body:
        raise UnreadableError(f"event {seq} holds U+0000, which no store keeps in a text")
    if len(body) > MOST_BODY or len(signature) != _SIGNATURE:
        raise UnreadableError(f"event {seq} is none that a bench writes")
    return SealedEvent(seq, body, leaf_hash(body), signature)
