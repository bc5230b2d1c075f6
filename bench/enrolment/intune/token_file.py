"""A token that an administrator handed over as a file, for a bench without network. Pure.

The admin console's "Export token" is JSON (memdocs, "device-staging-overview"); its keys are not
documented, so that several forms are taken: what a code says, as it is; the inner object that Knox
Mobile Enrollment takes; a profile as Graph writes it; and the bare token.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from bench.enrolment.intune.fallback import COMPONENT_KEY, EXTRAS_KEY, TOKEN_KEY, built
from bench.enrolment.intune.fields import read_time
from bench.events.management import EnrolmentContent, TokenKind
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

LIMIT = 65_536
"""Bytes of a file at most; a code holds less than 3,000."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,512}", re.ASCII)
_TOKEN_KEYS = (TOKEN_KEY, "tokenValue", "enrollmentToken")
_EXPIRY_KEYS = ("tokenExpirationDateTime", "expirationDateTime", "expirationTimestamp")
_KIND_KEY, _CONTENT_KEY = "enrollmentTokenType", "qrCodeContent"
_COUNT = re.compile(r"[+-]?\d{9,}(\.\d+)?", re.ASCII)
_MILLISECONDS = 1e11
"""From here on a count since 1970 is of milliseconds: of seconds it were the year 5138."""
_LEAST = datetime(2001, 1, 1, tzinfo=UTC)
"""Before it nothing ended that enrols: a count that says so says something else."""
_DEPTH = 4
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"),
          (codecs.BOM_UTF16_BE, "utf-16-be"))  # fmt: skip


def decoded(file: bytes, name: str) -> str:
    """Return the text of a file in UTF-8, or UTF-16 with a byte order mark as Windows writes it.

    Raises `ProblemError` SECRET_UNUSABLE, as `content_of`.
    """
    if len(file) > LIMIT:
        raise _unusable(name, f"it is larger than {LIMIT} bytes")
    mark, encoding = next((each for each in _MARKS if file.startswith(each[0])), (b"", "utf-8"))
    text = None
    with suppress(UnicodeDecodeError):  # which holds the whole file
        text = file[len(mark) :].decode(encoding).strip()
    if text is None:
        raise _unusable(name, "it is no text")
    return text


def content_of(text: str, name: str, now: datetime) -> EnrolmentContent:
    """Return what a token file enrols with; `name` is what the secret or the file is called.

    Raises `ProblemError` SECRET_UNUSABLE for a text that is none of the forms above, and
    TOKEN_EXPIRED where the file says since when; no text says what was in the file.
    """
    if _TOKEN.fullmatch(text):
        return EnrolmentContent(built(text), name)
    document = _object(text)
    if document is None:
        raise _unusable(name, "it is neither JSON nor a token")
    expires = _expiry(document, name)
    if expires is not None and expires <= now:
        detail = f"{plain(name)}, since {expires:%Y-%m-%d %H:%M} UTC"
        raise ProblemError(Problem(ProblemCode.TOKEN_EXPIRED, detail=detail))
    return EnrolmentContent(_content(text, document, name), name, _kind(document), expires)


def _content(text: str, document: Mapping[str, object], name: str) -> str:
    """Return a code's content as it came; else what is built of the one token there is."""
    if isinstance(document.get(COMPONENT_KEY), str):
        if not _has_token(document):
            raise _unusable(name, "its code has no token")
        return text
    contents = _texts(document, (_CONTENT_KEY,))
    if len(contents) == 1:
        return _written(contents.pop(), name)
    tokens = _texts(document, _TOKEN_KEYS)
    if len(tokens) != 1 or contents:
        raise _unusable(name, "it holds more than one token" if tokens else "it holds no token")
    token = tokens.pop()
    if not _TOKEN.fullmatch(token):
        raise _unusable(name, "its token is none")
    return built(token)


def _written(content: str, name: str) -> str:
    """Return what can be put into a code: text, which half a character is not."""
    if any("\ud800" <= each <= "\udfff" for each in content):
        raise _unusable(name, "its code is no text")
    return content


def _has_token(document: Mapping[str, object]) -> bool:
    extras = document.get(EXTRAS_KEY)
    return isinstance(extras, dict) and bool(_texts(extras, (TOKEN_KEY,)))


def _expiry(document: Mapping[str, object], name: str) -> datetime | None:
    """Return the earliest time after which it says to hold no more, in whatever form it says it."""
    said = [value for key, value in _pairs(document, _DEPTH) if key in _EXPIRY_KEYS]
    times = None
    with suppress(ValueError, TypeError, OverflowError, OSError):  # which hold what was said
        times = [_time(value) for value in said if value is not None and value != ""]
    if times is None:
        raise _unusable(name, "its expiry is no time")
    return min((each for each in times if each is not None), default=None)


def _time(value: object) -> datetime | None:
    """Return a time from RFC 3339, or from seconds or milliseconds since 1970.

    None for .NET's none; an exception of many kinds for what is none of them.
    """
    if isinstance(value, str) and not _COUNT.fullmatch(value.strip()):
        return read_time(value)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    seconds = float(value)
    at = datetime.fromtimestamp(seconds / 1000 if seconds >= _MILLISECONDS else seconds, UTC)
    if at < _LEAST:
        raise ValueError
    return at


def _kind(document: Mapping[str, object]) -> TokenKind:
    found = _texts(document, (_KIND_KEY,)) & set(TokenKind)
    return TokenKind(found.pop()) if len(found) == 1 else TokenKind.DEFAULT


def _texts(document: object, keys: tuple[str, ...]) -> set[str]:
    """Return every text under one of these keys, some levels down."""
    found = (value for key, value in _pairs(document, _DEPTH) if key in keys)
    return {value.strip() for value in found if isinstance(value, str)} - {""}


def _pairs(document: object, depth: int) -> Iterator[tuple[str, object]]:
    """Yield every key and value, some levels down."""
    if depth and isinstance(document, list):
        for each in document:
            yield from _pairs(each, depth - 1)
    if depth and isinstance(document, dict):
        for key, value in document.items():
            yield key, value
            yield from _pairs(value, depth - 1)


def _object(text: str) -> Mapping[str, object] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    return found if isinstance(found, dict) else None


def _unusable(name: str, reason: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.SECRET_UNUSABLE, plain(name), reason))
