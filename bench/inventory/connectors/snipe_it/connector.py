"""Snipe-IT as an inventory that is fed: searched before anything is made, read again after."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import asdict

from bench.events.orders import Json
from bench.inventory.connectors.deciding import is_of
from bench.inventory.connectors.filed import SnipeIt, unusable
from bench.inventory.connectors.line import Line
from bench.inventory.connectors.pace import Pace
from bench.inventory.connectors.port import About
from bench.inventory.connectors.snipe_it.rows import PAGE, RefusedError, Rows
from bench.inventory.connectors.snipe_it.spelling import (
    assignee,
    entry_from,
    entry_of,
    note_of,
    number_in,
)
from bench.inventory.connectors.words import (
    DONE,
    IMEI,
    IMEI2,
    MODEL,
    SERIAL,
    STATUS,
    TAG,
    Alter,
    Change,
    CheckIn,
    CheckOut,
    Conflict,
    Create,
    Entry,
    Outcome,
    Plan,
    State,
    Wanted,
)

_BATCH = 2000
"""Devices whose turn it is together: all there is is read once for them, in pages."""
_SINGLE = 3
"""Requests that looking one device up takes: by asset tag, serial number, IMEI."""
_ODD_MANY = 20
_UNSAID = frozenset({
    "token", "trust", "per_minute", "category", "fieldset", "imei_field", "not_there",
})  # fmt: skip
"""Settings that change nothing of what is fed."""


class SnipeItConnector:
    """Implements `Connector`. `line` carries the token and keeps `pace`."""

    def __init__(self, settings: SnipeIt, line: Line, pace: Pace, *, is_here: bool = False) -> None:
        said = {name: its for name, its in asdict(settings).items() if name not in _UNSAID}
        self.about = About(
            "snipe-it", json.dumps(said, sort_keys=True).encode(), _BATCH, is_here=is_here
        )
        self.pace = pace
        self.rows = Rows(line, settings.not_there)
        self._settings = settings
        self._line = line
        self._columns = {
            TAG: "asset_tag", SERIAL: "serial", MODEL: "model_id", STATUS: "status_id",
            IMEI: settings.imei_column, IMEI2: settings.imei2_column,
        }  # fmt: skip
        self._numbers: dict[str, dict[str, int]] = {}
        self._archived: tuple[int, ...] | None = None
        self._total: int | None = None

    def entry(self, wanted: Wanted) -> Entry:
        """Return a device in its words; `UnfitError` names the key that has to be set."""
        return entry_of(wanted, self._settings)

    async def look_up(self, entries: Sequence[Entry]) -> Sequence[tuple[Entry, ...]]:
        """Look the first one up, or read all there is where that takes fewer requests for all."""
        if len(entries) > _ODD_MANY:
            if self._total is None:
                self._total, _ = await self.rows.page("hardware", limit="1")
            if self._total // PAGE + 1 < _SINGLE * len(entries):
                return await self._among_all(entries)
        return [await self._single(entries[0])]

    async def apply(self, plans: Sequence[Plan]) -> Sequence[Outcome]:
        """Make the changes of each; what it refuses ends those of that device."""
        return [await self._applied(plan) for plan in plans]

    async def read_back(self, plans: Sequence[Plan]) -> Sequence[tuple[Entry, ...]]:
        """Read each again by its asset tag, which shows it twice if there are two."""
        return [
            tuple(await self._at("hardware", "bytag", plan.entry.fields[TAG])) for plan in plans
        ]

    async def everything(self) -> AsyncIterator[Entry]:
        """Yield all assets; the archived ones are asked for by their labels, being hidden else."""
        shown = False
        async for row in self.rows.all("hardware"):
            if (entry := entry_from(row, self._settings)) is not None:
                shown = shown or entry.archived
                yield entry
        for label in () if shown else await self._archived_labels():
            async for row in self.rows.all("hardware", status_id=str(label)):
                if (entry := entry_from(row, self._settings)) is not None:
                    yield entry

    async def close(self) -> None:
        """Hang up; names are looked up anew the next time."""
        self._numbers, self._archived, self._total = {}, None, None
        await self._line.close()

    # ── looking up ──────────────────────────────────────────────────────────────────────────────
    async def _single(self, entry: Entry) -> tuple[Entry, ...]:
        found = [*await self._at("hardware", "bytag", entry.fields[TAG])]
        if serial := entry.fields.get(SERIAL):
            found += await self._at("hardware", "byserial", serial)
        if imei := entry.fields.get(IMEI):
            found += await self._by_imei(imei)
        return tuple({each.key: each for each in found}.values())

    async def _at(self, *path: str) -> Iterable[Entry]:
        return self._entries(await self.rows.found(*path))

    async def _by_imei(self, imei: str) -> Iterable[Entry]:
        """A column that is not known there filters nothing: all assets come back."""
        column = self._settings.imei_column
        total, rows = await self.rows.page("hardware", limit="50", **{column: imei})
        found = [each for each in self._entries(rows) if each.fields.get(IMEI) == imei]
        if total > len(found) + _ODD_MANY or (rows and not found):
            raise unusable(f"snipe-it.imei-column: {column} is no custom field there")
        return found

    async def _among_all(self, entries: Sequence[Entry]) -> Sequence[tuple[Entry, ...]]:
        """Read everything once and keep only what is of one of these."""
        places: dict[str, list[int]] = defaultdict(list)
        for place, entry in enumerate(entries):
            for key in _keys(entry):
                places[key].append(place)
        found: list[dict[str, Entry]] = [{} for _ in entries]
        async for theirs in self.everything():
            for place in {n for key in _keys(theirs) for n in places.get(key, ())}:
                if is_of(entries[place], theirs):
                    found[place][theirs.key] = theirs
        return [tuple(each.values()) for each in found]

    def _entries(self, rows: Iterable[Mapping[str, Json]]) -> list[Entry]:
        read = (entry_from(row, self._settings) for row in rows)
        return [each for each in read if each is not None]

    # ── changing ────────────────────────────────────────────────────────────────────────────────
    async def _applied(self, plan: Plan) -> Outcome:
        key = ""
        try:
            for change in plan.changes:
                key = await self._change(change, plan.wanted, key)
        except RefusedError as error:
            return Outcome(State.REFUSED, str(error))
        return DONE

    async def _change(self, change: Change, wanted: Wanted, made: str) -> str:
        """Make one change; return the number of an asset that was made."""
        note = note_of(wanted)
        match change:
            case Create(fields):
                payload = await self.rows.told("POST", "hardware", body=await self._body(fields))
                return str(payload.get("id", ""))
            case Alter(key, fields):
                body = await self._body({name: new for name, (_, new) in fields.items()})
                await self.rows.told("PATCH", "hardware", key, body=body)
            case CheckIn(key):
                await self.rows.told("POST", "hardware", key, "checkin", body={"note": note})
            case CheckOut(key, holder):
                await self._check_out(key or made, holder, note)
            case Conflict(why):
                raise RefusedError(why)
        return made

    async def _check_out(self, key: str, holder: str, note: str) -> None:
        body = {**assignee(holder), "note": note}
        await self.rows.told("POST", "hardware", key, "checkout", body=body)

    async def _body(self, fields: Mapping[str, str]) -> dict[str, Json]:
        body: dict[str, Json] = {}
        for name, text in fields.items():
            known = {MODEL: "models", STATUS: "statuslabels"}.get(name)
            body[self._columns[name]] = await self._number(known, text) if known else text
        return body

    async def _number(self, resource: str, text: str) -> int:
        number = number_in(text)
        if number is None:
            number = (await self._named(resource)).get(text)
        if number is None:
            raise RefusedError(f"there is none of {resource} named {text}")
        return number

    async def _named(self, resource: str) -> dict[str, int]:
        if resource not in self._numbers:
            self._numbers[resource] = await numbers(self.rows, resource)
        return self._numbers[resource]

    async def _archived_labels(self) -> tuple[int, ...]:
        if self._archived is None:
            self._archived = tuple([
                int(str(row["id"])) async for row in self.rows.all("statuslabels")
                if row.get("type") == "archived"
            ])  # fmt: skip
        return self._archived


async def numbers(rows: Rows, resource: str) -> dict[str, int]:
    """Return the numbers of what there is of a resource, by name; the first of a name counts."""
    import html  # noqa: PLC0415 - for names alone

    found: dict[str, int] = {}
    async for row in rows.all(resource):
        found.setdefault(html.unescape(str(row.get("name", ""))).strip(), int(str(row["id"])))
    return found


def _keys(entry: Entry) -> set[str]:
    return {
        f"{kind} {entry.fields[name].strip().casefold()}"
        for kind, name in (("tag", TAG), ("serial", SERIAL), ("imei", IMEI), ("imei", IMEI2))
        if entry.fields.get(name)
    }
