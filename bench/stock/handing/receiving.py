"""Receive a consignment at its site: its paper, its seal, every label, then both sides sign.

Each label is in the record at once: a count that is broken off goes on where it was.
"""

from __future__ import annotations

from dataclasses import dataclass

from bench.custody.entries import DeviceRef, Entry
from bench.custody.phases import Phase, phase_after
from bench.events.desks import Choice, Line, Wanted, Weight
from bench.events.orders import CustodyKind
from bench.events.views import ScanTone
from bench.identity.scans import ScanReading
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.consignments import queries as consignments
from bench.stock.consignments.dockets import read_docket
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.handing import arriving, meeting, queries
from bench.stock.handing.arriving import Place
from bench.stock.packing.queries import Box, boxes
from bench.stock.packing.seals import read_seal

TITLE = "Receive a consignment"
BACK = Choice("back", "Leave it for now")
_COLUMNS = ("Handset", "IMEI", "Model")
_MOST, _SHOWN = 8, 40


@dataclass(frozen=True)
class Receiving(Task):
    """Asks which consignment has come."""

    means: Means

    def face(self) -> Face:
        """Offer what is on its way."""
        sent = queries.on_their_way(self.means.book.connection, _MOST)
        choices = tuple(Choice(each.docket, each.docket) for each in sent)
        prompt = "Scan the manifest or the card of the consignment that has come."
        return Face(TITLE, prompt, Wanted.SCAN, choices)

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Take one by its code; a manifest has to be the one that was sealed."""
        code = read_docket(text)
        if code is None:
            return self.refused(ProblemCode.CONSIGNMENT_UNKNOWN, reading.raw)
        place = self._at(code.docket)
        if code.digest and code.digest != place.manifest:
            detail = "this manifest is not the one that it was sealed with"
            return self.refused(ProblemCode.CONSIGNMENT_UNFIT, detail, where=code.docket)
        return going_on(self.means, place, f"{code.docket} to {place.destination}.")

    def answered(self, choice: str, text: str) -> Turn:
        """Take one by its key."""
        if not choice:
            return Task.answered(self, choice, text)
        return going_on(self.means, self._at(choice), f"{choice}.")

    def _at(self, docket: str) -> Place:
        book = self.means.book.connection
        sent, known = queries.sent(book, docket), consignments.consignment(book, docket)
        if sent is None or known is None:
            detail = "it was not dispatched" if known else docket
            raise ProblemError(Problem(ProblemCode.CONSIGNMENT_UNKNOWN, docket, detail))
        if sent.signed_to and not queries.is_incomplete(book, docket):
            raise ProblemError(Problem(ProblemCode.CONSIGNMENT_ARRIVED, docket))
        manifest = consignments.manifest(book, docket, known.version)
        digest = manifest.digest if manifest else ""
        return Place(docket, known.destination, known.seal, known.version, digest)


def going_on(
    means: Means, place: Place, told: str, entries: tuple[Entry, ...] = (), settled: int = 0
) -> Turn:
    """Go on with what is still to be done: the seal, the labels, the signatures.

    `settled` of its handsets are settled by `entries`, which are not written yet.
    """
    from bench.stock.handing.signing import Bringing  # noqa: PLC0415 - it leads back

    book = means.book.connection
    sent = queries.sent(book, place.docket)
    done, total = queries.share(book, place.docket)
    is_fresh = not done and not settled and not (sent and sent.opened) and not entries
    after: Task = Bringing(means, place)
    if place.seal and is_fresh:
        after = Unsealing(means, place)
    elif done + settled < total or (sent and sent.signed_to and not entries):
        after = Ticking(means, place)
    return Turn(after, Say(ScanTone.GOOD, told), entries)


@dataclass(frozen=True)
class Unsealing(Task):
    """Asks for the seal, before it is cut."""

    means: Means
    place: Place

    def face(self) -> Face:
        """Ask for its number."""
        other = Choice("other", "The seal is another, is broken or is missing")
        prompt = "Scan the seal of the consignment before you cut it."
        return Face(self.place.docket, prompt, Wanted.SCAN, (other, BACK))

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Compare it with the one that it was sealed with."""
        try:
            seal = read_seal(reading, text)
        except ValueError as error:
            return self.refused(ProblemCode.SEAL_UNFIT, str(error))
        if seal != self.place.seal:
            return self.refused(ProblemCode.SEAL_OTHER, f"it was sealed with {self.place.seal}")
        return self.good("The seal is whole. Scan every label.", Ticking(self.means, self.place))

    def answered(self, choice: str, text: str) -> Turn:
        """Say that its seal is not whole, or leave it."""
        if choice == "other":
            told = Say(ScanTone.BAD, "Noted: its seal is not whole. Scan every label.")
            return Turn(Ticking(self.means, self.place), told, (arriving.opened(self.place),))
        if choice == BACK.name:
            return Turn(Receiving(self.means))
        return Task.answered(self, choice, text)


