"""What a bench keeps of its releases, in the file beside its record.

Parts that are on the way lie in `part_draft`, so that a transfer which is cut goes on where it was;
nothing reads them but the taking down. All else changes in one transaction.
"""

from __future__ import annotations

from bench.inventory.sync.tables import Tables

RELEASES = Tables(
    "releases",
    (
        """
CREATE TABLE release (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL,
    note TEXT NOT NULL,
    taken_at TEXT NOT NULL
) STRICT;
CREATE TABLE release_part (
    kind TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    body TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE part_draft (
    sha256 TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;
CREATE TABLE handset_elsewhere (
    imei TEXT NOT NULL,
    serial TEXT NOT NULL,
    is_bench INTEGER NOT NULL,
    place TEXT NOT NULL,
    phase TEXT NOT NULL,
    since INTEGER NOT NULL,
    in_hand INTEGER NOT NULL,
    in_conflict INTEGER NOT NULL
) STRICT;
CREATE INDEX handset_elsewhere_by_imei ON handset_elsewhere (imei);
""",
    ),
)
"""A part's body is null where it was wiped (people) or lies in rows of its own (elsewhere)."""
