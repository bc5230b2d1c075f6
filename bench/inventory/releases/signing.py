"""Whose word a release is: signing it at the centre, believing it at the bench.

The publisher's key is Ed25519; while it is replaced by another a bench knows both. C2SP signed-note
as `bench.custody.proof.note` has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.custody.proof import note as notes
from bench.custody.proof.checkpoint import Signing
from bench.custody.proof.note import ED25519, NoteError, NoteSignature, SignedNote, VerifierKey
from bench.inventory.releases.form import FormError
from bench.inventory.releases.release import Release, origin_for

MOST_KEYS = 4
"""Keys of publishers that a bench knows at a time, at most."""
_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Addressee:
    """The bench that a release is for, and the keys of whom it believes."""

    organisation: str
    bench: str
    keys: tuple[VerifierKey, ...]

    @property
    def origin(self) -> str:
        """The first line of its releases."""
        return origin_for(self.organisation, self.bench)


def publisher_key(organisation: str, key: Signing) -> VerifierKey:
    """Return the key by which an organisation's releases are verified; `NoteError` for no name."""
    return VerifierKey(notes.key_name(f"{organisation}/centre"), ED25519, key.public)


def known_keys(text: str) -> tuple[VerifierKey, ...]:
    """Read verifier keys with spaces between; `NoteError` for what is none, or none at all."""
    keys = tuple(map(VerifierKey.parse, text.split()))
    if not 0 < len(keys) <= MOST_KEYS or any(key.algorithm != ED25519 for key in keys):
        raise NoteError(f"Give one to {MOST_KEYS} verifier keys of Ed25519.")
    return keys


def sign(release: Release, organisation: str, key: Signing) -> SignedNote:
    """Return the release signed by its organisation's publisher."""
    vkey = publisher_key(organisation, key)
    signature = key.sign(notes.writable(release.text).encode())
    return SignedNote(release.text, (NoteSignature(vkey.name, vkey.key_id, signature),))


def believed(note: str, addressee: Addressee, after: int) -> Release:
    """Return the release that a note is, if it is this bench's, new, and signed by who is known.

    `after` is the number of the newest that it had. Raises `FormError` or `NoteError`.
    """
    signed = SignedNote.parse(note.encode(errors="surrogatepass"))
    _refuse_unsigned(signed, addressee.keys)
    release = Release.parse(signed.text)
    if release.origin != addressee.origin:
        raise FormError("It is for another bench or organisation.")
    if release.number <= after:
        raise FormError(f"It is number {release.number}; this bench had number {after} already.")
    return release


def ahead(release: Release, now: datetime) -> str:
    """Say that a release was made a day or more after `now`; "" where it was not."""
    if release.made_at - now <= _AHEAD:
        return ""
    return "It says that it was made in the future: a clock is wrong, here or at the centre."


def _refuse_unsigned(note: SignedNote, keys: Sequence[VerifierKey]) -> None:
    claimed = [key for key in keys if note.signatures_of(key)]
    if not claimed:
        raise FormError("It is signed by no key that this bench knows.")
    if not all(note.is_signed_by(key) for key in claimed):
        raise FormError("Its signature is wrong: it was changed on the way.")
