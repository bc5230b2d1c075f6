"""The troubles one has with a service over HTTP, as problems in plain words without secrets. Pure.

A service's own words are shown to whoever has to mend it: cut, made plain, and with everything
masked that may be a token.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from http import HTTPStatus as Http

from bench.enrolment.intune.permissions import WHY, Permission
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

WHERE = "Intune"
BUSY = (
    Http.TOO_MANY_REQUESTS, Http.BAD_GATEWAY, Http.SERVICE_UNAVAILABLE, Http.GATEWAY_TIMEOUT, 509,
)  # fmt: skip
"""Answers that say: later. Source: Microsoft Graph error responses (509: bandwidth)."""

_LIMIT = 160
_LEAST_TOKEN = 16
_RUN = re.compile(rf"[A-Za-z0-9_+/=~]{{{_LEAST_TOKEN},}}", re.ASCII)
_WORDS = re.compile(r"(?:[A-Z]?[a-z]{2,})+", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}", re.ASCII)
_AFTERMATH = re.compile(r" - Operation ID.*", re.DOTALL)


def trouble(code: ProblemCode, detail: str = "") -> ProblemError:
    """Return a problem with the service; its detail is scrubbed."""
    return ProblemError(Problem(code, WHERE, scrubbed(detail)))


def garbled(detail: str) -> ProblemError:
    """Return the problem of an answer that none gives."""
    return trouble(ProblemCode.SERVICE_GARBLED, detail)


def unreachable(detail: str) -> ProblemError:
    """Return the problem of no answer."""
    return trouble(ProblemCode.SERVICE_UNREACHABLE, detail)


def busy(detail: str) -> ProblemError:
    """Return the problem of a service that asks to wait, longer than anyone here does."""
    return trouble(ProblemCode.SERVICE_BUSY, detail)


def refusal(status: int, words: str, permission: Permission) -> ProblemError:
    """Return what an answer that is neither success nor "later" means, in the service's own words.

    `permission` is what the request takes: a 403 names it.
    """
    if status == Http.UNAUTHORIZED:
        return trouble(ProblemCode.SIGN_IN_AGAIN, words)
    if status == Http.FORBIDDEN:
        need = f"it needs {permission}, {WHY[permission]}"
        return trouble(ProblemCode.SERVICE_REFUSED, f"{status}: {need}; {words}")
    if Http.BAD_REQUEST <= status < Http.INTERNAL_SERVER_ERROR:
        return trouble(ProblemCode.SERVICE_REFUSED, f"{status} {words}")
    if Http.MULTIPLE_CHOICES <= status < Http.BAD_REQUEST:
        return garbled(f"{status}: it sends elsewhere, which is not followed")
    return garbled(f"{status} {words}")


def said(body: bytes) -> str:
    """Return the code and the words of an error body, as `said_in`."""
    return said_in(_object(body))


def said_in(body: Mapping[str, object]) -> str:
    """Return the code and the words of an error, scrubbed; where there is none, that.

    Source: Microsoft Graph error responses; Intune puts another JSON object into `message`.
    """
    error = body.get("error")
    if not isinstance(error, Mapping):
        return "no reason given"
    code, message = error.get("code"), error.get("message")
    code = code if isinstance(code, str) and _CODE.fullmatch(code) else ""
    message = _inner(message) if isinstance(message, str) else ""
    return scrubbed(": ".join(part for part in (code, message) if part)) or "no reason given"


def scrubbed(text: str) -> str:
    """Return text as one plain line in which every run of characters that may be a token is `…`.

    A run of 16 or more letters and digits is kept only where it is words (`ReadWriteAll`).
    """
    return plain(_RUN.sub(_masked, text[: 4 * _LIMIT]), _LIMIT)


def _masked(found: re.Match[str]) -> str:
    return found[0] if _WORDS.fullmatch(found[0]) else "…"


def _inner(message: str) -> str:
    """Unwrap `{"Message": "… - Operation ID …"}`, which may itself be wrapped once more."""
    for key in ("Message", "Message"):
        value = _object(message.encode("utf-8", "replace")).get(key)
        message = value if isinstance(value, str) else message
    return _AFTERMATH.sub("", message)


def _object(body: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