@dataclass(frozen=True)
class Ticking(Task):
    """Takes every label of a consignment; what is left at the end is named."""

    means: Means
    place: Place

    def face(self) -> Face:
        """Show what is awaited still."""
        book = self.means.book.connection
        left = queries.awaited(book, self.place.docket)
        done, total = queries.share(book, self.place.docket)
        return Face(
            f"{self.place.docket} at {self.place.destination}",
            "Scan the label of each handset.",
            Wanted.SCAN,
            (Choice("rest", "The rest is missing"), BACK),
            done,
            total,
            "handsets",
            _COLUMNS,
            tuple(Line((a.name, f"…{a.imei[-4:]}", a.model), Weight.OPEN) for a in left[:_SHOWN]),
        )

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Take a handset in, or ask what becomes of one that was not sent in this consignment."""
        _ = text
        book = self.means.book.connection
        found = boxes(book, reading.meaning)
        if not found and isinstance(reading.meaning, meeting.HANDSETS):
            return Turn(Stray(self, reading), _stray(reading.raw))
        box = meeting.met(self.means, reading)
        known = queries.arrival(book, self.place.docket, box.uid)
        if known is None:
            return Turn(Stray(self, reading, box), _stray(box.name))
        if known.how == "received":
            return Turn(self, Say(ScanTone.REPEATED, f"{box.name} is ticked off already."))
        return self.ticked(box, known.seq if known.how == "missing" else 0)

    def ticked(self, box: Box, missed: int) -> Turn:
        """Take a handset of this consignment in; `missed` is the event that said it is missing."""
        _refuse_unsent(box)
        device, place = meeting.ref(self.means, box), self.place
        late = (arriving.came_late(device, place.docket, missed),) if missed else ()
        entry = arriving.received(device, place.docket, place.site, box.place)
        return going_on(self.means, place, f"{box.name}.", (*late, entry), 0 if late else 1)

    def answered(self, choice: str, text: str) -> Turn:
        """Ask about the rest, or leave it for now."""
        if choice == "rest":
            if not queries.awaited(self.means.book.connection, self.place.docket):
                detail = "nothing else is awaited: scan the label that was found"
                return self.refused(ProblemCode.NOT_POSSIBLE_NOW, detail)
            return Turn(Missing(self))
        if choice == BACK.name:
            return Turn(Receiving(self.means))
        return Task.answered(self, choice, text)


@dataclass(frozen=True)
class Missing(Task):
    """Names what is not there, and asks what becomes of it."""

    ticking: Ticking

    def face(self) -> Face:
        """Name every one of them."""
        left = self._left
        return Face(
            f"{self.ticking.place.docket}: {len(left)} missing",
            "These are not there. What is it?",
            choices=(
                Choice("awaited", "They are awaited: they come later"),
                Choice("lost", "They are lost: report it"),
                Choice("back", "Back: look for them"),
            ),
            columns=_COLUMNS,
            lines=tuple(Line((a.name, f"…{a.imei[-4:]}", a.model), Weight.BAD) for a in left),
        )

    def answered(self, choice: str, text: str) -> Turn:
        """Settle all of them, and go on to the signatures."""
        if choice == "back":
            return Turn(self.ticking)
        if choice not in ("awaited", "lost"):
            return Task.answered(self, choice, text)
        means, place = self.ticking.means, self.ticking.place
        entries = [e for each in self._left for e in self._settled(each.uid, choice)]
        told = f"{len(self._left)} missing: {choice}. Both sides sign now."
        return going_on(means, place, told, tuple(entries), len(self._left))

    def _settled(self, uid: str, choice: str) -> tuple[Entry, ...]:
        device, docket = _ref(self.ticking.means, uid), self.ticking.place.docket
        if choice == "lost":
            return arriving.lost(device, docket, self.ticking.place.site)
        return (arriving.missing(device, docket),)

    @property
    def _left(self) -> tuple[queries.Awaited, ...]:
        ticking = self.ticking
        return queries.awaited(ticking.means.book.connection, ticking.place.docket)


@dataclass(frozen=True)
class Stray(Task):
    """Asks what becomes of a handset that was not sent in this consignment; `box` None: unknown."""

    ticking: Ticking
    reading: ScanReading
    box: Box | None = None

    def face(self) -> Face:
        """Offer what is possible with it."""
        name = self.box.name if self.box else self.reading.raw
        take = f"Take it in: it was sent in {self._other}"
        choices = (Choice("aside", "Set it aside; it goes back"),)
        if self._other:
            choices = (Choice("take", take), *choices)  # type: ignore[assignment]  # one more
        prompt = f"{name} is not of this consignment. What becomes of it?"
        return Face(self.ticking.place.docket, prompt, choices=(*choices, Choice("back", "Back")))

    def answered(self, choice: str, text: str) -> Turn:
        """Settle it."""
        docket = self.ticking.place.docket
        device = meeting.ref(self.ticking.means, self.box) if self.box else None
        if choice == "back":
            return Turn(self.ticking)
        if choice == "aside":
            entry = arriving.over(device, docket, self.reading, "set-aside")
            told = Say(ScanTone.REPEATED, "Set aside. Scan the next label.")
            return Turn(self.ticking, told, (entry,))
        if choice == "take" and device and self._other:
            return self._taken(device)
        return Task.answered(self, choice, text)

    def _taken(self, device: DeviceRef) -> Turn:
        site = self.ticking.place.site
        entries = (
            arriving.over(device, self.ticking.place.docket, self.reading, "accepted"),
            arriving.received(device, self._other, site, self.box.place if self.box else ""),
        )
        told = Say(ScanTone.GOOD, "Taken in. Scan the next label.")
        return Turn(self.ticking, told, entries)

    @property
    def _other(self) -> str:
        """The consignment in which it is on its way."""
        if self.box is None or self.box.phase is not Phase.DISPATCHED:
            return ""
        return queries.docket_of(self.ticking.means.book.connection, self.box.uid)


def _stray(name: str) -> Say:
    return Say(ScanTone.BAD, f"{name} is not of this consignment.")


def _ref(means: Means, uid: str) -> DeviceRef:
    known = means.ledger.device(uid)
    assert known is not None, "the book has only what the record has"
    return known.ref


def _refuse_unsent(box: Box) -> None:
    if phase_after(CustodyKind.RECEIVED, box.phase) is None:
        problem = Problem(ProblemCode.STANDS_OTHERWISE, box.name, f"it is {box.phase}")
        raise ProblemError(problem)
