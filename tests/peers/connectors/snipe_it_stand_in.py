"""A stand-in for Snipe-IT over real HTTP, with every behaviour that a feeder falls over.

HTTP 200 for errors; values of GET escaped as HTML; 429 without Retry-After; a PATCH with the serial
number that is there already refused; a second check-out refused; two creates at once both done; a
redirect to the sign-in page for who does not ask for JSON; archived assets hidden.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from tests.peers.connectors.snipe_it_stock import NoError, Stock
from tests.peers.connectors.stand_in import StandIn, served

TOKEN = "canary-4711-token-that-nobody-sees"
MINUTE = 60.0


@dataclass
class SnipeItStandIn:
    """The service: its stock, its wire, and its throttle of fixed minutes by `clock`.

    `none` is what it says where there is none; with a status and words that it `mumbles`, it
    fails to look.
    """

    stock: Stock = field(default_factory=Stock)
    per_minute: int = 1_000_000
    clock: Callable[[], float] = time.time
    wire: StandIn = field(init=False)
    refused: int = 0
    none: str = "Asset does not exist."
    mumbles: tuple[int, str] = (0, "")
    shift: Callable[[Stock], None] | None = None
    _window: float = float("-inf")
    _left: int = 0

    def __post_init__(self) -> None:
        self.wire = StandIn(self.answer)

    async def answer(self, request: web.Request, body: Any) -> web.Response:
        if "application/json" not in request.headers.get("Accept", ""):
            return web.Response(status=302, headers={"Location": "/login"})
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"error": "Unauthorized."}, status=401)
        if (refusal := self._throttled()) is not None:
            return refusal
        if body is ValueError:
            return web.json_response(_no("Invalid JSON"), status=422)
        if self.mumbles[0] and "/hardware/by" in request.raw_path:
            return web.json_response(_no(self.mumbles[1]), status=self.mumbles[0])
        answered = self._routed(request, body or {})
        answered.headers["X-RateLimit-Limit"] = str(self.per_minute)
        answered.headers["X-RateLimit-Remaining"] = str(self._left)
        return answered

    def _throttled(self) -> web.Response | None:
        now = self.clock()
        if now - self._window >= MINUTE:
            self._window, self._left = now, self.per_minute
        if self._left <= 0:
            self.refused += 1
            return web.json_response(_no("Too many requests"), status=429)
        self._left -= 1
        return None

    def _routed(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        parts = [unquote(each) for each in request.raw_path.partition("?")[0].split("/")[1:]]
        if parts[:2] != ["api", "v1"]:
            return web.json_response(_no("404 endpoint not found"), status=404)
        try:
            return web.json_response(self._done(request, parts[2:], body))
        except NoError as error:
            return web.json_response(_no(error.args[0]))
        except LookupError:
            return web.json_response(_no("Method not allowed"), status=405)

    def _done(self, request: web.Request, parts: list[str], body: dict[str, Any]) -> Any:
        match request.method, parts:
            case "GET", ["hardware", "bytag", tag]:
                return self._found(self.stock.by("asset_tag", tag), many=False)
            case "GET", ["hardware", "byserial", serial]:
                return self._found(self.stock.by("serial", serial), many=True)
            case "GET", ["hardware"]:
                listed = self.stock.listed(dict(request.query))
                if self.shift is not None:
                    self.shift(self.stock)
                return listed
            case "GET", ["hardware", number]:
                return self.stock.shown(self.stock._asset(int(number)))
            case "GET", [room] if room in _ROOMS:
                return self._room(room, dict(request.query))
            case (("POST" | "PATCH" | "DELETE"), _):
                return _yes(
                    self._removed(parts) if request.method == "DELETE" else self._told(parts, body)
                )
            case _:
                raise LookupError

    def _removed(self, parts: list[str]) -> dict[str, Any]:
        self.stock._asset(int(parts[1]))["deleted"] = True
        return {}

    def _told(self, parts: list[str], body: dict[str, Any]) -> Any:
        if parts[0] != "hardware":
            return self._made(parts, body)
        match parts:
            case ["hardware"]:
                return self.stock.create(body)
            case ["hardware", number, "checkout"]:
                return self.stock.check_out(int(number), body)
            case ["hardware", number, "checkin"]:
                return self.stock.check_in(int(number), body)
            case ["hardware", number]:
                return self.stock.patch(int(number), body)
            case _:
                raise LookupError

    def _made(self, parts: list[str], body: dict[str, Any]) -> Any:
        match parts:
            case ["fields"]:
                made = self.stock.custom(body["name"], is_unique=bool(body.get("is_unique")))
                return self.stock.fields[made]
            case ["fields", number, "associate"]:
                self.stock.fieldsets[body["fieldset_id"]]["fields"].append(int(number))
                return {}
            case ["fieldsets"]:
                return {"id": self.stock.fieldset(body["name"])}
            case ["models"]:
                return {"id": self.stock.model(body["name"], body.get("fieldset_id"))}
            case ["statuslabels"]:
                return {"id": self.stock.label(body["name"], body["type"])}
            case _:
                raise LookupError

    def _found(self, found: list[dict[str, Any]], *, many: bool) -> Any:
        if not found:
            raise NoError(self.none)
        if len(found) == 1 and not many:
            return self.stock.shown(found[0])
        return {"total": len(found), "rows": [self.stock.shown(each) for each in found]}

    def _room(self, name: str, query: dict[str, str]) -> Any:
        room: dict[int, dict[str, Any]] = getattr(self.stock, _ROOMS[name])
        rows = [self._row(name, each) for each in room.values()]
        offset, limit = int(query.get("offset", 0)), min(int(query.get("limit", 50)), 500)
        return {"total": len(rows), "rows": rows[offset:][:limit]}

    def _row(self, name: str, its: dict[str, Any]) -> dict[str, Any]:
        if name != "fieldsets":
            return dict(its)
        rows = [self.stock.fields[number] for number in its["fields"]]
        return {**its, "fields": {"total": len(rows), "rows": rows}}


_ROOMS = {
    "statuslabels": "labels", "models": "models", "fields": "fields", "fieldsets": "fieldsets",
}  # fmt: skip


def _yes(payload: Any) -> dict[str, Any]:
    return {"status": "success", "messages": "ok", "payload": payload}


def _no(messages: Any) -> dict[str, Any]:
    return {"status": "error", "messages": messages, "payload": None}


@contextmanager
def snipe_it(**its: Any) -> Iterator[SnipeItStandIn]:
    standing_in = SnipeItStandIn(**its)
    with served(standing_in.wire):
        yield standing_in
