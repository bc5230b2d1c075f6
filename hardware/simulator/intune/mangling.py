"""What a fault makes of a sound answer; pure."""

from __future__ import annotations

import json

from hardware.simulator.intune.asking import Answer, Json
from hardware.simulator.intune.faults import AsPrinted, Fault, NextLink, RepeatPage, WrongTypes


def mangled(answer: Answer, fault: Fault | None, url: str) -> Answer:
    """Return what is sent instead; `url` is what was asked for."""
    body = answer.body
    if not isinstance(body, dict):
        return answer
    match fault:
        case WrongTypes():
            return _with(answer, _wrong(body))
        case RepeatPage():
            return _with(answer, {**body, "@odata.nextLink": url})
        case NextLink(link):
            return _with(answer, {**body, "@odata.nextLink": link})
        case AsPrinted() if not isinstance(body.get("value"), list):
            return _with(answer, {"value": body})
        case _:
            return answer


def printed(answer: Answer) -> bytes:
    """Return the bytes of the body."""
    return b"" if answer.body is None else json.dumps(answer.body).encode()


def _with(answer: Answer, body: Json) -> Answer:
    return Answer(answer.status, body, answer.headers)


def _wrong(body: dict[str, Json]) -> Json:
    """Keep the frame (`value` and its list) and turn every property into another type."""
    value = body.get("value")
    if isinstance(value, list):
        return {**body, "value": [_turned(entry) for entry in value]}
    return _turned(body)


def _turned(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _other(inner) for name, inner in value.items()}
    return _other(value)


def _other(value: Json) -> Json:
    match value:
        case None | bool():
            return "neither"
        case int() | float():
            return str(value)
        case str():
            return 7
        case _:
            return False
