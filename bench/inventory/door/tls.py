"""How the door speaks TLS."""

from __future__ import annotations

import ssl
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509


class TellingTls(ssl.SSLObject):
    """Tells a peer why it is not let in.

    asyncio (3.11) hangs up on a failed handshake before it sent OpenSSL's alert, so that an ended
    certificate would look like a broken line. Asking for more first makes it send what there is.
    """

    _failed: ssl.SSLError | None = None

    def do_handshake(self) -> None:
        """Shake hands; a failure is raised when there is something to read again."""
        if self._failed is not None:
            raise self._failed
        try:
            super().do_handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise
        except ssl.SSLError as error:
            self._failed = error
            raise ssl.SSLWantReadError from error


class RenewableTls(ssl.SSLContext):
    """Speaks TLS as `current` does, for each connection that begins from now on.

    A context can be given another certificate, but not another authority in place of its own.
    """

    current: ssl.SSLContext

    @classmethod
    def of(cls, current: ssl.SSLContext) -> RenewableTls:
        """Begin with this one."""
        its = cls(ssl.PROTOCOL_TLS_SERVER)
        its.current = current
        return its

    def wrap_bio(self, *words: Any, **more: Any) -> ssl.SSLObject:  # noqa: ANN401 - ssl's own
        """Begin to speak; the one way in which asyncio uses a context."""
        return self.current.wrap_bio(*words, **more)


def ends_at(certificate: Path) -> datetime:
    """Return when the first certificate of a PEM file ends, UTC; `OSError`, `ValueError`."""
    return x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc


def server_tls(certificate: str, key: str | None, client_authority: str | None) -> ssl.SSLContext:
    """Return how the door speaks TLS: 1.2 at least; a client's certificate is of that authority.

    A client may show none: it has a token then. No session is resumed: it would outlive the end of
    a certificate. Raises `OSError` where the files cannot be used.
    """
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.sslobject_class = TellingTls
    tls.minimum_version = ssl.TLSVersion.TLSv1_2
    tls.options |= ssl.OP_NO_TICKET | ssl.OP_NO_RENEGOTIATION
    tls.num_tickets = 0
    tls.load_cert_chain(certificate, key, password="")
    if client_authority is not None:
        tls.load_verify_locations(client_authority)
        tls.verify_mode = ssl.CERT_OPTIONAL
    return tls
