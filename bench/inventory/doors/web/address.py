"""Where a centre is over HTTPS, as the settings say it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.problems import Problem, ProblemCode, ProblemError

_PORT = 443
_EXCHANGE = "/v1/exchange"


@dataclass(frozen=True, slots=True)
class WebAddress:
    """A host, a port, and under which path the exchange is."""

    host: str
    port: int
    target: str

    @classmethod
    def parse(cls, text: str) -> WebAddress:
        """Read `https://HOST[:PORT][/PATH]`. Raises `ProblemError` (CENTRE_UNUSABLE).

        What is refused is not repeated: a password may stand in it.
        """
        try:
            parts = urlsplit(text)
            port = _PORT if parts.port is None else parts.port
        except ValueError as error:
            raise _unusable() from error
        strange = parts.username or parts.password or parts.query or parts.fragment
        usable = text.isascii() and text.isprintable() and " " not in text
        if parts.scheme != "https" or not parts.hostname or not port or strange or not usable:
            raise _unusable()
        return cls(parts.hostname, port, parts.path.rstrip("/") + _EXCHANGE)

    def __str__(self) -> str:
        """Where it is, for people."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def _unusable() -> ProblemError:
    detail = "an address is https://HOST, a port and a path if need be"
    return ProblemError(Problem(ProblemCode.CENTRE_UNUSABLE, "central.address", detail))
