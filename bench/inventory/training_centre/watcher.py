"""Ends a PostgreSQL of this program's own when the program is gone, however it went.

The server works in a session of its own, so that a key pressed in a terminal does not end it before
the program: nothing would end it after a signal that the program cannot answer.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

_SCRIPT = """
read -r word && exit 0
read -r pid < "$1/data/postmaster.pid"
is_there() { [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm")" = postgres ]; }
is_there && kill -QUIT "$pid"
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  is_there || break
  sleep 0.1
done
rm -rf "$1"
"""
"""Waits for a word on its input. When that ends without one, whoever held it is gone."""


class Watcher:
    """Watches over a cluster's folder, until it is dismissed: then everything stays as it is."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - the script above
            ["/bin/sh", "-c", _SCRIPT, "staging-bench-watcher", folder],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            cwd="/", start_new_session=True,
        )  # fmt: skip

    def dismiss(self) -> None:
        """Tell it that there is nothing to do any more."""
        self._process.communicate(b"dismissed\n")
