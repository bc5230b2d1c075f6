"""Try every attack of the matrix and print what was found as a Markdown table."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench.custody.attacks.matrix import ATTACKS, markdown, scene, tried


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        bench = scene(Path(folder))
        matrix = {attack: tried(attack, bench) for attack in ATTACKS}
    sys.stdout.write(markdown(matrix))
    return int(any(cells != attack.expected for attack, cells in matrix.items()))


if __name__ == "__main__":
    sys.exit(main())
