"""All that is wrong with a profile while it is written: nothing is hashed, so it is quick."""

from __future__ import annotations

from pathlib import Path

from bench.enrolment.profiles.faults import Fault
from bench.enrolment.profiles.files import unread
from bench.enrolment.profiles.reading import read_text

__all__ = ["Fault", "check_text"]


def check_text(text: str, folder: Path, name: str) -> tuple[Fault, ...]:
    """Return every fault of a profile's text, from the first line on; none: it can be loaded.

    `folder` is where its steps' files lie, `name` what its file is called there. Raises nothing.
    """
    return read_text(text, folder, name, unread).faults
