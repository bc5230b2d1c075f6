"""The tables of who may act, in the same file as the record.

`person` is pseudonymous and stays; `credential` is what tells the person behind it and goes with
them. Neither can be made again from the events, yet the events say every role that was ever given.
"""

from __future__ import annotations

TABLES = {
    "person": """CREATE TABLE person (
  id TEXT PRIMARY KEY,
  role TEXT NOT NULL CHECK (role IN ('technician', 'supervisor', 'auditor')),
  standing TEXT NOT NULL CHECK (standing IN ('active', 'locked', 'retired', 'erased')),
  tries INTEGER NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 5),
  enrolled_on TEXT NOT NULL CHECK (enrolled_on IS date(enrolled_on)),
  retired_on TEXT CHECK (retired_on IS date(retired_on))
) STRICT, WITHOUT ROWID""",
    "credential": """CREATE TABLE credential (
  person TEXT PRIMARY KEY REFERENCES person, badge BLOB UNIQUE CHECK (length(badge) = 32),
  pin TEXT, key BLOB, key_count INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID""",
}
"""SQL by name. `tries` are wrong PINs in a row, one being tried included; `badge` is HMAC-SHA256 of
the badge's UID, `pin` an encoded Argon2id hash, `key` a security key (`SecurityKey.encode`)."""
