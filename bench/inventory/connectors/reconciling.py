"""How an inventory and the record differ, all of both: read, compared, nothing is changed.

Neither is ever in memory as a whole. The same `decide` compares that feeds.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bench.identity.plain import plain
from bench.inventory.connectors.deciding import decide, is_of
from bench.inventory.connectors.outbox import Outbox
from bench.inventory.connectors.pace import A_WHILE
from bench.inventory.connectors.port import Connector
from bench.inventory.connectors.preview import rows_of
from bench.inventory.connectors.theirs import Theirs
from bench.inventory.connectors.words import (
    SERIAL,
    TAG,
    Conflict,
    Create,
    Entry,
    UnfitError,
    Wanted,
)

if TYPE_CHECKING:
    from bench.inventory.connectors.outbox import Connect

_BATCH = 1000


class Kind(StrEnum):
    """How an entry or a device stands."""

    MISSING = "missing there"
    UNKNOWN = "unknown to the record"
    DIFFERS = "differs"
    CONFLICT = "to look at"
    DUPLICATE = "twice there"
    ARCHIVED = "archived there"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; what does not apply is ""."""

    kind: Kind
    device: str = ""
    asset_tag: str = ""
    serial: str = ""
    key: str = ""
    field: str = ""
    there: str = ""
    wanted: str = ""


def reconcile(
    connect: Connect, connector: Connector, seconds: float = A_WHILE
) -> Iterator[Finding]:
    """Yield how all of both differ, a finding at a time; blocks, and raises `ProblemError`.

    Nobody feeds this inventory meanwhile: CONNECTOR_RUNNING where somebody does. Where it asks to
    wait, that is done for `seconds` in all.
    """
    with connect() as connection:
        outbox = Outbox(connection, connector.about)
        with outbox.locked():
            connector.pace.bucket = outbox.standing(connector.pace.bucket).bucket
            connector.pace.until = connector.pace.clock() + seconds
            yield from _found(outbox, connector, Theirs(connection, connector.about.name))


def _found(outbox: Outbox, connector: Connector, theirs: Theirs) -> Iterator[Finding]:
    theirs.clear()
    asyncio.run(_read(connector, theirs))
    yield from _compared(outbox, connector, theirs)
    yield from _unknown(theirs)
    yield from _twice(theirs)
    theirs.clear()


def counted(findings: Counter[Kind]) -> str:
    """Say in a line how much there is of each kind."""
    said = [f"{findings[kind]:,} {kind.value}" for kind in Kind if findings[kind]]
    return ", ".join(said) or "the record and the inventory agree"


async def _read(connector: Connector, theirs: Theirs) -> None:
    batch: list[Entry] = []
    try:
        async for entry in connector.everything():
            batch.append(entry)
            if len(batch) >= _BATCH:
                theirs.put(batch)
                batch = []
    finally:
        await connector.close()
    theirs.put(batch)


def _compared(outbox: Outbox, connector: Connector, theirs: Theirs) -> Iterator[Finding]:
    for batch in outbox.devices(differing=False, batch=_BATCH):
        fit: list[tuple[Wanted, Entry]] = []
        for wanted in batch:
            try:
                fit.append((wanted, connector.entry(wanted)))
            except UnfitError as error:
                yield _of(Kind.CONFLICT, wanted, there=str(error))
        found = theirs.sharing([entry for _, entry in fit])
        theirs.known([
            n for (_, entry), there in zip(fit, found, strict=True) for n, each in there
            if is_of(entry, each)
        ])  # fmt: skip
        for (wanted, entry), there in zip(fit, found, strict=True):
            yield from _of_device(wanted, entry, [each for _, each in there])


def _of_device(wanted: Wanted, entry: Entry, there: Sequence[Entry]) -> Iterator[Finding]:
    its = [each for each in there if is_of(entry, each)]
    if len(its) == 1 and its[0].archived:
        yield _of(Kind.ARCHIVED, wanted, key=its[0].key)
    for change in decide(entry, there):
        match change:
            case Create():
                yield _of(Kind.MISSING, wanted)
                return
            case Conflict(why):
                yield _of(Kind.CONFLICT, wanted, there=why)
            case _:
                for row in rows_of(wanted, [change]):
                    key = its[0].key if its else ""
                    yield _of(Kind.DIFFERS, wanted, key, row[3], row[4], row[5])


def _of(
    kind: Kind, wanted: Wanted, key: str = "", field: str = "", there: str = "", new: str = ""
) -> Finding:
    return _plain(kind, wanted.device, wanted.asset_tag, wanted.serial, key, field, there, new)


def _unknown(theirs: Theirs) -> Iterator[Finding]:
    for entry in theirs.unknown():
        tag, serial = entry.fields.get(TAG, ""), entry.fields.get(SERIAL, "")
        yield _plain(Kind.UNKNOWN, entry.device, tag, serial, entry.key)


def _twice(theirs: Theirs) -> Iterator[Finding]:
    for name, value, keys in theirs.twice():
        tag, serial = (value, "") if name == TAG else ("", value)
        yield _plain(Kind.DUPLICATE, "", tag, serial, " ".join(keys), name, str(len(keys)))


def _plain(kind: Kind, *cells: str) -> Finding:
    return Finding(kind, *(plain(cell, 200) for cell in cells))
