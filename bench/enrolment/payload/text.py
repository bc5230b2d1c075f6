"""The text of a code, and what is to be said about it."""

from __future__ import annotations

from dataclasses import dataclass

from bench.events.person import HiddenText


@dataclass(frozen=True, slots=True)
class CodeText:
    """What a code says, which is a secret; `warnings` are plain sentences for the technician."""

    text: HiddenText
    warnings: tuple[str, ...] = ()
