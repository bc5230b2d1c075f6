"""Looking for what was erased: byte by byte, in every file of a folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def traces(folder: Path, secrets: Iterable[bytes]) -> dict[str, list[bytes]]:
    """Return which of the byte strings still stand in which files, also in hex and UTF-16.

    Only for a folder whose record is closed: reading a database that is open drops its locks.
    """
    wanted = {form for secret in secrets for form in _forms(secret)}
    found = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = file.read_bytes()
        if seen := sorted(secret for secret in wanted if secret in content):
            found[file.name] = seen
    return found


def _forms(secret: bytes) -> list[bytes]:
    forms = [secret, secret.hex().encode(), secret.hex().upper().encode()]
    try:
        return [*forms, secret.decode().encode("utf-16-le")]
    except UnicodeDecodeError:
        return forms
