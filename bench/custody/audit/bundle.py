"""A custody bundle as a value and as a file: one handset's events verbatim, and their proofs.

The format is this project's own, `resources/help/custody-bundle.md`: canonical JSON (RFC 8785) with
the SHA-256 of itself inside, so that no byte can change unnoticed, not even in a line of a key that
nobody knows. Pure. Reading checks the form and no signature: that is for the verifiers, which share
no code with this program.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bench.custody.proof.note import SignedNote
from bench.events.orders import Json

FORMAT: Final = "staging-bench/bundle/v1"
BUNDLE_LIMIT = 16 * 2**20
"""Bytes of a bundle at most."""
MOST_EVENTS = 10_000
"""Events of a bundle at most, in all its sections."""
_INDEX = re.compile(r"c2sp\.org/tlog-proof@v1\nindex (0|[1-9][0-9]{0,14})\n")
_SPELLING = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


class BundleError(ValueError):
    """No bundle can be made of this, or it cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class ProvenEvent:
    """An event's exact bytes, the bench's signature over its leaf hash, and where it is proven.

    `proof` is a c2sp.org/tlog-proof without its checkpoint, which follows at once.
    """

    body: bytes
    signature: bytes
    proof: str

    @property
    def seq(self) -> int:
        """The event's number, as its proof says. `BundleError` for a proof that is none."""
        found = _INDEX.match(self.proof)
        if found is None:
            raise BundleError("A proof has not its form.")
        return int(found[1]) + 1


@dataclass(frozen=True, slots=True)
class Section:
    """One handset's events in one origin (a bench, an epoch), oldest first, and what proves them.

    `checkpoints` rise in size; an event is proven under the first that holds it.
    """

    origin: str
    checkpoints: tuple[SignedNote, ...]
    events: tuple[ProvenEvent, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """One handset's sections in the order of their origins, and the central inventory's word."""

    uid: str
    sections: tuple[Section, ...]
    statement: SignedNote | None = None


# ── writing ─────────────────────────────────────────────────────────────────────────────────────
def to_bytes(bundle: Bundle) -> bytes:
    """Return the file. Raises `BundleError` where it would be too long."""
    said: dict[str, Json] = {
        "device": {"uid": bundle.uid},
        "format": FORMAT,
        "origins": [_section(each) for each in bundle.sections],
    }
    if bundle.statement is not None:
        said["statement"] = str(bundle.statement)
    data = _spelled({**said, "sha256": _sum(said)})
    if len(data) > BUNDLE_LIMIT:
        raise BundleError(f"A bundle of {len(data)} bytes is over {BUNDLE_LIMIT}.")
    return data


def from_bytes(data: bytes) -> Bundle:
    """Read a file back; `to_bytes` gives the same bytes again. `BundleError` for anything else."""
    if len(data) > BUNDLE_LIMIT:
        raise BundleError(f"A bundle of {len(data)} bytes is over {BUNDLE_LIMIT}.")
    try:
        bundle = _bundle(json.loads(data.decode()))
        same = to_bytes(bundle) == data
    except (ValueError, RecursionError) as error:
        raise BundleError("This is no custody bundle.") from error
    if not same:
        raise BundleError("This bundle was changed: it is not spelled as one is.")
    return bundle


def _section(section: Section) -> dict[str, Json]:
    return {
        "checkpoints": [str(note) for note in section.checkpoints],
        "events": [_event(event) for event in section.events],
        "origin": section.origin,
    }


def _event(event: ProvenEvent) -> dict[str, Json]:
    signature = base64.b64encode(event.signature).decode()
    return {"body": event.body.decode(), "proof": event.proof, "sig": signature}


def _sum(said: Mapping[str, Json]) -> str:
    return hashlib.sha256(_spelled(said)).hexdigest()


def _spelled(said: Mapping[str, Json]) -> bytes:
    return _SPELLING.encode(said).encode()


# ── reading ─────────────────────────────────────────────────────────────────────────────────────
def _bundle(said: object) -> Bundle:
    match said:
        case {"device": {"uid": str(uid)}, "origins": [*sections], "statement": note}:
            return Bundle(uid, tuple(map(_section_of, sections)), _note_of(note))
        case {"device": {"uid": str(uid)}, "origins": [*sections]}:
            return Bundle(uid, tuple(map(_section_of, sections)))
        case _:
            raise ValueError("Members are missing.")


def _section_of(said: object) -> Section:
    match said:
        case {"checkpoints": [*notes], "events": [*events], "origin": str(origin)}:
            return Section(origin, tuple(map(_note_of, notes)), tuple(map(_event_of, events)))
        case _:
            raise ValueError("A section has other members.")


def _event_of(said: object) -> ProvenEvent:
    match said:
        case {"body": str(body), "proof": str(proof), "sig": str(signature)}:
            return ProvenEvent(body.encode(), base64.b64decode(signature), proof)
        case _:
            raise ValueError("An event has other members.")


def _note_of(said: object) -> SignedNote:
    if not isinstance(said, str):
        raise ValueError("A note is a text.")  # noqa: TRY004 - one kind of error for bad bytes
    return SignedNote.parse(said.encode())
