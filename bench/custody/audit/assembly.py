"""Makes one handset's custody bundle out of its events, their tree and signed checkpoints.

Assembly is pure; `read_section` reads over a connection, on the thread that opened it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from bench.custody import queries
from bench.custody.audit.bundle import MOST_EVENTS, Bundle, BundleError, ProvenEvent, Section
from bench.custody.chain import leaf_hash, parse
from bench.custody.entries import SealedEvent
from bench.custody.proof.checkpoint import Checkpoint
from bench.custody.proof.merkle import Tree
from bench.custody.proof.note import SignedNote
from bench.custody.proof.tlog_proof import TlogProof
from bench.custody.walk import uid_of
from bench.events.orders import CustodyKind, Json

if TYPE_CHECKING:
    import sqlite3

_ORIGIN = re.compile(r"([!-*,-~]{1,200}/[A-Za-z0-9][A-Za-z0-9._-]{0,62})/e([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class _End:
    """The last event of a section: its number and leaf hash in hex, as an event names them."""

    series: str
    epoch: Json
    seq: Json
    hash: Json


@dataclass(frozen=True, slots=True)
class _Head:
    checkpoint: Checkpoint
    note: SignedNote


# ── one record ──────────────────────────────────────────────────────────────────────────────────
def read_section(connection: sqlite3.Connection, uid: str, notes: Iterable[SignedNote]) -> Section:
    """Read a handset's events and prove them under these checkpoints of the same record."""
    tree = Tree(lambda lo, hi: queries.leaf_hashes(connection, lo, hi))
    return section(queries.history(connection, uid), tree, notes)


def section(events: Sequence[SealedEvent], tree: Tree, notes: Iterable[SignedNote]) -> Section:
    """Prove one handset's events, all of them in order, under signed checkpoints of their tree.

    Of the checkpoints those stay that say something: for each event the first that holds it and
    the last that does not. Raises `BundleError` where there is no event, where no checkpoint holds
    the last one, or where a checkpoint is not over this tree or of another origin.
    """
    if not events:
        raise BundleError("This record has no event of that handset.")
    heads = _telling(notes, [event.seq for event in events])
    if not heads or heads[-1].checkpoint.size < events[-1].seq:
        raise BundleError("No checkpoint holds the handset's last event: sign one first.")
    origins = {head.checkpoint.origin for head in heads}
    if len(origins) != 1 or any(_is_of_another(head.checkpoint, tree) for head in heads):
        raise BundleError("A checkpoint is not of this record.")
    proven = tuple(_proven(event, tree, heads) for event in events)
    return Section(origins.pop(), tuple(head.note for head in heads), proven)


def _telling(notes: Iterable[SignedNote], numbers: Sequence[int]) -> list[_Head]:
    heads = [_Head(Checkpoint.parse(note.text), note) for note in notes]
    by_size = {head.checkpoint.size: head for head in heads}
    sizes = sorted(by_size)
    told: set[int] = set()
    for number in numbers:
        told.update([size for size in sizes if size >= number][:1])
        told.update([size for size in sizes if size < number][-1:])
    return [by_size[size] for size in sorted(told)]


def _is_of_another(checkpoint: Checkpoint, tree: Tree) -> bool:
    return tree.root(checkpoint.size) != checkpoint.root


def _proven(event: SealedEvent, tree: Tree, heads: Sequence[_Head]) -> ProvenEvent:
    head = next(head for head in heads if head.checkpoint.size >= event.seq)
    index, note = event.seq - 1, head.note
    whole = str(TlogProof(index, tree.inclusion(index, head.checkpoint.size), note))
    return ProvenEvent(event.body, event.signature, whole.removesuffix(str(note)))


# ── one handset ─────────────────────────────────────────────────────────────────────────────────
def bundle(sections: Iterable[Section], *, statement: SignedNote | None = None) -> Bundle:
    """Put a handset's sections, of one or several records, together.

    Raises `BundleError` for sections of several handsets, two of one origin or one whose origin has
    not the form of the format, too many events, or an end that nothing tells: a section ends in an
    `exported` event, or a `carried` event of another names its end.
    """
    ordered = tuple(sorted(sections, key=lambda each: each.origin))
    if any(one.origin == two.origin for one, two in pairwise(ordered)):
        raise BundleError("Two sections are of one origin.")
    bodies = {each.origin: [parse(event.body) for event in each.events] for each in ordered}
    uids = {uid_of(body) for some in bodies.values() for body in some}
    uid = uids.pop() if len(uids) == 1 else None
    if uid is None:
        raise BundleError("A bundle is about one handset.")
    if sum(map(len, bodies.values())) > MOST_EVENTS:
        raise BundleError(f"A bundle has {MOST_EVENTS} events at most.")
    _refuse_untold(ordered, bodies)
    return Bundle(uid, ordered, statement)


def _refuse_untold(
    sections: Sequence[Section], bodies: Mapping[str, Sequence[dict[str, Json]]]
) -> None:
    """Nobody can see what was cut off at an end that no event speaks of."""
    ends = {_end(each, bodies[each.origin][-1]): each.origin for each in sections}
    told = {end for each in sections for end in _carried(each.origin, bodies[each.origin])}
    for end in told - ends.keys():
        raise BundleError(f"Events in {end.series}/e{end.epoch} are carried on and left out.")
    for end, origin in ends.items():
        last = bodies[origin][-1].get("type")
        if last != CustodyKind.EXPORTED and end not in told:
            raise BundleError(f"Nothing says which event of {origin} is the last: export it.")


def _end(of: Section, body: dict[str, Json]) -> _End:
    series, epoch = _series(of.origin)
    return _End(series, epoch, body.get("seq"), leaf_hash(of.events[-1].body).hex())


def _carried(origin: str, bodies: Iterable[dict[str, Json]]) -> Iterator[_End]:
    """Yield the ends of older epochs that this section carries on from."""
    series, _ = _series(origin)
    for body in bodies:
        data = body.get("data")
        if body.get("type") == CustodyKind.CARRIED and isinstance(data, dict):
            yield _End(series, *(_scalar(data.get(name)) for name in ("epoch", "seq", "hash")))


def _scalar(value: Json) -> Json:
    return None if isinstance(value, dict | list) else value


def _series(origin: str) -> tuple[str, int]:
    """Return what the epochs of one bench share, and the epoch."""
    found = _ORIGIN.fullmatch(origin)
    if found is None:
        raise BundleError(f"The origin {origin!r} has not the form that a bundle needs.")
    return found[1], int(found[2])
