"""Corporate identifiers: making handsets known to the service before they enrol.

For fully managed handsets it is **not needed**: they count as corporate by themselves. Source:
memdocs, "corporate-identifiers-add"; Microsoft Graph beta, `importDeviceIdentityList` (a result a
row, with `status`). How many rows one request takes is not documented: `CHUNK` can be set.
"""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from bench.enrolment.intune.fields import Row, raw, rows
from bench.enrolment.intune.graph import Graph
from bench.enrolment.intune.permissions import Permission
from bench.enrolment.intune.troubles import garbled
from bench.identity.identifiers import IdentifierError, Imei, SerialNumber
from bench.identity.plain import plain

PATH = "/deviceManagement/importedDeviceIdentities/importDeviceIdentityList"
CHUNK = 500
_DETAILS = 128


class Kind(StrEnum):
    """What an identifier is; the values are Graph's `importedDeviceIdentityType`."""

    IMEI = "imei"
    SERIAL = "serialNumber"


class Listed(StrEnum):
    """What became of one."""

    YES = "listed"
    NO = "refused"
    """Also where it was listed before: which of the two is not confirmed."""
    UNANSWERED = "no answer"


@dataclass(frozen=True, slots=True)
class Identity:
    """One identifier and what is said of it, at most 128 characters."""

    kind: Kind
    value: str
    details: str = ""


class RowError(ValueError):
    """A row of the file cannot be used; the text says which and why."""


def read_identities(lines: Iterable[str]) -> Iterator[Identity]:
    """Yield each identifier of a CSV without head, `identifier,details`, once.

    15 digits that are an IMEI are one, everything else is a serial number, without full stops as
    Intune keeps them. Raises `RowError`.
    """
    seen: set[tuple[Kind, str]] = set()
    reader = csv.reader(lines)
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            identity = _identity(row, reader.line_num)
            if (identity.kind, identity.value) not in seen:
                seen.add((identity.kind, identity.value))
                yield identity
    except csv.Error:
        raise RowError(f"line {reader.line_num}: it is no CSV") from None


async def list_identities(
    graph: Graph, identities: Iterable[Identity], chunk: int = CHUNK
) -> AsyncIterator[tuple[Identity, Listed]]:
    """Have identifiers listed, so many a request, and yield what became of each.

    None that is there is overwritten, so that it can be done again. `ProblemError` ends it: what
    was yielded before is done.
    """
    coming = iter(identities)
    while some := list(islice(coming, chunk)):
        body = await graph.post(PATH, Permission.LIST_IDENTITIES, _request(some))
        found = dict(_result(row) for row in rows(body))
        for each in some:
            yield each, found.get((each.kind.value, each.value.upper()), Listed.UNANSWERED)


def _identity(row: Sequence[str], line: int) -> Identity:
    value, details = row[0].strip(), plain(row[1], _DETAILS) if len(row) > 1 else ""
    try:
        if value.isdigit() and len(value) == 15:  # noqa: PLR2004 - an IMEI's length
            return Identity(Kind.IMEI, str(Imei.parse(value)), details)
        return Identity(Kind.SERIAL, str(SerialNumber.parse(value.replace(".", ""))), details)
    except IdentifierError as error:
        raise RowError(f"line {line}: {error.reason}") from None


def _request(some: Sequence[Identity]) -> dict[str, object]:
    listed = [
        {
            "importedDeviceIdentifier": each.value,
            "importedDeviceIdentityType": each.kind.value,
            "description": each.details,
            "platform": "android",
        }
        for each in some
    ]
    return {"importedDeviceIdentities": listed, "overwriteImportedDeviceIdentities": False}


def _result(row: Row) -> tuple[tuple[str, str], Listed]:
    status = row.get("status")
    if not isinstance(status, bool):
        raise garbled("a row without its status")
    key = raw(row, "importedDeviceIdentityType"), raw(row, "importedDeviceIdentifier").upper()
    return key, Listed.YES if status else Listed.NO
