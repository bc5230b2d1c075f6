"""Judges what a log asks to have cosigned (c2sp.org/tlog-witness); knows nothing of HTTP.

Judging, remembering and signing are one turn at the file: of two requests at once, the second sees
what the first left.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus as Http

from bench.custody.proof.checkpoint import Checkpoint, Signing, cosign, is_log_signed, witness_key
from bench.custody.proof.merkle import ProofError, check_consistency
from bench.custody.proof.note import NoteSignature, SignedNote, VerifierKey
from bench.identity.plain import plain
from bench.ports import Clock
from bench.problems import ProblemError
from bench.witness.logs import Logs
from bench.witness.requests import SIZE_TYPE, AddCheckpoint, Answer, RefusedError
from bench.witness.state import Head, Turn, WitnessState


class Witness:
    """A name with its own key (no other witness may use it), the logs it knows and its memory."""

    def __init__(
        self,
        name: str,
        key: Signing,
        logs: Logs,
        state: WitnessState,
        clock: Clock,
        say: Callable[[str], None],
    ) -> None:
        self._name = name
        self._key = key
        self._logs = logs
        self._state = state
        self._clock = clock
        self._say = say
        self._origins = {hashlib.sha256(each.encode()).hexdigest(): each for each in logs}

    @property
    def vkey(self) -> VerifierKey:
        """The key by which its cosignatures are verified."""
        return witness_key(self._name, self._key)

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer a request: 200 with a cosignature that is remembered, or 400 to 503 with why."""
        try:
            asked = _admitted(body, self._logs)
            answer = self._answer(asked)
        except RefusedError as refused:
            return refused.answer
        except ProblemError as error:
            self._say(str(error))
            return Answer(Http.SERVICE_UNAVAILABLE, "The witness cannot write its memory.\n")
        self._say(f"{plain(asked.head.origin)} {asked.old} → {asked.head.size}: {answer.status}")
        return answer

    def checkpoint(self, origin_hash: str) -> Answer:
        """Answer a monitor: the last checkpoint of the log whose origin has this SHA-256 in hex."""
        origin = self._origins.get(origin_hash)
        note = None if origin is None else self._state.note(origin)
        if note is None:
            return Answer(Http.NOT_FOUND, "No checkpoint of this log was cosigned here.\n")
        return Answer(Http.OK, str(note))

    def _answer(self, asked: _Asked) -> Answer:
        """Answer what is well formed and signed; a 422 is kept as evidence, whatever it is of."""
        with self._state.turn() as turn:
            known = turn.head(asked.head.origin)
            if asked.old != known.size:
                return Answer(Http.CONFLICT, f"{known.size}\n", SIZE_TYPE)
            now = self._now(turn)
            if not _grows_out_of(known, asked):
                turn.keep_evidence(asked.head.origin, now, asked.note)
                return Answer(Http.UNPROCESSABLE_ENTITY, "This contradicts what was cosigned.\n")
            line = self._cosigned(turn, asked, now)
        return Answer(Http.OK, f"{line}\n")

    def _cosigned(self, turn: Turn, asked: _Asked, now: int) -> NoteSignature:
        line = cosign(asked.note, self._name, self._key, now)
        head = Head(asked.head.size, asked.head.root)
        turn.keep(asked.head.origin, head, now, asked.note.with_signature(line))
        return line

    def _now(self, turn: Turn) -> int:
        """Return the time to sign: never one before a time that was signed already."""
        now = int(self._clock.moment().at.timestamp())
        if now < max(turn.last_time(), 1):
            self._say("The clock stands before the last cosignature: nothing is signed until then.")
            raise RefusedError(Http.SERVICE_UNAVAILABLE, "The witness' clock ran backwards.")
        return now


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that is well formed, from a log that is known; `note` has that log's lines only."""

    old: int
    path: tuple[bytes, ...]
    head: Checkpoint
    note: SignedNote


def _admitted(body: bytes, logs: Logs) -> _Asked:
    """Return what is asked; raises `RefusedError`, with 400, 404 or 403."""
    try:
        request = AddCheckpoint.parse(body)
        head = Checkpoint.parse(request.note.text)
    except ValueError as error:
        raise RefusedError(Http.BAD_REQUEST, "This is no add-checkpoint request.") from error
    keys = logs.get(head.origin)
    if keys is None:
        raise RefusedError(Http.NOT_FOUND, "This log is not known here.")
    note = _signed(request.note, keys)
    if request.old > head.size:
        raise RefusedError(Http.BAD_REQUEST, "The old size is over the checkpoint's.")
    return _Asked(request.old, request.path, head, note)


def _signed(note: SignedNote, keys: tuple[VerifierKey, ...]) -> SignedNote:
    """Return the note with the lines of these keys only, all of which verify."""
    known = [key for key in keys if note.signatures_of(key)]
    if not known or not all(is_log_signed(note, key) for key in known):
        raise RefusedError(Http.FORBIDDEN, "No valid signature of this log is in it.")
    ids = {(key.name, key.key_id) for key in known}
    lines = dict.fromkeys(each for each in note.signatures if (each.name, each.key_id) in ids)
    return replace(note, signatures=tuple(lines))


def _grows_out_of(known: Head, asked: _Asked) -> bool:
    try:
        check_consistency(known.size, known.root, asked.head.size, asked.head.root, asked.path)
    except ProofError:
        return False
    return True
