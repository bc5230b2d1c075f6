"""A manifest as a table, and the digest of it that the record keeps and the paper shows. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from bench.custody.statement.content import SIMULATED
from bench.enrolment.exports.cells import as_csv
from bench.stock.consignments.dockets import manifest_code

_HEADS = (
    "consignment", "version", "destination", "consignment seal", "line", "asset tag", "IMEI",
    "model", "seal", "bag",
)  # fmt: skip
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """One handset: its tag, its IMEI, its model, the seal and the bag of its box."""

    tag: str
    imei: str
    model: str
    seal: str
    bag: str

    @property
    def masked(self) -> str:
        """The IMEI without what would name the handset: its last four digits."""
        return self.imei[-_SHOWN:].rjust(len(self.imei), "*")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a sealed consignment, by tag.

    `at` is when it was sealed, in milliseconds since 1970, UTC, 0 while it is not; `digest` what
    the record says of its table, "" while it says nothing.
    """

    docket: str
    version: int
    destination: str
    seal: str
    lines: tuple[ManifestLine, ...]
    at: int = 0
    digest: str = ""

    def table(self, *, simulated: bool) -> bytes:
        """Return it as CSV (`bench.enrolment.exports.cells`), the same bytes each time.

        That of a simulated record says so in a column of its own.
        """
        mark = (SIMULATED,) if simulated else ()
        heads = (*_HEADS, "training") if simulated else _HEADS
        about = (self.docket, str(self.version), self.destination, self.seal)
        rows = [
            (*about, str(n), line.tag, line.masked, line.model, line.seal, line.bag, *mark)
            for n, line in enumerate(self.lines, 1)
        ]
        return as_csv((heads, *rows))

    @property
    def name(self) -> str:
        """The name of its files, without what ends it."""
        return f"{self.docket}-M{self.version}"

    def code(self, digest: str) -> bytes:
        """Return what its code on the paper says."""
        return manifest_code(self.docket, self.version, digest).encode()


def digest_of(table: bytes) -> str:
    """Return the SHA-256 of a manifest's table in hex."""
    return hashlib.sha256(table).hexdigest()
