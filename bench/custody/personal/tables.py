"""The tables of what is known of people, in the same file as the record.

Every column of them is described in `data_map`: a new one without a description fails its test.
"""

from __future__ import annotations

TABLES = {
    "personal_text": """CREATE TABLE personal_text (
  ref TEXT NOT NULL, field TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL,
  salt BLOB NOT NULL CHECK (length(salt) = 16),
  keep_until TEXT CHECK (keep_until IS date(keep_until)),
  PRIMARY KEY (ref, field)
) STRICT, WITHOUT ROWID""",
    "personal_text_by_subject": "CREATE INDEX personal_text_by_subject ON personal_text (subject)",
    "personal_text_due": """CREATE INDEX personal_text_due ON personal_text (keep_until)
WHERE keep_until IS NOT NULL""",
    "erasure": """CREATE TABLE erasure (
  subject TEXT NOT NULL, seq INTEGER NOT NULL, scrubbed INTEGER NOT NULL CHECK (scrubbed IN (0, 1)),
  PRIMARY KEY (subject, seq)
) STRICT, WITHOUT ROWID""",
    "retention_prompt": """CREATE TABLE retention_prompt (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  answered_on TEXT NOT NULL CHECK (answered_on IS date(answered_on))
) STRICT""",
}
"""SQL by name. `ref` is the id of the event that commits to the text; `keep_until` a date, NULL for
as long as the person is enrolled or the record is kept; `seq` the number of the `erased` event."""
