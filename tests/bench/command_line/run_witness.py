"""A witness as a program of its own, as `main` runs it: `run_witness.py serve|key NAME …`."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.command_line.witness import RunWitness, ShowWitnessKey, serve, show_key
from bench.problems import ProblemError


def main(words: list[str]) -> int:
    command, name, folder, *pem = words
    key, state = Path(folder) / "witness.key", Path(folder) / "witness.db"
    try:
        if command == "key":
            return show_key(ShowWitnessKey(name, key, state))
        logs, certificate = Path(folder) / "logs", Path(pem[0]) if pem else None
        return serve(RunWitness(name, logs, key, state, "127.0.0.1", 0, certificate))
    except ProblemError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
