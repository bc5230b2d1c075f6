"""Follows a chain event by event, and says what is wrong with the first that does not fit. Pure.

Every signature is accounted for, but few need to be checked one by one: each `checkpointed` event
names the SHA-256 over the signatures since the one before it, and is bound by the chain to the last
signature of all, so a signature changed later no longer fits its name.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, field

from bench.custody.body import VERSION
from bench.custody.chain import GENESIS, is_signed, leaf_hash, parse
from bench.custody.entries import SealedEvent
from bench.custody.proof.checkpoint import ED25519, Checkpoint, is_log_signed
from bench.custody.proof.frontier import Frontier
from bench.custody.proof.note import SignedNote, VerifierKey
from bench.custody.two_persons import TWO_PERSONS
from bench.events.orders import CustodyKind, Json

UNSIGNED = "the bench did not sign it"
_OPENED, _CHECKPOINTED = CustodyKind.EPOCH_OPENED.value, CustodyKind.CHECKPOINTED.value
_SIGNED_OFF = CustodyKind.SIGNED_OFF.value
_ALONE = frozenset(kind.value for kind in TWO_PERSONS)
_PENDING = 4096
"""Signatures that wait for a checkpoint at most; beyond it they are checked one by one."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The first event that does not fit, by its number, and why."""

    seq: int
    reason: str


