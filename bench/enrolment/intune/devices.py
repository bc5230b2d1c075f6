"""Handsets as the service knows them, and which of its entries is the one looked for. Pure.

Source: Microsoft Graph beta, resource type `managedDevice`. It says of no property whether a filter
on it works (microsoft-graph-docs issue 19890): `serialNumber` and `imei` do in public tools, and
one that does not is silently ignored, with every device in the answer (issue 3125 of the Graph
Explorer). So each row is compared here, whatever was asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bench.enrolment.intune.fields import Row, text, when
from bench.enrolment.intune.graph import quoted
from bench.enrolment.intune.troubles import garbled
from bench.events.management import Compliance, ManagedHandset
from bench.identity.identifiers import IdentifierError, Imei, SerialNumber
from bench.problems import ProblemError

PATH = "/deviceManagement/managedDevices"
FIELDS = (
    "id,deviceName,serialNumber,imei,model,enrollmentProfileName,complianceState,"
    "enrolledDateTime,lastSyncDateTime"
)
STAGED_PREFIX = "Staging_"
"""Name of a handset without a user yet. Source: memdocs, "device-staging-overview"."""
_NEVER = datetime.min.replace(tzinfo=UTC)


class By(StrEnum):
    """What an entry is looked for by; the value is the property's name."""

    SERIAL = "serialNumber"
    IMEI = "imei"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A handset that is looked for: by its serial number, or by any of its IMEIs."""

    serial: SerialNumber | None
    imeis: tuple[Imei, ...]

    def values(self, by: By) -> tuple[str, ...]:
        """Return what to look for by that property."""
        if by is By.IMEI:
            return tuple(map(str, self.imeis))
        return (str(self.serial),) if self.serial else ()

    def fits(self, found: ManagedHandset) -> bool:
        """Whether an entry may be it, whatever contradicts."""
        return found.imei in self.imeis or (
            self.serial is not None and same_serial(found.serial, str(self.serial))
        )


def handsets_of(rows: Iterable[Row]) -> tuple[list[ManagedHandset], int]:
    """Read each by itself; return them, and how many could not be read."""
    found: list[ManagedHandset] = []
    unreadable = 0
    for row in rows:
        try:
            found.append(handset_of(row))
        except ProblemError:
            unreadable += 1
    return found, unreadable


def handset_of(row: Row) -> ManagedHandset:
    """Read one.

    Raises `ProblemError` SERVICE_GARBLED where a field is not what it is to be, or none says which
    handset it is.
    """
    if not any(row.get(key) for key in ("id", *By)):
        raise garbled("a device without its id")
    return ManagedHandset(
        id=text(row, "id"),
        name=_name(row),
        serial=text(row, "serialNumber"),
        imei=_imei(text(row, "imei")),
        model=text(row, "model"),
        mode=text(row, "enrollmentProfileName", 200),
        compliance=_compliance(text(row, "complianceState")),
        enrolled_at=when(row, "enrolledDateTime"),
        synced_at=when(row, "lastSyncDateTime"),
    )


def filter_of(by: By, value: str) -> str:
    """Return the filter that asks for one value."""
    return f"{by} eq {quoted(value)}"


def is_as_asked(found: ManagedHandset, by: By, value: str) -> bool:
    """Whether an entry is what a filter asked for: if not, the service ignores that filter."""
    if by is By.IMEI:
        return found.imei is not None and str(found.imei) == value
    return same_serial(found.serial, value)


def the_one(entries: Iterable[ManagedHandset], wanted: Wanted) -> ManagedHandset | None:
    """Return the newest enrolment among the entries that fit.

    One whose IMEI is another's although the serial number fits (makers ship duplicates) comes only
    where there is no better, and as it is: the bench compares.
    """
    fitting = [each for each in entries if wanted.fits(each)]
    return max(fitting, key=lambda each: (not contradicts(each, wanted), age(each)), default=None)


def contradicts(found: ManagedHandset, wanted: Wanted) -> bool:
    """Whether an entry says something else of the handset than the handset does."""
    other_imei = bool(wanted.imeis) and found.imei is not None and found.imei not in wanted.imeis
    return other_imei or bool(
        wanted.serial and found.serial and not same_serial(found.serial, str(wanted.serial))
    )


def age(found: ManagedHandset) -> tuple[datetime, datetime, str]:
    """Return what orders entries of one handset, the newest last."""
    return found.enrolled_at or _NEVER, found.synced_at or _NEVER, found.id


def same_serial(one: str, other: str) -> bool:
    """Whether two serial numbers are one; that of nothing is nobody's."""
    return bool(one) and one.upper() == other.upper()


def is_staged_only(found: ManagedHandset) -> bool:
    """Whether its user has not signed in yet."""
    return found.name.startswith(STAGED_PREFIX)


def _name(row: Row) -> str:
    """Return the name where it is the staging's or the handset's own; a person's stays outside.

    Once an officer has signed in it is usually `<user>_<mode>_<date>`.
    """
    name, serial = text(row, "deviceName", 200), text(row, "serialNumber")
    return name if name.startswith(STAGED_PREFIX) or (serial and serial in name) else ""


def _imei(value: str) -> Imei | None:
    """What is no IMEI says nothing: the field is empty for a handset without modem."""
    try:
        return Imei.parse(value) if value else None
    except IdentifierError:
        return None


def _compliance(value: str) -> Compliance:
    return Compliance(value) if value in set(Compliance) else Compliance.UNKNOWN
