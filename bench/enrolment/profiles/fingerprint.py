"""The fingerprint of a profile: which rules a handset was staged under, in 256 bits.

It covers every key and every byte of every file; comments, order of keys and layout are not in it.
A record keeps it for years: how it is computed for a document must never change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from bench.enrolment.profiles.vocabulary import Install, Push, Step


def fingerprint(document: Mapping[str, object], steps: Iterable[Step], letter: str = "") -> str:
    """Return the SHA-256 in hex of a parsed document and of the files of `steps`.

    A variant's covers its letter and the whole document too.
    """
    files = [s.action.sha256 for s in steps if isinstance(s.action, Install | Push)]
    parts = [document, files, letter] if letter else [document, files]
    whole = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(whole.encode()).hexdigest()
