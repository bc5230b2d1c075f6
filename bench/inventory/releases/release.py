"""A release: which parts one bench is to have, and what the centre received from it.

The text of a C2SP signed note; `resources/help/releases.md` describes it line by line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from bench.custody.body import utc
from bench.custody.chain import GENESIS
from bench.inventory.releases.form import MOST_NUMBER, MOST_PARTS, FormError, moment

_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_KIND = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part by its kind and version; SHA-256 (hex) and bytes of its text in UTF-8."""

    kind: str
    version: int
    sha256: str
    size: int

    @classmethod
    def parse(cls, words: list[str]) -> Self:
        """Read the words behind `part`."""
        match words:
            case [kind, version, digest, size] if _KIND.fullmatch(kind):
                return cls(kind, _number(version), _digest(digest), _number(size))
        raise FormError("A part's line is its kind, version, digest and bytes.")

    def __str__(self) -> str:
        return f"part {self.kind} {self.version} {self.sha256} {self.size}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the centre has of this bench: through event `seq` of that epoch, its leaf hash (hex).

    0 and zeroes where it has nothing.
    """

    epoch: int
    seq: int
    leaf: str

    @classmethod
    def parse(cls, words: list[str]) -> Self:
        """Read the words behind `received`."""
        match words:
            case [epoch, seq, leaf]:
                found = cls(_number(epoch), _number(seq), _digest(leaf))
                if found.epoch > 0 and (found.seq > 0) == (leaf != GENESIS):
                    return found
        raise FormError("A receipt is an epoch, a number and a leaf hash.")

    def __str__(self) -> str:
        return f"received {self.epoch} {self.seq} {self.leaf}"


@dataclass(frozen=True, slots=True)
class Release:
    """What a bench is to have: for whom, its number from 1, when it was made (UTC), its parts."""

    origin: str
    number: int
    made_at: datetime
    parts: tuple[PartLine, ...]
    receipt: Receipt

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note's text; `text` gives back the same. Raises `FormError` for anything else."""
        match text.split("\n"):
            case [origin, number, made_at, *parts, received, ""] if len(parts) <= MOST_PARTS:
                found = cls(
                    origin, _number(number), moment(made_at),
                    tuple(PartLine.parse(_behind("part", line)) for line in parts),
                    Receipt.parse(_behind("received", received)),
                )  # fmt: skip
            case _:
                raise FormError("A release is its origin, number, time, parts and receipt.")
        kinds = [part.kind for part in found.parts]
        if not origin or found.number < 1 or kinds != sorted(set(kinds)):
            raise FormError("A release has a number from 1, and each kind once, in order.")
        return found

    @property
    def text(self) -> str:
        """What is signed."""
        lines = (self.origin, self.number, utc(self.made_at), *self.parts, self.receipt)
        return "".join(f"{line}\n" for line in lines)

    def part(self, kind: str) -> PartLine | None:
        """Return its part of that kind."""
        return next((each for each in self.parts if each.kind == kind), None)


def origin_for(organisation: str, bench: str) -> str:
    """Return the first line of the releases for a bench."""
    return f"{organisation}/centre/{bench}"


def _behind(word: str, line: str) -> list[str]:
    first, *rest = line.split(" ")
    if first != word:
        raise FormError(f"Where a line is to begin with {word} it begins with something else.")
    return rest


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text) or int(text) > MOST_NUMBER:
        raise FormError("A number is not in decimal without leading zeroes, or too large.")
    return int(text)


def _digest(text: str) -> str:
    if not _DIGEST.fullmatch(text):
        raise FormError("A digest is 64 hex digits in small letters.")
    return text
