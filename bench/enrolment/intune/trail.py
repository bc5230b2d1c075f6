"""The way from page to page of a long answer, which must lead on and nowhere else. Pure.

Source: Microsoft Graph, "Paging Microsoft Graph data": `@odata.nextLink` is followed as it stands.
A service has been seen to answer with the same page for ever (microsoft-graph-docs issue 8186).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from urllib.parse import urlsplit

from bench.enrolment.intune.address import origin
from bench.enrolment.intune.fields import Row
from bench.enrolment.intune.troubles import garbled

NEXT = "@odata.nextLink"
_MOST_PAGES = 20_000
_LINK_LIMIT = 8192


class Trail:
    """Which pages were read; a digest of each is kept, so that a million rows take a few kB."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._links: set[bytes] = set()
        self._pages: set[bytes] = set()

    def after(self, page: Row, found: Sequence[Row]) -> str:
        """Return the address of the page after this one, "" behind the last.

        Raises `ProblemError` SERVICE_GARBLED for a page or an address that was met before, and for
        one that leads out of the service.
        """
        self._once(self._pages, _names(found) if found else b"")
        link = page.get(NEXT)
        if link is None:
            return ""
        if not isinstance(link, str) or not self._is_within(link):
            raise garbled("the next page is somewhere else")
        self._once(self._links, link.encode())
        return link

    def _once(self, seen: set[bytes], what: bytes) -> None:
        digest = hashlib.sha256(what).digest()
        if what and digest in seen:
            raise garbled("a page comes again and again")
        if len(seen) >= _MOST_PAGES:
            raise garbled("its pages do not end")
        seen.add(digest)

    def _is_within(self, link: str) -> bool:
        try:
            parts = urlsplit(link)
            fits = origin(link) == origin(self._root) and "@" not in parts.netloc
        except ValueError:
            return False
        below = parts.path.startswith(urlsplit(self._root).path.rstrip("/") + "/")
        shown = link.isascii() and link.isprintable() and len(link) <= _LINK_LIMIT
        return fits and below and shown and ".." not in parts.path.split("/")


def _names(found: Sequence[Row]) -> bytes:
    return "\n".join(json.dumps(row.get("id", row), sort_keys=True) for row in found).encode()
