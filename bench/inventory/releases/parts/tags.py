"""Asset-tag blocks: which numbers a bench may give, and no other bench ever may."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from bench.custody.epochs.tags import HIGHEST
from bench.events.orders import Json
from bench.inventory.releases.form import FormError, integer, listed, members, spelled, text

VERSION = 1
MOST, MOST_PREFIXES = 10_000, 1000
PREFIX = re.compile(r"[A-Z]{2,5}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class TagBlock:
    """The numbers `first` to `last` under a prefix, both included."""

    prefix: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class SentTags:
    """A bench's blocks in order, and the prefixes whose numbers are given in blocks, to whomever.

    Of such a prefix a bench without a block may give none; of any other it counts up by itself.
    """

    blocks: tuple[TagBlock, ...]
    prefixes: frozenset[str]


def read(said: Json) -> SentTags:
    """Read the part; raises `FormError`, also where two blocks overlap."""
    its = members(said, "tags", "blocks", "prefixes", "v")
    found = tuple(map(_block, listed(its["blocks"], "tags", MOST)))
    for one, next_ in pairwise(found):
        if (one.prefix, one.last) >= (next_.prefix, next_.first):
            raise FormError("tags: two blocks overlap, or stand in no order.")
    prefixes = frozenset(map(_prefix, listed(its["prefixes"], "prefixes", MOST_PREFIXES)))
    if not {each.prefix for each in found} <= prefixes:
        raise FormError("tags: a block is of a prefix that is not given in blocks.")
    return SentTags(found, prefixes)


def written(tags: SentTags) -> str:
    """Spell the part."""
    lines: list[Json] = [
        {"prefix": each.prefix, "first": each.first, "last": each.last}
        for each in sorted(tags.blocks)
    ]
    prefixes: list[Json] = [*sorted(tags.prefixes)]
    return spelled({"v": VERSION, "blocks": lines, "prefixes": prefixes})


def _block(value: Json) -> TagBlock:
    its = members(value, "a block", "first", "last", "prefix")
    first = integer(its["first"], "a block's first", 1, HIGHEST)
    last = integer(its["last"], "a block's last", first, HIGHEST)
    return TagBlock(_prefix(its["prefix"]), first, last)


def _prefix(value: Json) -> str:
    return text(value, "a prefix", PREFIX)
