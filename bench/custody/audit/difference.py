"""Where two records part: event by event, or a record against what was signed of it. Pure.

Nothing is verified here: two copies that agree may both be wrong.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeAlias

from bench.custody.audit.bundle import Bundle
from bench.custody.entries import SealedEvent
from bench.custody.proof.checkpoint import Checkpoint
from bench.custody.proof.merkle import Tree

Find: TypeAlias = Callable[[int], SealedEvent | None]
"""Returns the event of that number, None where there is none."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What two records say of each other in a sentence; `first` is the first event that differs.

    `first` is None when they do not differ, and 0 when it cannot be told where they do.
    """

    first: int | None
    words: str

    @property
    def differs(self) -> bool:
        """Whether they are not the same."""
        return self.first is not None


def between(one: Iterable[SealedEvent], two: Iterable[SealedEvent]) -> Difference:
    """Compare two records of one bench and epoch, each from its first event on."""
    seq = 0
    for seq, (left, right) in enumerate(zip_longest(one, two), 1):
        if left is None or right is None:
            which = "second" if left is None else "first"
            return Difference(seq, f"the {which} is longer: event {seq} is only there")
        if what := _what_differs(left, right):
            return Difference(seq, f"event {seq} differs in {what}{_sides(left, right)}")
    return Difference(None, f"both have the same {seq} events")


def from_checkpoint(checkpoint: Checkpoint, origin: str, events: int, tree: Tree) -> Difference:
    """Compare a record of `events` events, whose tree this is, with a head that was signed."""
    if checkpoint.origin != origin:
        return Difference(0, f"the checkpoint is of {checkpoint.origin}, the record of {origin}")
    size = checkpoint.size
    if size > events:
        return Difference(events + 1, f"the record ends at event {events} of {size} signed")
    if tree.root(size) != checkpoint.root:
        return Difference(0, f"one of the first {size} events is not the one that was signed")
    return Difference(
        None, f"the first {size} events are those signed; {events - size} more follow"
    )


def from_bundle(bundle: Bundle, origin: str, find: Find) -> Difference:
    """Compare a record with what a bundle holds of it; `find` looks an event up.

    Raises `BundleError` for a proof in it that is none.
    """
    here = [section for section in bundle.sections if section.origin == origin]
    if not here:
        return Difference(0, f"the bundle holds nothing of {origin}")
    for proven in here[0].events:
        seq = proven.seq
        found = find(seq)
        if found is None:
            return Difference(seq, f"event {seq} of the bundle is not in the record")
        if (found.body, found.signature) != (proven.body, proven.signature):
            return Difference(seq, f"event {seq} is another one in the bundle")
    return Difference(None, f"the record has the {len(here[0].events)} events of the bundle")


def _what_differs(left: SealedEvent, right: SealedEvent) -> str:
    pairs = zip(("number", "text", "hash", "signature"), left, right, strict=True)
    return " and ".join(name for name, one, two in pairs if one != two)


def _sides(left: SealedEvent, right: SealedEvent) -> str:
    one, two = _said(left), _said(right)
    return f": {one} / {two}" if one != two else ""


def _said(event: SealedEvent) -> str:
    """Return type and time; a body that is damaged is what is looked for here."""
    try:
        body = json.loads(event.body)
        return f"{body['type']} at {body['at']}"
    except (ValueError, LookupError, TypeError, RecursionError):
        return "unreadable"