@dataclass(slots=True)
class Walk:
    """How far along the chain, and what the next event must agree with.

    Without `public_key` (32 bytes) the key that the first event names is believed. `thorough`
    checks each signature by itself, whatever the checkpoints say.
    """

    public_key: bytes | None = None
    thorough: bool = False
    events: int = 0
    leaf: bytes = bytes(32)
    prev: str = GENESIS
    home: tuple[Json, ...] = ()
    event_id: str = ""
    boot: str = ""
    mono: int = 0
    origin: str = ""
    frontier: Frontier = field(default_factory=Frontier)
    devices: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    unsigned: list[tuple[int, bytes, bytes]] = field(default_factory=list)
    sum: hashlib._Hash = field(default_factory=hashlib.sha256)
    alone: dict[str, tuple[int, Json]] = field(default_factory=dict)

    def step(self, event: SealedEvent) -> Fault | None:
        """Take the next event in; None when it is good."""
        reason = self._reason(event)
        if not reason:
            return self._settled() if self.thorough or len(self.unsigned) >= _PENDING else None
        return self.close() or Fault(self.events + 1, reason)

    def head_fault(self, text: str) -> Fault | None:
        """Compare a signed note with the tree over the events so far; None when it is over them."""
        try:
            note = SignedNote.parse(text.encode())
            head = Checkpoint.parse(note.text)
        except ValueError as error:
            return Fault(self.events, f"its checkpoint cannot be read: {error}")
        key = VerifierKey(self.origin, ED25519, self.public_key or b"")
        if (head.size, head.root) != (self.events, self.frontier.root):
            return Fault(self.events, "its checkpoint is over other events")
        if not is_log_signed(note, key):
            return Fault(self.events, "the bench did not sign its checkpoint")
        return None

    def close(self) -> Fault | None:
        """Check the signatures that no checkpoint accounts for, and that nobody acted alone."""
        if fault := self._settled():
            return fault
        waiting = next(iter(self.alone.values()), None)
        return Fault(waiting[0], "no second person signed it off") if waiting else None

    def _settled(self) -> Fault | None:
        key = self.public_key or b""
        for seq, leaf, signature in self.unsigned:
            if not is_signed(leaf, signature, key):
                return Fault(seq, UNSIGNED)
        self.unsigned.clear()
        return None

    def _reason(self, event: SealedEvent) -> str:
        """Say what is wrong with the next event by itself, or take it in."""
        if event.seq != self.events + 1:
            return f"it is missing: event {event.seq} comes next"
        text, leaf = event.body, event.hash
        if type(text) is not bytes or type(leaf) is not bytes or type(event.signature) is not bytes:
            return "its row is not whole"
        if leaf_hash(text) != leaf:
            return "its text does not fit its hash"
        try:
            body = parse(text)
        except ValueError as error:
            return f"its text cannot be read: {error}"
        return self._opening_reason(body) or self._body_reason(body) or self._take(event, body)

    def _opening_reason(self, body: dict[str, Json]) -> str:
        if (body.get("type") == _OPENED) != (self.events == 0):
            return "an epoch is opened by the first event and no other"
        if self.events:
            return ""
        named = named_key(body)
        if named is None or self.public_key not in (None, named):
            return "it does not name the bench's key"
        self.public_key, self.home, self.origin = named, _home(body), named_origin(body) or ""
        return ""

    def _body_reason(self, body: dict[str, Json]) -> str:
        if body.get("v") != VERSION:
            return "its version is not known"
        if body.get("seq") != self.events + 1:
            return "it was written with another number"
        if body.get("prev") != self.prev:
            return "it does not follow the event before it"
        if _home(body) != self.home:
            return "it is of another bench, epoch or kind of record"
        return self._order_reason(body)

    def _order_reason(self, body: dict[str, Json]) -> str:
        event_id, boot, mono = body.get("id"), body.get("boot"), body.get("mono")
        if type(event_id) is not str or event_id <= self.event_id:
            return "its id does not rise"
        if type(mono) is not int or type(boot) is not str:
            return "its clock is unreadable"
        if boot == self.boot and mono < self.mono:
            return "its clock ran backwards"
        uid = uid_of(body)
        if uid is not None and not self._continues(uid, body):
            return "an event of its handset before it is left out"
        return ""

    def _continues(self, uid: str, body: dict[str, Json]) -> bool:
        seq, leaf = self.devices.get(uid, (0, bytes(32)))
        return body.get("dseq") == seq and body.get("dprev") == leaf.hex()

    def _take(self, event: SealedEvent, body: dict[str, Json]) -> str:
        kind = body.get("type")
        if kind == _CHECKPOINTED and (reason := self._sum_reason(body)):
            return reason
        if kind == _SIGNED_OFF and (reason := self._sign_off_reason(body)):
            return reason
        self.events, self.leaf, self.prev = event.seq, event.hash, event.hash.hex()
        self.event_id, self.boot, self.mono = body["id"], body["boot"], body["mono"]  # type: ignore[assignment]
        self.frontier.append(event.hash)
        self.sum.update(event.signature)
        self.unsigned.append((event.seq, event.hash, event.signature))
        uid = uid_of(body)
        if uid is not None:
            self.devices[uid] = (event.seq, event.hash)
        if kind in _ALONE or "override" in body or (event.seq == 1 and "continues" in _data(body)):
            self.alone[self.prev] = (event.seq, _actor(body))
        return ""

    def _sum_reason(self, body: dict[str, Json]) -> str:
        """Let a checkpoint account for the signatures since the one before it."""
        if _data(body).get("sigs") != self.sum.hexdigest():
            return "it names other signatures than those before it"
        self.sum = hashlib.sha256()
        if not self.thorough:
            self.unsigned.clear()
        return ""

    def _sign_off_reason(self, body: dict[str, Json]) -> str:
        second, of = body.get("second"), _data(body).get("of")
        who = second.get("id") if isinstance(second, dict) else None
        for name in of if isinstance(of, list) else ():
            _, actor = self.alone.pop(name, (0, None)) if isinstance(name, str) else (0, None)
            if actor is None or who is None or actor == who:
                return "it signs off what is not there, or the same person's own"
        return ""


def named_key(body: dict[str, Json]) -> bytes | None:
    """Return the public key (32 bytes) that the first event of an epoch names."""
    text = _data(body).get("public_key")
    try:
        key = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except binascii.Error:
        return None
    return key if len(key) == 32 else None  # noqa: PLR2004 - Ed25519 (RFC 8032)


def named_origin(body: dict[str, Json]) -> str | None:
    """Return the name of the tree that the first event of an epoch begins."""
    origin = _data(body).get("origin")
    return origin if isinstance(origin, str) else None


def uid_of(body: dict[str, Json]) -> str | None:
    """Return the handset an event is about."""
    device = body.get("dev")
    uid = device.get("uid") if type(device) is dict else None
    return uid if type(uid) is str else None


def _data(body: dict[str, Json]) -> dict[str, Json]:
    data = body.get("data")
    return data if isinstance(data, dict) else {}


def _actor(body: dict[str, Json]) -> Json:
    actor = body.get("actor")
    return actor.get("id") if isinstance(actor, dict) else None


def _home(body: dict[str, Json]) -> tuple[Json, ...]:
    return body.get("bench"), body.get("epoch"), body.get("sim", False)
