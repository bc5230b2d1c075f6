"""A client assertion: a JWT by which an application proves that it holds its key.

Sources: RFC 7515, 7519 and 7523; Microsoft identity platform, "application authentication
certificate credentials". Read with `cryptography` alone, so that it is a second opinion on
whatever library made it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from hardware.simulator.intune.asking import Json
from hardware.simulator.intune.oauth_refusals import SignInRefusedError

_SKEW = timedelta(minutes=5)
_PARTS = 3
_UNKNOWN_KEY = (
    "The certificate with identifier used to sign the client assertion is not registered on "
    "application. [Reason - The key was not found."
)
_BAD_SIGNATURE = (
    "Client assertion contains an invalid signature. [Reason - The provided signature value did "
    "not match the expected signature value."
)


@dataclass(frozen=True, slots=True)
class _Jwt:
    header: dict[str, Json]
    claims: dict[str, Json]
    signed: bytes
    signature: bytes


def verify(
    assertion: str, certificate: x509.Certificate, client: str, audiences: Collection[str],
    at: datetime,
) -> None:  # fmt: skip
    """Verify one; not proven is a `SignInRefusedError`, in the order the service looks."""
    jwt = _read(assertion)
    _check_signature(jwt, certificate)
    _check_time(jwt.claims, at)
    if jwt.claims.get("aud") not in audiences:
        raise SignInRefusedError(700023)
    if not jwt.claims.get("iss") == jwt.claims.get("sub") == client:
        raise SignInRefusedError(700021)


def encoded(data: bytes) -> str:
    """Return base64url without padding (RFC 7515, clause 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _read(assertion: str) -> _Jwt:
    parts = assertion.split(".")
    if len(parts) != _PARTS:
        raise _malformed()
    try:
        header, claims, signature = (_decoded(part) for part in parts)
        head, body = json.loads(header), json.loads(claims)
    except (ValueError, RecursionError):
        raise _malformed() from None
    if not isinstance(head, dict) or not isinstance(body, dict):
        raise _malformed()
    return _Jwt(head, body, f"{parts[0]}.{parts[1]}".encode(), signature)


def _decoded(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)


def _check_signature(jwt: _Jwt, certificate: x509.Certificate) -> None:
    thumbprint = certificate.fingerprint(hashes.SHA1())  # noqa: S303 - x5t is SHA-1 by its definition
    named = {
        "x5t": encoded(thumbprint),
        "x5t#S256": encoded(certificate.fingerprint(hashes.SHA256())),
        "kid": thumbprint.hex().upper(),
    }
    given = {key: _unpadded(jwt.header[key]) for key in named if key in jwt.header}
    if not given:
        raise _malformed("Invalid JWT token. No certificate thumbprint specified in token header.")
    if any(given[key] != named[key] for key in given):
        raise _not_proven(_UNKNOWN_KEY, given)
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey), "it was made here"
    try:
        key.verify(jwt.signature, jwt.signed, _padding(jwt.header.get("alg")), hashes.SHA256())
    except InvalidSignature:
        raise _not_proven(_BAD_SIGNATURE, given) from None


def _unpadded(value: Json) -> Json:
    """Drop padding that RFC 7515 forbids: the platform's own library sends it."""
    return value.rstrip("=") if isinstance(value, str) else value


def _padding(algorithm: Json) -> padding.AsymmetricPadding:
    """Return the padding; PS256 is what the platform asks for, RS256 what it still takes."""
    match algorithm:
        case "RS256":
            return padding.PKCS1v15()
        case "PS256":
            return padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
        case _:
            raise _malformed()


def _check_time(claims: dict[str, Json], at: datetime) -> None:
    begins, ends = _moment(claims.get("nbf", 0)), _moment(claims.get("exp"))
    if begins - at > _SKEW or at - ends >= _SKEW:
        now, begin, end = (f"{t:%Y-%m-%dT%H:%M:%S.%f}0Z" for t in (at, begins, ends))
        raise SignInRefusedError(700024, now=now, begins=begin, ends=end)


def _moment(claim: Json) -> datetime:
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        raise _malformed()
    try:
        return datetime.fromtimestamp(claim, UTC)
    except (OverflowError, ValueError, OSError):
        raise _malformed() from None


def _malformed(why: str = "JWT token is invalid or malformed.") -> SignInRefusedError:
    return SignInRefusedError(50027, why=why)


def _not_proven(why: str, given: dict[str, Json]) -> SignInRefusedError:
    return SignInRefusedError(700027, why=why, key=str(next(iter(given.values()))))
