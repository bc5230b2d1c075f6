"""A person's sign-in, as msal holds it and as it is kept: another program may change the latter.

It blocks while the computer seals or opens: call it on msal's thread.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Protocol


class Cache(Protocol):
    """Where a person's sign-in is kept, sealed: it is as good as a password."""

    def load(self) -> str:
        """Return what was saved last, "" where nothing was."""
        ...

    def save(self, text: str) -> None:
        """Keep it; what was saved before is forgotten."""
        ...


class Forgetful:
    """Implements `Cache` for as long as the program runs."""

    def __init__(self) -> None:
        self._text = ""

    def load(self) -> str:
        """Return what was saved last."""
        return self._text

    def save(self, text: str) -> None:
        """Keep it in memory."""
        self._text = text


class Remembered:
    """What is kept in `cache`, as far as this program knows."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._known = ""
        self._unsaved = ""

    def load(self) -> str:
        """Return what is kept now."""
        self._known = self._cache.load()
        return self._known

    def load_anew(self, held: Any) -> bool:  # noqa: ANN401 - msal has no types
        """Have msal hold what is kept now; False where that is what it was."""
        before = self._known
        if self.load() == before:
            return False
        with suppress(ValueError):  # what was kept is spoilt: whoever it was signs in again
            held.deserialize(self._known or None)
        self._unsaved = ""
        return True

    def save(self, held: Any, *, over: bool) -> None:  # noqa: ANN401 - msal has no types
        """Keep what changed, now or when it could not be kept before.

        What another program has signed in or out meanwhile stays, unless it is to be written
        `over`. Raises what the cache does.
        """
        if held.has_state_changed:
            self._unsaved = held.serialize()
        if not self._unsaved:
            return
        if over or self._cache.load() == self._known:
            self._cache.save(self._unsaved)
            self._known = self._unsaved
        self._unsaved = ""
