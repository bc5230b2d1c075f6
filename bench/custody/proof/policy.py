"""Whom to believe: logs, witnesses, and how many of these must agree (c2sp.org/tlog-policy).

It comes from outside whatever it judges: a key that travels with a proof proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

from bench.custody.proof.checkpoint import (
    COSIGNATURE_V1,
    ED25519,
    Checkpoint,
    cosigned_at,
    is_log_signed,
)
from bench.custody.proof.note import NoteError, SignedNote, VerifierKey
from bench.identity.plain import plain

_NONE = "none"
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


class PolicyError(ValueError):
    """The policy cannot be read, or what it was asked about is not to be believed."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """A checkpoint to be believed.

    `times` says when each known witness cosigned (its name in the policy; seconds since 1970, UTC);
    `log` is the key that signed the checkpoint.
    """

    checkpoint: Checkpoint
    times: Mapping[str, int]
    log: VerifierKey


@dataclass(frozen=True, slots=True)
class _Group:
    """Witnesses a checkpoint if at least `fewest` of `members` do."""

    fewest: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """The logs, the witnesses by their names here, the groups in order, and the quorum's name."""

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, VerifierKey]
    groups: Mapping[str, _Group]
    quorum: str

    @classmethod
    def parse(cls, text: str | bytes) -> Self:
        """Read a policy file; `PolicyError` names the line that is wrong."""
        content = text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text
        if not content.endswith("\n"):
            raise PolicyError("The last line is not ended: the policy may be cut off.")
        draft = _Draft()
        for number, line in enumerate(content[:-1].split("\n"), 1):
            try:
                draft.read(line)
            except ValueError as error:
                raise PolicyError(f"Line {number}: {error}") from error
        if draft.quorum is None:
            raise PolicyError("There is no quorum line.")
        witnesses, groups = MappingProxyType(draft.witnesses), MappingProxyType(draft.groups)
        return cls(tuple(draft.logs), witnesses, groups, draft.quorum)

    def check(self, note: SignedNote) -> Trusted:
        """Return what the note says, if it is to be believed; `PolicyError` says why it is not."""
        try:
            checkpoint = Checkpoint.parse(note.text)
        except NoteError as error:
            raise PolicyError(str(error)) from error
        log = self._log_of(note, checkpoint.origin)
        times = self._times(note)
        if not self._is_quorum(set(times)):
            raise PolicyError("Too few of the witnesses have cosigned.")
        return Trusted(checkpoint, MappingProxyType(times), log)

    def _log_of(self, note: SignedNote, origin: str) -> VerifierKey:
        known = [key for key in self.logs if key.name == origin and note.signatures_of(key)]
        if not known:
            raise PolicyError("No log that is trusted has signed this.")
        if not all(is_log_signed(note, key) for key in known):
            raise PolicyError("A signature of the log is false.")
        return known[0]

    def _times(self, note: SignedNote) -> dict[str, int]:
        times: dict[str, int] = {}
        for name, key in self.witnesses.items():
            if note.signatures_of(key):
                time = cosigned_at(note, key)
                if time is None:
                    raise PolicyError(f"A cosignature of {plain(name)} is false.")
                times[name] = time
        return times

    def _is_quorum(self, agreed: set[str]) -> bool:
        """Groups name only what stands before them: one pass decides them all."""
        for name, group in self.groups.items():
            if sum(member in agreed for member in group.members) >= group.fewest:
                agreed.add(name)
        return self.quorum == _NONE or self.quorum in agreed


@dataclass(slots=True)
class _Draft:
    """What the lines so far have said."""

    logs: list[VerifierKey] = field(default_factory=list)
    witnesses: dict[str, VerifierKey] = field(default_factory=dict)
    groups: dict[str, _Group] = field(default_factory=dict)
    quorum: str | None = None
    grouped: set[str] = field(default_factory=set)
    log_keys: set[bytes] = field(default_factory=set)
    witness_keys: set[bytes] = field(default_factory=set)

    def read(self, line: str) -> None:
        if _FORBIDDEN.search(line):
            raise PolicyError("There is a control character in it.")
        if line.strip(" \t").startswith("#"):
            return
        match [word for word in re.split(r"[ \t]+", line) if word]:
            case []:
                pass
            case ["log", vkey] | ["log", vkey, _]:
                self.logs.append(_fresh(vkey, ED25519, self.log_keys))
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                key = _fresh(vkey, COSIGNATURE_V1, self.witness_keys)
                self.witnesses[self._new(name)] = key
            case ["group", name, count, *members]:
                self.groups[self._new(name)] = self._group(count, members)
            case ["quorum", name]:
                self._settle(name)
            case _:
                raise PolicyError("This is no log, witness, group or quorum.")

    def _new(self, name: str) -> str:
        if name == _NONE or self._is_defined(name):
            raise PolicyError(f"The name {plain(name)} is taken.")
        return name

    def _group(self, count: str, members: list[str]) -> _Group:
        for member in members:
            if not self._is_defined(member):
                raise PolicyError(f"{plain(member)} is not defined above.")
            if member in self.grouped:
                raise PolicyError(f"{plain(member)} is a member already.")
            self.grouped.add(member)
        return _Group(_threshold(count, len(members)), tuple(members))

    def _settle(self, name: str) -> None:
        if self.quorum is not None:
            raise PolicyError("There is a quorum line already.")
        if name != _NONE and not self._is_defined(name):
            raise PolicyError(f"{plain(name)} is not defined above.")
        self.quorum = name

    def _is_defined(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups


def _threshold(count: str, members: int) -> int:
    fewest = {"any": 1, "all": members}.get(count)
    if fewest is None:
        if not _NUMBER.fullmatch(count):
            raise PolicyError("A group needs all, any or a number of its members.")
        fewest = int(count)
    if not 1 <= fewest <= members:
        raise PolicyError(f"A group of {members} cannot need {fewest}.")
    return fewest


def _fresh(text: str, algorithm: int, known: set[bytes]) -> VerifierKey:
    vkey = VerifierKey.parse(text)
    if vkey.algorithm != algorithm:
        raise PolicyError(f"This key is of type {vkey.algorithm:#04x}, not {algorithm:#04x}.")
    if vkey.key in known:
        raise PolicyError("This key stands in a line above.")
    known.add(vkey.key)
    return vkey
