"""How `sync` speaks of what it does."""

from __future__ import annotations

from enum import Enum, auto


class Manner(Enum):
    """To a person, as one JSON object at the end, as lines of JSON, or only of trouble."""

    USUAL = auto()
    JSON = auto()
    LINES = auto()
    QUIET = auto()
