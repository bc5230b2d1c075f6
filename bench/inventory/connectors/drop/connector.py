"""A drop as an inventory that is fed: a file of what changed, and one of everything a day."""

from __future__ import annotations

import csv
import hashlib
import itertools
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from bench.inventory.connectors.drop.places import Place, digest_at
from bench.inventory.connectors.drop.table import (
    BOM,
    CHANGES,
    COLUMNS,
    DIGEST,
    PART,
    SNAPSHOT,
    changes_name,
    digest_line,
    entry_from,
    entry_of,
    lines,
    number_in,
    row_of,
    snapshot_name,
)
from bench.inventory.connectors.pace import Pace
from bench.inventory.connectors.port import About, Number
from bench.inventory.connectors.words import DONE, Entry, Outcome, Plan, Wanted

_BATCH = 20_000
_LINES = 500


class DropConnector:
    """Implements `Connector` and `Snapshots`: it keeps nothing to look up, so all is written.

    Files have numbers that rise, which `count_by` brings; a run that broke off has the same again,
    so that what is there of its file is no second one. Without numbers there is no writing.
    """

    def __init__(
        self, place: Place, pace: Pace, *, bom: bool = False, snapshots: bool = True,
        is_here: bool = False,
    ) -> None:  # fmt: skip
        mapping = f"drop 2 {bom} {place.where}".encode()
        self.about = About(
            "drop", mapping, _BATCH, _BATCH, needs_tag=False, is_here=is_here, parted=False
        )
        self.pace = pace
        self._place = place
        self._bom = bom
        self._snapshots = snapshots
        self._put: tuple[str, str] = ("", "")
        self._number: Number | None = None

    def count_by(self, number: Number) -> None:
        """Take the numbers of files from there."""
        self._number = number

    def entry(self, wanted: Wanted) -> Entry:
        """Return a device as its line says it."""
        return entry_of(wanted)

    async def look_up(self, entries: Sequence[Entry]) -> Sequence[tuple[Entry, ...]]:
        """Find nothing, once it is known that the place is there."""
        await self._place.names()
        return [()] * len(entries)

    async def apply(self, plans: Sequence[Plan]) -> Sequence[Outcome]:
        """Write one file of them all; nothing where it is there already."""
        with tempfile.TemporaryDirectory() as folder:
            draft = Path(folder) / "changes"
            digest = self._written(draft, (plan.entry for plan in plans))
            newest = max(plan.wanted.since for plan in plans)
            name = changes_name(await self._next(digest), newest, digest)
            await self._sweep(CHANGES, keep=name)
            await self._placed(name, draft, digest)
        self._put = (name, digest)
        return [DONE] * len(plans)

    async def read_back(self, plans: Sequence[Plan]) -> Sequence[tuple[Entry, ...]]:
        """Return them as written where the file that was just put is there, whole."""
        name, digest = self._put
        names = await self._place.names()
        is_whole = {name, name + DIGEST} <= names and await digest_at(self._place, name) == digest
        return [(plan.entry,) if is_whole else () for plan in plans]

    async def everything(self) -> AsyncIterator[Entry]:
        """Yield what the newest file of everything says."""
        names = sorted(each for each in await self._place.names() if _is_snapshot(each))
        if not names:
            return
        rest = b""
        async for chunk in self._place.read(names[-1]):
            *whole, rest = (rest + chunk).split(b"\r\n")
            for cells in csv.reader(line.decode().removeprefix(BOM) for line in whole):
                entry = entry_from(cells)
                if entry is not None and entry.device != COLUMNS[0]:
                    yield entry

    async def close(self) -> None:
        """Hang up."""
        await self._place.close()

    async def due(self, now: datetime) -> bool:
        """Return whether there is no file of everything of today (UTC)."""
        if not self._snapshots:
            return False
        names = await self._place.names()
        day = snapshot_name(f"{now:%Y%m%d}")
        return not any(each + DIGEST in names for each in names if _is_snapshot(each, day))

    async def snapshot(self, now: datetime, devices: Iterable[Wanted]) -> None:
        """Write the file of everything of today."""
        with tempfile.TemporaryDirectory() as folder:
            draft = Path(folder) / "snapshot"
            digest = self._written(draft, map(entry_of, devices))
            name = snapshot_name(f"{now:%Y%m%d}", await self._next(digest))
            await self._sweep(SNAPSHOT, keep=name)
            await self._placed(name, draft, digest)

    async def _next(self, digest: str) -> int:
        """Return the file's number, above those of all that are there: a store may be set back."""
        assert self._number is not None, "a feeding brings them"
        there = max(map(number_in, await self._place.names()), default=0)
        return self._number(bytes.fromhex(digest), there)

    def _written(self, draft: Path, entries: Iterable[Entry]) -> str:
        """Write lines in handfuls and return their digest, so that memory stays flat."""
        hashed = hashlib.sha256()
        with draft.open("wb") as file:
            for content in self._content(entries):
                hashed.update(content)
                file.write(content)
        return hashed.hexdigest()

    def _content(self, entries: Iterable[Entry]) -> Iterator[bytes]:
        yield (BOM.encode() if self._bom else b"") + lines([COLUMNS])
        rows = map(row_of, entries)
        while some := list(itertools.islice(rows, _LINES)):
            yield lines(some)

    async def _placed(self, name: str, draft: Path, digest: str) -> None:
        """The digest comes last: who sees it finds the file whole."""
        names = await self._place.names()
        if name not in names or await digest_at(self._place, name) != digest:
            await self._place.put(name, draft, digest)
        line = digest_line(name, digest)
        beside = draft.with_name("digest")
        beside.write_bytes(line)
        await self._place.put(name + DIGEST, beside, hashlib.sha256(line).hexdigest())

    async def _sweep(self, kind: str, keep: str) -> None:
        """Remove what an earlier run left half written, unless it is what goes on now."""
        for name in await self._place.names():
            if name.startswith(kind) and name.endswith(PART) and name != keep + PART:
                await self._place.remove(name)


def _is_snapshot(name: str, kind: str = SNAPSHOT) -> bool:
    return name.startswith(kind) and name.endswith(".csv")
