"""How the Microsoft identity platform says no.

Source: "Microsoft Entra authentication and authorization error codes" (MicrosoftDocs/entra-docs,
reference-error-codes.md) and RFC 6749, clause 5.2; texts as printed in public issues.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from hardware.simulator.intune.asking import Answer, Json


class SignInRefusedError(Exception):
    """A sign-in cannot be done: AADSTS `number`, OAuth's `error`, and the text between."""

    def __init__(self, number: int, error: str, text: str, suberror: str = "") -> None:
        super().__init__(text)
        self.number = number
        self.error = error
        self.text = text
        self.suberror = suberror

    @property
    def status(self) -> int:
        """Return 401 for a client that could not prove itself, else 400."""
        return 401 if self.error == "invalid_client" else 400


def oauth_refusal(
    refused: SignInRefusedError, at: datetime, origin: str, correlation: str = ""
) -> Answer:
    """Return the refusal as it is sent; `correlation` is the caller's own number for it."""
    trace, correlation = str(uuid.uuid4()), correlation or str(uuid.uuid4())
    when = f"{at:%Y-%m-%d %H:%M:%S}Z"
    body: dict[str, Json] = {
        "error": refused.error,
        "error_description": (
            f"AADSTS{refused.number}: {refused.text}\r\nTrace ID: {trace}\r\n"
            f"Correlation ID: {correlation}\r\nTimestamp: {when}"
        ),
        "error_codes": [refused.number],
        "timestamp": when,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"{origin}/error?code={refused.number}",
    }
    if refused.suberror:
        body["suberror"] = refused.suberror
    return Answer(refused.status, body)
