"""What the editor writes into a profile by itself; comments and order stay as they are."""

from __future__ import annotations

import re
import tomllib
from typing import Any

_LETTER = re.compile(r'^\s*letter\s*=\s*["\']([A-Z])["\']', re.MULTILINE)
_VARIANT = """
[[variant]]                  # an adjustment; a letter says that it is one, nothing says why
letter = "{letter}"

[[variant.step]]
name = "Adjusted"
confirm = "It is set up as the sheet for this letter says"
"""
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def raised(text: str) -> str:
    """Return a profile's text with its version raised by one; `ValueError` if it has none to raise.

    One that says no version is of version 1.
    """
    import tomlkit  # noqa: PLC0415 - 30 ms, where it is asked for
    from tomlkit.exceptions import TOMLKitError  # noqa: PLC0415 - as above

    try:
        document = tomlkit.parse(text)
        head: Any = document["profile"]
        head["version"] = version_of(text) + 1
    except (TOMLKitError, KeyError, TypeError) as error:
        raise ValueError("there is no [profile] with a version to raise") from error
    return tomlkit.dumps(document)


def version_of(text: str) -> int:
    """Return a profile's version; `ValueError` where it cannot be told."""
    head = tomllib.loads(text).get("profile", {})
    version = head.get("version", 1) if isinstance(head, dict) else None
    if not isinstance(version, int) or isinstance(version, bool):
        raise ValueError("the version is no whole number")  # noqa: TRY004 - of the text, not the type
    return version


def needs_version(before: str, after: str) -> bool:
    """Whether a profile now says something else under the version that it had.

    Comments and spaces say nothing; texts that are no profile need no version either.
    """
    try:
        was, now = tomllib.loads(before), tomllib.loads(after)
    except ValueError:
        return False
    return was != now and _version(was) == _version(now)


def with_variant(text: str) -> str:
    """Return a profile's text with a further variant at its end, of the first free letter."""
    taken = set(_LETTER.findall(text))
    letter = next((each for each in _LETTERS[1:] if each not in taken), "A")
    return f"{text.rstrip()}\n{_VARIANT.format(letter=letter)}"


def _version(document: dict[str, Any]) -> object:
    head = document.get("profile")
    return head.get("version", 1) if isinstance(head, dict) else None
