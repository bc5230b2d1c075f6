"""The door described for other programs (OpenAPI 3.1), with made-up data."""

from __future__ import annotations

import base64
from typing import Any, Final

from fastapi import FastAPI
from pydantic import BaseModel

from bench import __version__
from bench.inventory.door.callers import BENCH_HEADER, BENCH_PATTERN
from bench.inventory.door.refusals import MEDIA_TYPE, Code, titles
from bench.inventory.door.words import (
    ExchangeAnswered,
    ExchangeSaid,
    HealthAnswered,
    ProblemAnswered,
)

_REFERENCE = "#/components/schemas/{model}"
_MODELS: tuple[type[BaseModel], ...] = (
    ExchangeSaid, ExchangeAnswered, HealthAnswered, ProblemAnswered,
)  # fmt: skip
_REFUSED = (
    Code.NO_HTTP, Code.NOT_LET_IN, Code.TOO_SLOW, Code.TOO_MUCH, Code.WRONG_MEDIA, Code.MALFORMED,
    Code.BENCH_BUSY, Code.CENTRE_BUSY, Code.STORE_AWAY,
)  # fmt: skip
_BODY = (
    '{"at":"2026-11-24T10:00:00.000Z","bench":"bench-07","epoch":1,'
    '"id":"019ac3d2-0000-7000-8000-000000000001","prev":"' + "0" * 64 + '",'
    '"seq":1,"type":"scanned","v":1}'
)
_ASKED: Final = {
    "epoch": 1, "from_seq": 1, "bodies": [_BODY], "sigs": [base64.b64encode(bytes(64)).decode()],
    "asks": {"hello": True, "imeis": ["004400000000008"]},
}  # fmt: skip
_TOLD: Final = {
    "status": "ok", "accepted_through": 1, "head_hash": base64.b64encode(bytes(32)).decode(),
    "stored": 1,
    "answers": {
        "hello": {
            "name": "made-up centre", "simulated": True, "form": 1, "bench": "bench-07",
            "epoch": 1, "now": "2026-11-24T10:00:01.000Z",
        },
        "sightings": [],
    },
}  # fmt: skip


def _media(model: type[BaseModel], example: object, media: str = "application/json") -> Any:  # noqa: ANN401 - OpenAPI is JSON
    reference = {"$ref": _REFERENCE.format(model=model.__name__)}
    return {media: {"schema": reference, "example": example}}


def _refusals(codes: tuple[Code, ...]) -> dict[int | str, Any]:
    by_status: dict[int | str, Any] = {}
    for code in codes:
        status, title = titles()[code]
        example = {"type": f"tag:…/{code}", "title": title, "status": status, "code": code}
        before = by_status.get(status, {}).get("description", "")
        by_status[status] = {
            "description": f"{before} {code}: {title}".strip(),
            "content": _media(ProblemAnswered, example, MEDIA_TYPE),
        }
        if code in (Code.BENCH_BUSY, Code.CENTRE_BUSY, Code.STORE_AWAY):
            by_status[status]["headers"] = {
                "Retry-After": {"description": "seconds", "schema": {"type": "integer"}}
            }
    return by_status


EXCHANGE: Final[dict[str, Any]] = {
    "summary": "Bring events, ask, and hear where the store stands",
    "description": "The same request may be made any number of times: what the store has, it"
    " compares and does not store again. A body may come as gzip.",
    "operation_id": "exchange",
    "response_model": None,
    "responses": {
        200: {"description": "How it went.", "content": _media(ExchangeAnswered, _TOLD)},
        **_refusals(_REFUSED),
    },
    "openapi_extra": {
        "security": [{"certificate": []}, {"token": []}],
        "parameters": [{
            "name": BENCH_HEADER, "in": "header", "required": True, "example": "bench-07",
            "description": "The bench's name, which its certificate or token must be of.",
            "schema": {"type": "string", "pattern": BENCH_PATTERN},
        }],
        "requestBody": {"required": True, "content": _media(ExchangeSaid, _ASKED)},
    },
}  # fmt: skip
HEALTH: Final[dict[str, Any]] = {
    "summary": "Whether the door is open; nothing of the store",
    "operation_id": "health",
    "response_model": None,
    "responses": {
        200: {"description": "It is.", "content": _media(HealthAnswered, {"status": "ok"})},
        **_refusals((Code.NO_HTTP,)),
    },
}


def complete(app: FastAPI) -> None:
    """Have the application describe what its models and certificates are too."""
    app.title, app.version = "Staging Bench centre", __version__
    app.description = "The second door of the central store: the same exchange, over HTTPS."
    plain = app.openapi
    made: dict[str, Any] = {}

    def described() -> dict[str, Any]:
        if not made:
            made.update(_described(plain()))
        return made

    app.openapi = described  # type: ignore[method-assign]


def _described(document: dict[str, Any]) -> dict[str, Any]:
    parts = document.setdefault("components", {})
    parts["schemas"] = {**parts.get("schemas", {}), **_schemas()}
    parts["securitySchemes"] = {
        "certificate": {"type": "mutualTLS", "description": "of the centre's authority"},
        "token": {"type": "http", "scheme": "bearer"},
    }
    return document


def _schemas() -> dict[str, Any]:
    schemas: dict[str, Any] = {}
    for model in _MODELS:
        schema = model.model_json_schema(ref_template=_REFERENCE)
        schemas |= schema.pop("$defs", {})
        schemas[model.__name__] = schema
    return schemas
