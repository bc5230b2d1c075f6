"""Where this bench's profiles lie; made before anything that edits them is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class ProfileShelf(NamedTuple):
    """`own` is the user's folder, `shipped` what came with the program and is only read.

    `used` are the files that the bench started with, wherever they lie.
    """

    own: Path
    shipped: Path
    used: tuple[Path, ...] = ()
