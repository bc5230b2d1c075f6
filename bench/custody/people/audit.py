"""Whether what a record holds was done by who may, and signed off by another where it takes two.

Pure, from the events alone: an auditor needs no table and no key of ours.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.custody.entries import Actor, SealedEvent
from bench.custody.people.recorded import Recorded, actor_of, body_of, people_after
from bench.custody.people.roles import BY_KEY, PROVEN, Role, Standing, may
from bench.custody.people.second_factor import Assertion, challenge_over
from bench.custody.people.sign_off import unfit
from bench.custody.people.webauthn import AssertionRefusedError, check_assertion
from bench.custody.proof.note import NoteError, SignedNote, VerifierKey
from bench.custody.two_persons import TWO_PERSONS
from bench.events.orders import CustodyKind, Json

_PEOPLE_KINDS = frozenset({
    CustodyKind.PERSON_ENROLLED, CustodyKind.PERSON_CHANGED, CustodyKind.ERASED,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """An event whose persons are not in order, and why."""

    seq: int
    reason: str


def faults(
    events: Iterable[SealedEvent], publishers: Collection[VerifierKey] = ()
) -> tuple[Fault, ...]:
    """Say which events of a record lack their second person, or were done by who may not.

    Pure; from the events alone, in order, and in memory no more than what is not signed off yet.
    A simulated record asks nobody to prove anything. People whom a centre sent are in order where
    a release that the record holds names their part, and one of the `publishers` signed it; without
    any, whose signature it bears is not looked at.
    """
    walk = _Walk(tuple(publishers))
    for event in events:
        walk.take(event)
    alone = [Fault(seq, "nobody signed it off") for seq, _, _, _ in walk.waiting.values()]
    keyless = [Fault(seq, "the key's answer is missing") for seq in {*walk.unconfirmed.values()}]
    return tuple(sorted((*walk.faults, *alone, *keyless), key=lambda fault: fault.seq))


@dataclass(slots=True)
class _Walk:
    """The people so far, what waits for a second one or their key (by leaf hash), the faults."""

    publishers: tuple[VerifierKey, ...]
    releases: dict[Json, str] = field(default_factory=dict)
    """What was signed, by number."""
    people: Mapping[str, Recorded] = field(default_factory=dict)
    waiting: dict[str, tuple[int, CustodyKind, Actor, bool]] = field(default_factory=dict)
    unconfirmed: dict[tuple[str, str], int] = field(default_factory=dict)
    counts: dict[bytes, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def take(self, event: SealedEvent) -> None:
        body = body_of(event)
        kind, actor = _kind(body), actor_of(body.get("actor"))
        if kind is None or actor is None:
            return
        if reason := self._first_fault(kind, actor, body):
            self.faults.append(Fault(event.seq, reason))
        self.people = people_after(self.people, body)
        if kind is CustodyKind.RELEASE_TAKEN:
            self._release(event.seq, body)
        if kind is CustodyKind.SIGNED_OFF:
            self._sign(event.seq, body, actor)
        elif _takes_two(kind, body):
            self.waiting[event.hash.hex()] = (event.seq, kind, actor, "override" in body)

    def _first_fault(self, kind: CustodyKind, actor: Actor, body: Mapping[str, Json]) -> str:
        known = self.people.get(actor.id)
        if "sim" in body:
            return ""
        if known is None:
            is_free = kind not in _PEOPLE_KINDS or _locks(body) or not self._has_supervisor()
            return "" if is_free or self._is_sent(body) else "only a supervisor may do that"
        if known.standing is not Standing.ACTIVE and kind is not CustodyKind.SESSION_CLOSED:
            return f"{actor.id} was {known.standing}"
        if actor.how not in PROVEN:
            return f"{actor.id} did not show who they are"
        return "" if may(known.role, kind) else f"not a {known.role}'s to do"

    def _release(self, seq: int, body: Mapping[str, Json]) -> None:
        """Keep a release that the record holds whole, as it was signed."""
        data = body.get("data")
        said: Mapping[str, Json] = data if isinstance(data, dict) else {}
        try:
            note = SignedNote.parse(str(said.get("note")).encode())
        except NoteError:
            self.faults.append(Fault(seq, "its release cannot be read"))
            return
        if self.publishers and not any(map(note.is_signed_by, self.publishers)):
            self.faults.append(Fault(seq, "no publisher that is known signed its release"))
        elif note.text.split("\n")[1] == str(said.get("release")):
            self.releases[said.get("release")] = note.text

    def _is_sent(self, body: Mapping[str, Json]) -> bool:
        """Whether a release that the record holds names the part by which this came."""
        data = body.get("data")
        said: Mapping[str, Json] = data if isinstance(data, dict) else {}
        number, part = said.get("release"), said.get("part")
        text = self.releases.get(number, "") if isinstance(number, int) else ""
        parts = (line.split(" ") for line in text.split("\n"))
        return any(line[:2] == ["part", "people"] and line[3:4] == [part] for line in parts)

    def _has_supervisor(self) -> bool:
        there = (Standing.ACTIVE, Standing.LOCKED)
        found = self.people.values()
        return any(each.role is Role.SUPERVISOR and each.standing in there for each in found)

    def _sign(self, seq: int, body: Mapping[str, Json], actor: Actor) -> None:
        data = body.get("data")
        said: Mapping[str, Json] = data if isinstance(data, dict) else {}
        second = actor_of(body.get("second")) or actor
        for leaf in _texts(said.get("of")):
            if reason := self._unfit(leaf, second, simulated="sim" in body):
                self.faults.append(Fault(seq, reason))
            elif second.how in BY_KEY and "sim" not in body:
                self.unconfirmed[second.id, leaf] = seq
        if "assertion" in said:
            self._confirm(seq, _texts(said.get("confirms")), said["assertion"], second)

    def _confirm(self, seq: int, leaves: Sequence[str], assertion: Json, second: Actor) -> None:
        if reason := self._key_fault(leaves, assertion, second):
            self.faults.append(Fault(seq, reason))
            return
        for leaf in leaves:
            self.unconfirmed.pop((second.id, leaf), None)

    def _unfit(self, leaf: str, second: Actor, *, simulated: bool) -> str:
        if leaf not in self.waiting:
            return ""
        _, kind, first, override = self.waiting[leaf]
        known = self.people.get(second.id)
        active = known.role if known and known.standing is Standing.ACTIVE else None
        reason = unfit(kind, first, second, active, override=override)
        if simulated and second.id != first.id:
            reason = ""
        if not reason:
            del self.waiting[leaf]
        return reason

    def _key_fault(self, leaves: Sequence[str], said: Json, second: Actor) -> str:
        known = self.people.get(second.id)
        if known is None or known.key is None:
            return f"{second.id} has no key in the record"
        last = self.counts.get(known.key.credential, 0)
        try:
            challenge = challenge_over([bytes.fromhex(leaf) for leaf in leaves])
            answer = Assertion.from_json(said)
            count = check_assertion(answer, known.key, challenge, last_count=last)
        except AssertionRefusedError as error:
            return str(error)
        except ValueError:
            return "the key's answer cannot be read"
        self.counts[known.key.credential] = count
        return ""


def _texts(said: Json) -> list[str]:
    return [str(each) for each in said] if isinstance(said, list) else []


def _kind(body: Mapping[str, Json]) -> CustodyKind | None:
    try:
        return CustodyKind(str(body.get("type")))
    except ValueError:
        return None


def _locks(body: Mapping[str, Json]) -> bool:
    """Whether it says that someone was locked out: the bench itself does that."""
    data = body.get("data")
    return isinstance(data, dict) and data.get("standing") == Standing.LOCKED


def _takes_two(kind: CustodyKind, body: Mapping[str, Json]) -> bool:
    data = body.get("data")
    later_epoch = (
        kind is CustodyKind.EPOCH_OPENED and isinstance(data, dict) and "continues" in data
    )
    return kind in TWO_PERSONS or "override" in body or later_epoch
