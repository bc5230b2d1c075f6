"""What it means that the record and the service say of a handset what they say. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bench.enrolment.intune.devices import Wanted, age, contradicts, is_staged_only
from bench.events.management import Compliance, ManagedHandset
from bench.identity.identifiers import IdentifierError, Imei, SerialNumber


class Verdict(StrEnum):
    """How record and service agree on a handset; the value stands in the table that is written."""

    COMPLIANT = "seen, compliant"
    NOT_COMPLIANT = "seen, not compliant"
    STAGED = "staged only"
    """Known without a user: the officer has not signed in."""
    MISSING = "missing"
    UNRECORDED = "not in the record"
    CONTRADICTING = "contradicting"
    TWICE = "twice"
    NOT_YET = "seen, not staged here"
    """In the record, but not, or no longer, as a handset that should be there."""


AS_IT_SHOULD = frozenset({Verdict.COMPLIANT, Verdict.STAGED, Verdict.NOT_YET})
"""What is no difference; everything else somebody has to look at."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A handset of the record: its name there, its identifiers, what it was staged under.

    `due` is whether it should be under management by now.
    """

    uid: str
    serial: str
    imeis: tuple[Imei, ...]
    profile: str = ""
    due: bool = True

    @property
    def wanted(self) -> Wanted:
        """What it is looked for by; a serial number that is none is not looked for."""
        try:
            serial = SerialNumber.parse(self.serial) if self.serial else None
        except IdentifierError:
            serial = None
        return Wanted(serial, self.imeis)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the service that may be a handset, and whether it may be others of the record.

    `rivals` is how many others it fits in every identifier that both know.
    """

    seen: ManagedHandset
    rivals: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict on a handset; `expected` is None where the record does not know it.

    `seen` is the entry it rests on, the newest; `remark` a plain sentence, or "".
    """

    verdict: Verdict
    expected: Expected | None
    seen: ManagedHandset | None = None
    remark: str = ""


def judged(expected: Expected, entries: Sequence[Entry]) -> Finding | None:
    """Return the verdict on a handset, of all entries that share an identifier with it.

    None for one that is not due and not there. An entry that contradicts it and fits another
    handset in everything is that one's.
    """
    wanted = expected.wanted
    own = [e for e in entries if not (contradicts(e.seen, wanted) and e.rivals)]
    if not own:
        return Finding(Verdict.MISSING, expected) if expected.due else None
    newest = max(own, key=lambda each: (not contradicts(each.seen, wanted), age(each.seen)))
    against = [each.seen for each in own if contradicts(each.seen, wanted)]
    if against:
        return Finding(Verdict.CONTRADICTING, expected, newest.seen, _against(against[0]))
    if len(own) > 1 or newest.rivals:
        return Finding(Verdict.TWICE, expected, newest.seen, _several(len(own), newest.rivals))
    return Finding(_state(newest.seen, due=expected.due), expected, newest.seen)


def _state(seen: ManagedHandset, *, due: bool) -> Verdict:
    if not due:
        return Verdict.NOT_YET
    if is_staged_only(seen):
        return Verdict.STAGED
    return Verdict.COMPLIANT if seen.compliance is Compliance.COMPLIANT else Verdict.NOT_COMPLIANT


def _against(seen: ManagedHandset) -> str:
    return f"the service has serial number {seen.serial or 'none'} with IMEI {seen.imei or 'none'}"


def _several(entries: int, rivals: int) -> str:
    if entries > 1:
        return f"{entries} entries at the service; the newest is shown"
    return f"{rivals + 1} handsets of the record fit this entry"
