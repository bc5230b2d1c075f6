"""What an upload file of a service looks like, as data: columns, limits, and what is not confirmed.

The files are `resources/uploads/*.toml`; `load` reads them, `making` follows them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bench.enrolment.exports.cells import Quoting
from bench.identity.cells import neutral

PLACE = re.compile(r"\{([a-z0-9_]+)\}")
"""Where a column's text takes what is known of the handset, or an option."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `text` with places such as `{imei}`, filled in for each handset.

    `drop` are characters taken out of it; `longest` is a limit of characters, 0 for none. A handset
    for which a column that is `needed` says nothing gets no row.
    """

    title: str
    text: str
    needed: bool = False
    longest: int = 0
    drop: str = ""

    @property
    def places(self) -> tuple[str, ...]:
        """The names in its text."""
        return tuple(PLACE.findall(self.text))

    def filled(self, values: Mapping[str, str]) -> str:
        """Return what it says; a place that is not known is left empty.

        What is cut was made harmless before, so that nothing is put to it behind its limit.
        """
        text = PLACE.sub(lambda found: values.get(found[1], ""), self.text)
        kept = text.translate(str.maketrans("", "", self.drop)) if self.drop else text
        line = " ".join(kept.split())
        return neutral(line)[: self.longest].rstrip() if self.longest else line


@dataclass(frozen=True, slots=True)
class NotNeeded:
    """Handsets for which a file of this format does nothing, or harm, and why.

    Those whose model begins as one of `models`, of profiles of one of `methods`; what is empty
    means all. Where no profile is named, every method is taken to be meant.
    """

    because: str
    methods: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UploadFormat:
    """A file that a service takes.

    `identifier` is what names a handset there: `imei` or `serial`; of several IMEIs the service
    `prefers` the `first`, `second` or `lowest`. `rows` and `size` (bytes) are
    the most of a file, 0 for no limit. `account` is how many handsets the service takes for one
    account, 0 for no limit known. `resets` says that it may reset a handset which is in service.
    `options` are names whose values are given when a file is made; `models` what a model must begin
    with, where it is known.
    `fingerprint` is the SHA-256 of the format's file, in hex.
    """

    key: str
    name: str
    service: str
    source: str
    confirmed: bool
    note: str
    columns: tuple[Column, ...]
    identifier: str = "imei"
    prefers: str = "first"
    header: bool = True
    quoting: Quoting = Quoting.WHERE_NEEDED
    rows: int = 0
    size: int = 0
    account: int = 0
    resets: bool = False
    warnings: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    not_needed: tuple[NotNeeded, ...] = ()
    fingerprint: str = ""
