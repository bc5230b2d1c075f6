"""Prints the units of the night's exchange, as they run the program that prints them."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.command_line.program import Program
from bench.problems import Problem, ProblemCode, ProblemError

NAMES = ("staging-bench-sync.service", "staging-bench-sync.timer")
_WRITTEN = "/usr/bin/staging-bench"
_FOLDER = "/etc/systemd/user"


def print_units(settings: Path | None, folder: Path | None, program: Program) -> int:
    """Print both units, or lay them into a folder; and on standard error, how to go on."""
    words = _words(settings, program)
    units = {name: _unit(program.resources / "systemd" / name, words) for name in NAMES}
    if folder is None:
        for name, text in units.items():
            sys.stdout.write(f"# {name}\n{text}\n")
        again = shlex.join((*words, "sync", "--print-units", _FOLDER))
        sys.stderr.write(f"Install them with: sudo {again}\n")
        return 0
    for name, text in units.items():
        _lay(folder / name, text)
    sys.stderr.write(
        "As the account that the bench works as: systemctl --user daemon-reload && "
        "systemctl --user enable --now staging-bench-sync.timer\n"
    )
    return 0


def unit_words(words: Sequence[str]) -> str:
    """Spell a command for `ExecStart=` (systemd.service(5), COMMAND LINES).

    No variable stands for the program itself, so that `$` means itself there.
    """
    program, *rest = (word.replace("%", "%%") for word in words)
    return " ".join(map(_quoted, (program, *(word.replace("$", "$$") for word in rest))))


def _words(settings: Path | None, program: Program) -> tuple[str, ...]:
    """Return the words that run this program, from wherever it lies."""
    named = ("--settings", str(settings.resolve())) if settings else ()
    return (sys.executable, str(program.resources.resolve().parent / "main.py"), *named)


def _unit(source: Path, words: Sequence[str]) -> str:
    return source.read_text("utf-8").replace(_WRITTEN, unit_words(words))


def _quoted(word: str) -> str:
    if word and not any(sign in word for sign in " \t\n\"'\\;"):
        return word
    for sign, spelled in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        word = word.replace(sign, spelled)
    return f'"{word}"'


def _lay(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        detail = error.strerror or "it cannot be written"
        raise ProblemError(
            Problem(ProblemCode.CENTRE_REPORT_UNWRITTEN, path.name, detail)
        ) from error
