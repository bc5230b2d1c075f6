"""Follows a chain event by event, and says what is wrong with the first that does not fit. Pure.

Every signature is accounted for, but few need to be checked one by one: each `checkpointed` event
names the SHA-256 over the signatures since the one before it, and is bound by the chain to the last
signature of all, so a signature changed later no longer fits its name.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from bench.custody.body import VERSION, usual_keys
from bench.custody.chain import GENESIS, is_signed, leaf_hash, parse
from bench.custody.entries import SealedEvent
from bench.custody.proof.checkpoint import ED25519, Checkpoint, is_log_signed
from bench.custody.proof.frontier import Frontier
from bench.custody.proof.note import SignedNote, VerifierKey
from bench.custody.two_persons import TWO_PERSONS
from bench.events.orders import CustodyKind, Json

UNSIGNED = "the bench did not sign it"
OTHER_KEY = "it does not name the bench's key"
OTHER_HEAD = "its checkpoint is over other events"
LEFT_OUT = "an event of its handset before it is left out"
_OPENED, _CHECKPOINTED = CustodyKind.EPOCH_OPENED.value, CustodyKind.CHECKPOINTED.value
_SIGNED_OFF = CustodyKind.SIGNED_OFF.value
_ALONE = frozenset(kind.value for kind in TWO_PERSONS)
_SPECIAL = frozenset({_CHECKPOINTED, _SIGNED_OFF})
_NEW = (0, GENESIS)
_MOVING = ("id", "boot", "mono", "type")
_HOME = ("bench", "epoch", "sim")
_ELSEWHERE = "it is of another bench, epoch or kind of record"
_PLACE = {
    "v": "its version is not known",
    "seq": "it was written with another number",
    "prev": "it does not follow the event before it",
    **dict.fromkeys(_HOME, _ELSEWHERE),
}
_PENDING = 4096
"""Signatures that wait for a checkpoint at most; beyond it they are checked one by one."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The first event that does not fit, by its number, and why."""

    seq: int
    reason: str


class Claim(NamedTuple):
    """What event `seq` says of its handset's event before it: its number and hash."""

    seq: int
    before: tuple[Json, Json]


class Head(NamedTuple):
    """What is kept of a checkpoint: the signed note, and the frontier of the tree it is over."""

    note: str
    frontier: bytes


