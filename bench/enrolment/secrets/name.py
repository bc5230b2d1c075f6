"""What the name of a secret looks like: nothing that could be a secret itself by mistake."""

from __future__ import annotations

import re

PATTERN = r"[a-z0-9-]{1,40}"
_CREDENTIAL = "enrolment-"


def is_name(text: str) -> bool:
    """Whether a text can be the name of a secret."""
    return re.fullmatch(PATTERN, text, re.ASCII) is not None


def credential_of(name: str) -> str:
    """Return the name under which systemd knows it; it is bound into the sealed form."""
    return _CREDENTIAL + name


def named_by(credential: str) -> str:
    """Return the name of the secret that a credential holds, "" for one that is none of these."""
    name = credential.removeprefix(_CREDENTIAL)
    return name if credential.startswith(_CREDENTIAL) and is_name(name) else ""
