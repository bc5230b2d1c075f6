"""The tables of what files said: orders, expected handsets, SIMs, licences, budgets, programmes.

Money is whole pence. Dates are `2026-11-24`, financial years `2022/23`. Unknown texts are "".
"""

from __future__ import annotations

FILES_FORM = 1
"""The form of these tables; a later one is reached by a migration, for nothing here is folded."""

FILES = (
    """CREATE TABLE import (
  import INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL,
  taken INTEGER NOT NULL, refused INTEGER NOT NULL, at TEXT NOT NULL, actor TEXT NOT NULL,
  UNIQUE (kind, sha256)
) STRICT""",
    """CREATE TABLE mapping (
  kind TEXT NOT NULL, headers TEXT NOT NULL, columns TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (kind, headers)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE purchase (
  number TEXT PRIMARY KEY, supplier TEXT NOT NULL, contract TEXT NOT NULL, placed TEXT NOT NULL,
  import INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE purchase_line (
  number TEXT NOT NULL, line INTEGER NOT NULL, item TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('handset', 'sim', 'licence', 'accessory', 'service')),
  model TEXT NOT NULL, tacs TEXT NOT NULL, quantity INTEGER NOT NULL CHECK (quantity >= 0),
  unit_pence INTEGER NOT NULL CHECK (unit_pence >= 0),
  year TEXT NOT NULL, budget TEXT NOT NULL, pool TEXT NOT NULL,
  PRIMARY KEY (number, line)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE expected (
  imei TEXT PRIMARY KEY, imei2 TEXT NOT NULL, serial TEXT NOT NULL, model TEXT NOT NULL,
  number TEXT NOT NULL, despatch TEXT NOT NULL, pallet TEXT NOT NULL, carton TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('despatch', 'fleet')),
  asset_tag TEXT NOT NULL, issued TEXT NOT NULL, import INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX expected_by_carton ON expected (carton, imei)",
    "CREATE INDEX expected_by_pallet ON expected (pallet, carton)",
    "CREATE INDEX expected_by_despatch ON expected (despatch, carton)",
    "CREATE INDEX expected_by_number ON expected (number)",
    "CREATE INDEX expected_by_serial ON expected (serial) WHERE serial <> ''",
    "CREATE INDEX expected_by_tag ON expected (asset_tag) WHERE asset_tag <> ''",
    "CREATE INDEX expected_by_imei2 ON expected (imei2) WHERE imei2 <> ''",
    """CREATE TABLE sim (
  iccid TEXT PRIMARY KEY, eid TEXT NOT NULL, msisdn TEXT NOT NULL, supplier TEXT NOT NULL,
  contract TEXT NOT NULL, number TEXT NOT NULL, import INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX sim_by_msisdn ON sim (msisdn) WHERE msisdn <> ''",
    "CREATE INDEX sim_by_eid ON sim (eid) WHERE eid <> ''",
    "CREATE INDEX sim_by_contract ON sim (supplier, contract)",
    """CREATE TABLE sim_contract (
  iccid TEXT NOT NULL, since TEXT NOT NULL, supplier TEXT NOT NULL, contract TEXT NOT NULL,
  import INTEGER NOT NULL, PRIMARY KEY (iccid, since)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE licence_purchase (
  pool TEXT NOT NULL, reference TEXT NOT NULL, quantity INTEGER NOT NULL CHECK (quantity >= 0),
  bought TEXT NOT NULL, until TEXT NOT NULL, number TEXT NOT NULL, import INTEGER NOT NULL,
  PRIMARY KEY (pool, reference)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE budget (
  year TEXT NOT NULL, budget TEXT NOT NULL CHECK (budget IN ('capital', 'revenue', 'refresh')),
  line TEXT NOT NULL, pence INTEGER NOT NULL, import INTEGER NOT NULL,
  PRIMARY KEY (year, budget, line)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE programme (
  one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL, target INTEGER NOT NULL,
  begins TEXT NOT NULL, deadline TEXT NOT NULL, capacity INTEGER NOT NULL,
  in_service INTEGER NOT NULL, refresh_months INTEGER NOT NULL, example INTEGER NOT NULL,
  import INTEGER NOT NULL
) STRICT""",
    """CREATE TABLE disagreement (
  kind TEXT NOT NULL, key TEXT NOT NULL, field TEXT NOT NULL, import INTEGER NOT NULL,
  ours TEXT NOT NULL, theirs TEXT NOT NULL, settled TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (kind, key, field, import)
) STRICT, WITHOUT ROWID""",
)
"""A file that is taken is one transaction; page `intake` says which the record has an event of.
`purchase_line.tacs` are eight digits each, separated by spaces; "" for any. `mapping.headers` is
the SHA-256 of a file's headings, `columns` a JSON object of field to heading. `disagreement` is
where a file said something else of a thing that an earlier one named; what stood before stands
until it is settled."""
