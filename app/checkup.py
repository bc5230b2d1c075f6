"""What the window needs to check its station; made before anything of it is loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from bench.checks import Finding  # loads asyncio; nobody checks at the start


class Checkup(NamedTuple):
    """How the station is looked at.

    `look` is called on a thread of its own and yields findings as they are made; `udev_rules` is
    the file that a bench needs installed, `keep` the folder where a saved check goes, `paper` the
    command that makes the paper for scanners, without where to.
    """

    look: Callable[[], Iterable[Finding]]
    udev_rules: Path
    keep: Path
    paper: tuple[str, ...]
