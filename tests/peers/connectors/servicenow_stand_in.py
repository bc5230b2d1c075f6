"""A stand-in for ServiceNow's identification engine over real HTTP: it matches by native key, then
by serial number, answers for each item by itself, and writes nothing on a dry run."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.peers.connectors.stand_in import StandIn, served

SECRET = "canary-0042-of-servicenow"


@dataclass
class ServiceNowStandIn:
    """`rows` are configuration items by `sys_id`; `poison` is a serial number it fails on."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    sources: tuple[str, ...] = ("Staging Bench",)
    native: dict[str, str] = field(default_factory=dict)
    authorisation: str = f"Bearer {SECRET}"
    poison: str = ""
    wire: StandIn = field(init=False)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.wire = StandIn(self.answer)

    def row(self, **its: Any) -> str:
        number = f"{next(self.numbers):032x}"
        self.rows[number] = {"sys_id": number, **its}
        return number

    async def answer(self, request: web.Request, body: Any) -> web.Response:
        if request.headers.get("Authorization") != self.authorisation:
            error = {"message": "User Not Authenticated", "detail": "Required"}
            return web.json_response({"error": error, "status": "failure"}, status=401)
        if request.path == "/api/now/table/cmdb_ci_handheld_computing":
            return self._table(dict(request.query))
        if request.path not in _PATHS:
            return web.json_response({"error": {"message": "no such resource"}}, status=404)
        if self.poison and any(self.poison in str(each) for each in body["items"]):
            return web.json_response({"error": {"message": "script timed out"}}, status=500)
        dry = request.path.endswith("/query")
        known = request.query.get("sysparm_data_source") in self.sources
        items = [self._item(each, dry=dry, known=known) for each in body["items"]]
        return web.json_response({"result": {"items": items, "hasError": False}})

    def _item(self, item: dict[str, Any], *, dry: bool, known: bool) -> dict[str, Any]:
        if not known:
            return _error("INVALID_INPUT_DATA", "the data source is not set up")
        key, values = item["sys_object_source_info"]["source_native_key"], item["values"]
        found = [self.native[key]] if key in self.native else self._by_serial(values)
        if len(found) > 1:
            return {
                **_error("DUPLICATE_RECORDS_FOUND", "there are duplicates"),
                "identificationAttempts": [{"attemptResult": "MULTI_MATCH"}],
            }
        if not found:
            number = "" if dry else self.row(**values)
            self.native.update({} if dry else {key: number})
            return _did("INSERT", number, "NO_MATCH")
        row = self.rows[found[0]]
        changed = any(row.get(name) != value for name, value in values.items())
        if not dry:
            row.update(values)
            self.native[key] = found[0]
        return _did("UPDATE" if changed else "NO_CHANGE", found[0], "MATCHED")

    def _by_serial(self, values: dict[str, Any]) -> list[str]:
        serial = values.get("serial_number")
        return [n for n, row in self.rows.items() if serial and row.get("serial_number") == serial]

    def _table(self, query: dict[str, str]) -> web.Response:
        after = query["sysparm_query"].partition("sys_id>")[2].partition("^")[0]
        names = query["sysparm_fields"].split(",")
        rows = [self.rows[each] for each in sorted(self.rows) if each > after]
        shown = [{name: row.get(name, "") for name in names} for row in rows]
        return web.json_response({"result": shown[: int(query["sysparm_limit"])]})


_PATHS = ("/api/now/identifyreconcile", "/api/now/identifyreconcile/query")


def _did(operation: str, number: str, how: str) -> dict[str, Any]:
    attempts = [{"attemptResult": how}]
    return {"operation": operation, "sysId": number, "identificationAttempts": attempts}


def _error(error: str, message: str) -> dict[str, Any]:
    return {"operation": "NO_OPERATION", "sysId": "", "errors": [
        {"error": error, "message": message}
    ]}  # fmt: skip


@contextmanager
def servicenow() -> Iterator[ServiceNowStandIn]:
    standing_in = ServiceNowStandIn()
    with served(standing_in.wire):
        yield standing_in
