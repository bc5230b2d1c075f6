"""How Graph says no.

Sources: Microsoft Graph, "Error responses and resource types" (microsoftgraph/
microsoft-graph-docs-contrib, concepts/errors.md), and answers of the service as printed in public
issues (microsoft-graph-explorer-v4 #3157): Intune's own refusals carry a JSON text as `message`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from hardware.simulator.intune.asking import Answer, Json

CODES = {
    400: "BadRequest",
    401: "InvalidAuthenticationToken",
    403: "Forbidden",
    404: "ResourceNotFound",
    405: "Request_BadRequest",
    409: "Conflict",
    412: "PreconditionFailed",
    413: "RequestEntityTooLarge",
    424: "FailedDependency",
    429: "TooManyRequests",
    500: "InternalServerError",
    502: "BadGateway",
    503: "ServiceUnavailable",
    504: "GatewayTimeout",
}
MESSAGES = {
    400: "The request is malformed or incorrect.",
    401: "Access token has expired or is not yet valid.",
    403: "Access is denied to the requested resource.",
    404: "The requested resource doesn't exist.",
    409: "The current state conflicts with what the request expects.",
    413: "The request size exceeds the maximum limit.",
    429: "Too many requests.",
    500: "An internal server error has occurred.",
    503: "The service is temporarily unavailable.",
    504: "The server did not receive a timely response.",
}
"""What is said of a refusal on demand, in the words of the table of status codes."""
_NOBODY = uuid.UUID(int=0)


class RefusedError(Exception):
    """A request cannot be done: what it is to be answered with, but for the time and its number."""

    def __init__(self, status: int, message: str, code: str = "", **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code or CODES.get(status, "UnknownError")
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def refusal(error: RefusedError, at: datetime, client_request: str = "") -> Answer:
    """Return a refusal in Graph's form; `client_request` is the caller's own number for it."""
    request = str(uuid.uuid4())
    numbers = {"request-id": request, "client-request-id": client_request or request}
    said: dict[str, Json] = {
        "code": error.code,
        "message": error.message,
        "innerError": {"date": f"{at:%Y-%m-%dT%H:%M:%S}", **numbers},
    }
    return Answer(error.status, {"error": said}, {**numbers, **error.headers})


def intune_message(text: str, path: str) -> str:
    """Return the JSON text that Intune puts into `message`."""
    activity = uuid.uuid4()
    said = (
        f"{text} - Operation ID (for customer support): {_NOBODY} - Activity ID: {activity} - "
        f"Url: https://fef.example.test/DeviceFE/StatelessDeviceFEService{path}"
    )
    told: Mapping[str, object] = {
        "_version": 3,
        "Message": said,
        "CustomApiErrorPhrase": "",
        "RetryAfter": None,
        "ErrorSourceService": "",
        "HttpHeaders": "{}",
    }
    return json.dumps(told, indent=2)


def may_not(path: str, wanted: Iterable[str]) -> RefusedError:
    """Return the refusal of a caller who has none of the permissions."""
    names = ", ".join(sorted(wanted))
    text = (
        "Application is not authorized to perform this operation. Application must have one of "
        f"the following scopes: {names}"
    )
    return RefusedError(403, intune_message(text, path))


def not_found(path: str, what: str = "Resource") -> RefusedError:
    """Return the refusal of something that is not there."""
    return RefusedError(404, intune_message(f"{what} not found.", path))
