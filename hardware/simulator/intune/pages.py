"""OData's query options on a collection: `$filter`, `$select`, `$top`, `$skiptoken`.

Sources: OData 4.01 part 2, clause 5.1; Microsoft Graph, "query parameters" and "paging". Intune
gives at most 1,000 entries a page, and ignores `$skip` (powershell-intune-samples #2,
msgraph-beta-sdk-dotnet #681); `@odata.count` is what the page holds, as seen in its answers.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias
from urllib.parse import quote

from hardware.simulator.intune.asking import Asked, Json
from hardware.simulator.intune.refusals import RefusedError

PAGE = 1000
Entry: TypeAlias = tuple[int, dict[str, Json]]
"""Its place in the whole list, and what is printed of it."""
_TAKEN = frozenset({"$filter", "$select", "$top", "$skip", "$skiptoken", "$count", "$format"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a collection is asked for."""

    filter: str = ""
    select: tuple[str, ...] = ()
    top: int = PAGE
    since: int = 0

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> Wanted:
        """Read the options; those that are not supported are a `RefusedError` (400)."""
        for name in query:
            if name.startswith("$") and name not in _TAKEN:
                raise RefusedError(400, f"Query option '{name[:40]}' is not allowed.")
        select = tuple(name.strip() for name in query.get("$select", "").split(",") if name.strip())
        return cls(query.get("$filter", ""), select, _top(query), _since(query))


def collection(asked: Asked, kind: str, wanted: Wanted, entries: Iterator[Entry]) -> Json:
    """Return a page of what was filtered already, and the link to the next if there is more."""
    page = list(islice(entries, wanted.top))
    more = next(entries, None)
    said: dict[str, Json] = {
        "@odata.context": _context(asked, kind, wanted.select),
        "@odata.count": len(page),
    }
    if more is not None:
        said["@odata.nextLink"] = next_link(asked, more[0])
    return said | {"value": [selected(entry, wanted.select) for _, entry in page]}


def single(asked: Asked, kind: str, select: tuple[str, ...], entry: dict[str, Json]) -> Json:
    """Return one entity."""
    context: dict[str, Json] = {"@odata.context": f"{_context(asked, kind, select)}/$entity"}
    return context | selected(entry, select)


def selected(entry: dict[str, Json], select: tuple[str, ...]) -> dict[str, Json]:
    """Return the properties asked for, without case; one that there is not: `RefusedError`."""
    if not select or "*" in select:
        return entry
    names = {name.casefold(): name for name in entry}
    unknown = next((name for name in select if name.casefold() not in names), None)
    if unknown is not None:
        raise RefusedError(400, f"Could not find a property named '{unknown[:40]}' on the type.")
    return {names[name.casefold()]: entry[names[name.casefold()]] for name in select}


def next_link(asked: Asked, number: int) -> str:
    """Return the link to the page that begins with that place; everything else stays asked."""
    options = {**asked.query, "$skiptoken": base64.urlsafe_b64encode(b"%d" % number).decode()}
    pairs = (f"{name}={quote(value, safe=',')}" for name, value in options.items())
    return f"{asked.root}{quote(asked.path)}?{'&'.join(pairs)}"


def filtered(entries: Iterable[Entry], test: Callable[[dict[str, Json]], bool]) -> Iterator[Entry]:
    """Return those that pass."""
    return (entry for entry in entries if test(entry[1]))


def _context(asked: Asked, kind: str, select: tuple[str, ...]) -> str:
    names = f"({','.join(select)})" if select else ""
    return f"{asked.root}/$metadata#deviceManagement/{kind}{names}"


def _top(query: Mapping[str, str]) -> int:
    text = query.get("$top", str(PAGE))
    if not (text.isascii() and text.isdigit() and int(text[:9]) > 0):
        raise RefusedError(400, f"Invalid value '{text[:40]}' for $top query option found.")
    return min(int(text[:9]), PAGE)


def _since(query: Mapping[str, str]) -> int:
    token = query.get("$skiptoken")
    if token is None:
        return 0
    try:
        return int(base64.b64decode(token, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise RefusedError(400, "Skip token is not valid.") from None
