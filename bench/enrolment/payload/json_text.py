"""Payloads as text and back: JSON (RFC 8259), read so strictly that no two readers differ."""

from __future__ import annotations

import json
from typing import Never

from bench.enrolment.payload.additions import Document
from bench.enrolment.payload.refusing import unusable

_LARGEST = 100_000
"""Characters of a text that is looked at; no code holds a thirtieth of it."""


def minified(document: Document) -> str:
    """Return it on one line without white space, in ASCII: no camera has to guess an encoding."""
    return json.dumps(document, ensure_ascii=True, separators=(",", ":"))


def read(text: str) -> Document:
    """Return the object that a text is; `ProblemError` PAYLOAD_UNUSABLE where it is none."""
    found = _read(text)
    if isinstance(found, str):
        raise unusable("JSON", found)
    return found


def _read(text: str) -> Document | str:
    """Return the object, or what is wrong; what the parser raises holds the text and ends here."""
    if len(text) > _LARGEST:
        return f"it has {len(text):,} characters"
    try:
        found = json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        return f"it breaks at character {error.pos + 1} of {len(text)}"
    except _FaultError as fault:
        return str(fault)
    except RecursionError:
        return "it is nested too deeply"
    except ValueError:  # Python's own, of a whole number with thousands of digits
        return "it has a number that is too long"
    return found if isinstance(found, dict) else "it is no object in braces"


def _object(pairs: list[tuple[str, object]]) -> Document:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _FaultError("a key stands in it twice")
    return found


def _no_number(_word: str) -> Never:
    raise _FaultError("it has a number that is none")


class _FaultError(ValueError):
    """What JSON would let pass and two readers would take differently."""
