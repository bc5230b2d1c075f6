"""A program that converts a record and is gone at the given step: a file that it touches."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bench.custody.encrypted import dialect
from bench.custody.encrypted.conversion import decrypt, encrypt

STEPS = {"open", "os.link", "os.rename", "os.remove", "sqlite3.connect", "sqlcipher3.connect"}


def main(way: str, path: Path, key: bytes, last: int) -> None:
    left = last

    def count(event: str, touched: tuple[object, ...]) -> None:
        nonlocal left
        left -= event in STEPS and str(path.parent) in str(touched)
        if left == 0:
            os._exit(9)

    assert dialect.VERSION
    sys.addaudithook(count)
    (encrypt if way == "encrypt" else decrypt)(path, key)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.stdin.buffer.read(), int(sys.argv[3]))
