"""Who asks at the door, as the request says it; the store knows whether it is true."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509

from bench.inventory.door.refusals import Code, DoorError

BENCH_HEADER = "Staging-Bench"
BENCH_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"
TLS = "tls"
"""The name of the ASGI extension that carries the peer's certificate (ASGI TLS extension 0.2)."""
_BEARER = re.compile(r"[Bb]earer +([A-Za-z0-9._~+/-]{16,512}=*)")


@dataclass(frozen=True, slots=True)
class Caller:
    """A bench by its name, and by what it would show that: a certificate's serial, a token."""

    bench: str
    serial: int | None = None
    token_sha256: bytes | None = field(default=None, repr=False)


def caller_of(scope: Mapping[str, Any]) -> Caller:
    """Return who asks, from an ASGI scope. Raises `DoorError`."""
    bench = _one(scope["headers"], BENCH_HEADER)
    if bench is None or re.fullmatch(BENCH_PATTERN, bench) is None:
        raise DoorError(Code.MALFORMED, f"{BENCH_HEADER} names one bench.")
    caller = Caller(bench, _serial(scope), _token(_one(scope["headers"], "Authorization")))
    if caller.serial is None and caller.token_sha256 is None:
        raise DoorError(Code.NOT_LET_IN)
    return caller


def _one(headers: Iterable[tuple[bytes, bytes]], name: str) -> str | None:
    wanted = name.lower().encode()
    found = [value for each, value in headers if each == wanted]
    return found[0].decode("latin-1") if len(found) == 1 else None


def _token(said: str | None) -> bytes | None:
    found = _BEARER.fullmatch(said or "")
    return hashlib.sha256(found[1].encode()).digest() if found else None


def _serial(scope: Mapping[str, Any]) -> int | None:
    shown = scope.get("extensions", {}).get(TLS, {}).get("client_cert_chain", ())
    return x509.load_pem_x509_certificate(shown[0].encode()).serial_number if shown else None
