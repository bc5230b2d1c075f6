"""What in a profile's text looks like a secret: profiles are copied, printed and kept for years.

It is a guess by names and by looks, so that a mistake is found; no text is proven to hold none.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

_NAME = re.compile(
    r"key(?!board)|token|secret|pass(?!ive|eng)|pwd|credential|cookie|session|signature|auth(?!or)"
    r"|(^|[^a-z])(sig|sas|pin|jwt|code|et)$",
    re.IGNORECASE,
)
_RANDOM = re.compile(
    r"eyJ[\w.-]{20,}"  # a JSON Web Token
    r"|(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[\w+/=~-]{20,}"
    r"|[0-9a-fA-F]{32,}",
    re.ASCII,
)


def is_name(text: str) -> bool:
    """Whether a secret would be called that."""
    return _NAME.search(text) is not None


def is_in(address: str) -> bool:
    """Whether an address of the web has a password, or what looks like a secret behind ? or #."""
    try:
        parts = urlsplit(address)
    except ValueError:  # it is no address
        return False
    if parts.password:
        return True
    said = (pair for part in (parts.query, parts.fragment) for pair in _pairs(part))
    return any(is_name(name) or _is_random(name) or _is_random(value) for name, value in said)


def _pairs(query: str) -> list[tuple[str, str]]:
    return [pair for part in query.split(";") for pair in parse_qsl(part, keep_blank_values=True)]


def _is_random(text: str) -> bool:
    return _RANDOM.fullmatch(text) is not None
