"""Several requests in one: Graph's JSON batching.

Source: microsoftgraph/microsoft-graph-docs-contrib, concepts/json-batching.md: at most 20; each
part has its own status and headers; the answers may come in another order, as here they always do.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

from hardware.simulator.intune.asking import Answer, Asked, Json
from hardware.simulator.intune.refusals import CODES, RefusedError

MOST = 20
_FAILED = 400
Respond: TypeAlias = Callable[[Asked], Answer]


@dataclass(frozen=True, slots=True)
class _Part:
    id: str
    asked: Asked
    after: tuple[str, ...]


def batch(asked: Asked, respond: Respond) -> Answer:
    """Carry a batch out; one that is malformed as a whole is a `RefusedError` (400)."""
    parts = _parts(asked)
    done: dict[str, Answer] = {}
    for part in parts:
        done[part.id.casefold()] = _one(part, done, respond)
    responses: list[Json] = [_printed(part, done[part.id.casefold()]) for part in reversed(parts)]
    return Answer(200, {"responses": responses})


def _one(part: _Part, done: dict[str, Answer], respond: Respond) -> Answer:
    before = [done.get(name.casefold()) for name in part.after]
    if any(answer is None or answer.status >= _FAILED for answer in before):
        error: Json = {"code": CODES[424], "message": "A request that this depends on has failed."}
        return Answer(424, {"error": error})
    return respond(part.asked)


def _printed(part: _Part, answer: Answer) -> Json:
    headers: dict[str, Json] = {"Cache-Control": "no-cache", **answer.headers}
    said: dict[str, Json] = {"id": part.id, "status": answer.status, "headers": headers}
    if answer.body is not None:
        headers["Content-Type"] = "application/json"
        said["body"] = answer.body
    return said


def _parts(asked: Asked) -> list[_Part]:
    try:
        body = json.loads(asked.body)
    except (ValueError, RecursionError):
        raise _malformed() from None
    requests = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(requests, list) or not requests:
        raise _malformed()
    if len(requests) > MOST:
        raise RefusedError(
            400, f"Number of batch request steps exceeds the maximum value of {MOST}."
        )
    parts = [_part(asked, request) for request in requests]
    if len({part.id.casefold() for part in parts}) != len(parts):
        raise RefusedError(400, "Request Ids must be unique in a batch.")
    return parts


def _part(asked: Asked, request: object) -> _Part:
    if not isinstance(request, dict):
        raise _malformed()
    name, method, url = (request.get(key) for key in ("id", "method", "url"))
    after = request.get("dependsOn", [])
    if not (isinstance(name, str) and isinstance(method, str) and isinstance(url, str)):
        raise _malformed()
    if not isinstance(after, list):
        raise _malformed()
    body = _body(request)
    split = urlsplit(url)
    path = "/" + unquote(split.path).lstrip("/")
    if split.netloc or "$batch" in path:
        raise _malformed()
    query = dict(parse_qsl(split.query, keep_blank_values=True))
    part = Asked(method.upper(), path, query, body, asked.roles, asked.root, asked.client_request)
    return _Part(name, part, tuple(str(other) for other in after))


def _body(request: dict[str, object]) -> bytes:
    if "body" not in request:
        return b""
    headers = request.get("headers")
    names = {str(name).casefold() for name in headers} if isinstance(headers, dict) else set()
    if "content-type" not in names:
        raise RefusedError(400, "Write request id : Content-Type is required with a body.")
    return json.dumps(request["body"]).encode()


def _malformed() -> RefusedError:
    return RefusedError(400, "Invalid batch payload format.")