@dataclass(slots=True)
class Walk:
    """How far along the chain, and what the next event must agree with.

    Without `public_key` (32 bytes) the key that the first event names is believed. `thorough`
    checks each signature by itself, whatever the checkpoints say. A walk that was taken up on the
    way (`at`) cannot know the handsets met before it: what it is told of them is in `claims`.
    """

    public_key: bytes | None = None
    thorough: bool = False
    events: int = 0
    prev: str = GENESIS
    home: tuple[Json, ...] = ()
    event_id: str = ""
    boot: str = ""
    mono: int = 0
    origin: str = ""
    frontier: Frontier = field(default_factory=Frontier)
    devices: dict[str, tuple[Json, Json]] = field(default_factory=dict)
    unsigned: list[tuple[int, bytes, bytes]] = field(default_factory=list)
    sum: hashlib._Hash = field(default_factory=hashlib.sha256)
    alone: dict[str, tuple[int, Json]] = field(default_factory=dict)
    claims: dict[str, Claim] | None = None

    @classmethod
    def at(
        cls, checkpointed: SealedEvent, first: SealedEvent, frontier: Frontier, *, thorough: bool
    ) -> Self:
        """Take the chain up behind a `checkpointed` event, which is believed, as are the others.

        Whoever walks up to it checks it. Raises `ValueError` for what cannot be read.
        """
        body, opened = parse(checkpointed.body), parse(first.body)
        walk = cls(named_key(opened), thorough, checkpointed.seq, checkpointed.hash.hex())
        walk.home, walk.origin = _home(opened), named_origin(opened) or ""
        walk.event_id, walk.boot = str(body.get("id")), str(body.get("boot"))
        mono = body.get("mono")
        walk.mono = mono if isinstance(mono, int) else 0
        walk.frontier, walk.claims = frontier, {}
        walk.sum.update(checkpointed.signature)
        return walk

    def step(self, event: SealedEvent) -> Fault | None:
        """Take the next event in; None when it is good."""
        reason = self._reason(event)
        if not reason:
            return self._settled() if self.thorough or len(self.unsigned) >= _PENDING else None
        return self._settled() or Fault(self.events + 1, reason)

    def head_fault(self, heads: Mapping[int, Head]) -> Fault | None:
        """Compare what is kept of a checkpoint of this size, if anything, with the tree so far."""
        head = heads.get(self.events)
        return None if head is None else self._head_fault(*head)

    def _head_fault(self, text: str, nodes: bytes) -> Fault | None:
        try:
            note = SignedNote.parse(text.encode())
            head = Checkpoint.parse(note.text)
        except ValueError as error:
            return Fault(self.events, f"its checkpoint cannot be read: {error}")
        key = VerifierKey(self.origin, ED25519, self.public_key or b"")
        found = (self.events, self.frontier.root, self.frontier.nodes)
        if (head.size, head.root, nodes) != found:
            return Fault(self.events, OTHER_HEAD)
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
        self._sum_up()
        return None

    def _sum_up(self) -> None:
        """Forget the signatures that wait, but for what a checkpoint has to say of them."""
        self.sum.update(b"".join([signature for _, _, signature in self.unsigned]))
        self.unsigned.clear()

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
            body = parse(text, usual_keys)
        except ValueError as error:
            return f"its text cannot be read: {error}"
        if (body.get("type") == _OPENED or not self.events) and (why := self._opening_reason(body)):
            return why
        return self._place_reason(body) or self._take(event, body)

    def _opening_reason(self, body: dict[str, Json]) -> str:
        named = named_key(body)
        if self.events or body.get("type") != _OPENED:
            return "an epoch is opened by the first event and no other"
        if named is None or self.public_key not in (None, named):
            return OTHER_KEY
        if type(body.get("epoch")) is not int or body.get("sim", True) is not True:
            return _ELSEWHERE
        self.public_key, self.home, self.origin = named, _home(body), named_origin(body) or ""
        return ""

    def _place_reason(self, body: dict[str, Json]) -> str:
        said = tuple(map(body.get, _PLACE))
        due = (VERSION, self.events + 1, self.prev, *self.home)
        if said == due:  # true is 1 in this language, and in others it is not
            return "" if [*map(type, said)] == [*map(type, due)] else _PLACE["v"]
        return next(why for why, is_, ought in zip(_PLACE.values(), said, due, strict=True)
                    if is_ != ought)  # fmt: skip

    def _take(self, event: SealedEvent, body: dict[str, Json]) -> str:
        """Take in an event that is in its place, or say why it cannot come there."""
        event_id, boot, mono, kind = map(body.get, _MOVING)
        if type(event_id) is not str or event_id <= self.event_id:
            return "its id does not rise"
        if type(mono) is not int or type(boot) is not str:
            return "its clock is unreadable"
        if boot == self.boot and mono < self.mono:
            return "its clock ran backwards"
        if kind in _SPECIAL and (why := self._special_reason(body)):
            return why
        uid = uid_of(body)
        if uid is not None:
            said = (body.get("dseq"), body.get("dprev"))
            if said != self.devices.get(uid, _NEW) and not self._claims(uid, event.seq, said):
                return LEFT_OUT
            self.devices[uid] = (event.seq, event.hash.hex())
        self.event_id, self.boot, self.mono = event_id, boot, mono
        self._move_on(event)
        if kind in _ALONE or "override" in body or (event.seq == 1 and "continues" in _data(body)):
            self.alone[self.prev] = (event.seq, _actor(body))
        return ""

    def _claims(self, uid: str, seq: int, said: tuple[Json, Json]) -> bool:
        """Note what is said of a handset that this walk has not met, where it may have been."""
        if self.claims is None or uid in self.devices:
            return False
        self.claims[uid] = Claim(seq, said)
        return True

    def _move_on(self, event: SealedEvent) -> None:
        leaf, signature = event.hash, event.signature
        self.events, self.prev = event.seq, leaf.hex()
        self.frontier.append(leaf)
        self.unsigned.append((event.seq, leaf, signature))

    def _special_reason(self, body: dict[str, Json]) -> str:
        if body.get("type") == _CHECKPOINTED:
            return self._sum_reason(body)
        return self._sign_off_reason(body)

    def _sum_reason(self, body: dict[str, Json]) -> str:
        """Let a checkpoint account for the signatures since the one before it."""
        waiting = b"".join([signature for _, _, signature in self.unsigned])
        found = self.sum.copy()
        found.update(waiting)
        if _data(body).get("sigs") != found.hexdigest():
            return "it names other signatures than those before it"
        self.sum = hashlib.sha256()
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
    return tuple(map(body.get, _HOME))
