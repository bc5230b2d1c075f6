"""How the Microsoft identity platform says no.

Sources: RFC 6749, clause 5.2; RFC 8628, clause 3.5; MicrosoftDocs/entra-docs,
docs/identity-platform/reference-error-codes.md; texts as printed in public issues
(microsoft-authentication-library-for-js #8339, -for-dotnet #4951, cli-microsoft365 #1621).
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from hardware.simulator.intune.asking import Answer, Json

_DOCUMENTATION: Final = (
    "Review the documentation at "
    "https://learn.microsoft.com/entra/identity-platform/certificate-credentials."
)
_WORD: Final = 160
_AADSTS: Final[dict[int, tuple[str, str]]] = {
    50027: ("invalid_request", "{why}"),
    54005: ("invalid_grant", "OAuth2 Authorization code was already redeemed."),
    65001: (
        "invalid_grant",
        (
            "The user or administrator has not consented to use the application with ID "
            "'{client}'. Send an interactive authorization request for this user and resource."
        ),
    ),
    70000: ("invalid_grant", "Provided grant is invalid or malformed."),
    70003: ("unsupported_grant_type", "The app requested an unsupported grant type '{grant}'."),
    70016: (
        "authorization_pending",
        "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
    ),
    70018: ("authorization_declined", "The user declined the authorization request."),
    70019: ("bad_verification_code", "The verification code is not known."),
    70020: ("expired_token", "The device code has expired."),
    70021: ("slow_down", "The client asks more often than the interval that it was told."),
    90002: (
        "invalid_request",
        (
            "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and "
            "are signing into the correct cloud."
        ),
    ),
    90033: ("temporarily_unavailable", "A transient error has occurred. Please try again."),
    500011: (
        "invalid_resource",
        "The resource principal named {resource} was not found in the tenant named {tenant}.",
    ),
    700016: (
        "unauthorized_client",
        (
            "Application with identifier '{client}' was not found in the directory '{tenant}'. "
            "This can happen if the application has not been installed by the administrator of the "
            "tenant or consented to by any user in the tenant."
        ),
    ),
    700021: (
        "invalid_client",
        "Client assertion application identifier doesn't match 'client_id' parameter. "
        + _DOCUMENTATION,
    ),
    700023: (
        "invalid_client",
        "Client assertion audience claim does not match Realm issuer. " + _DOCUMENTATION,
    ),
    700024: (
        "invalid_client",
        "Client assertion is not within its valid time range. Current time: {now}, assertion "
        "valid from {begins}, expiry time of assertion {ends}. " + _DOCUMENTATION,
    ),
    700027: (
        "invalid_client",
        "{why}, Thumbprint of key used by client: '{key}'] " + _DOCUMENTATION,
    ),
    700082: ("invalid_grant", "The refresh token has expired due to inactivity."),
    900144: (
        "invalid_request",
        "The request body must contain the following parameter: '{name}'.",
    ),
    1002012: (
        "invalid_scope",
        (
            "The provided value for scope {scope} is not valid. Client credential flows must have "
            "a scope value with /.default suffixed to the resource identifier (application ID URI)."
        ),
    ),
    7000218: (
        "invalid_client",
        (
            "The request body must contain the following parameter: 'client_assertion' or "
            "'client_secret'."
        ),
    ),
}
"""Number to OAuth's error and the text. Numbers of 70018 to 70021 are not confirmed."""
_SUBERRORS: Final = {65001: "consent_required", 70000: "bad_token", 700082: "token_expired"}


class SignInRefusedError(Exception):
    """A sign-in cannot be done: the `number` of its AADSTS code, OAuth's `error`, and why."""

    def __init__(self, number: int, **words: str) -> None:
        self.number = number
        self.error, text = _AADSTS[number]
        self.text = text.format_map({name: word[:_WORD] for name, word in words.items()})
        super().__init__(self.text)

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
    if refused.number in _SUBERRORS:
        body["suberror"] = _SUBERRORS[refused.number]
    return Answer(refused.status, body)
