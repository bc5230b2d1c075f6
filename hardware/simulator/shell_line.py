"""A shell command line taken apart: words, quotes, what joins commands, where output goes.

As much of the handset's shell (mksh) as a bench may use. What it does not know it refuses as a
syntax error, so that nothing is ever run that was meant otherwise.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

Redirection: TypeAlias = tuple[int, str]
"""Which output (1 or 2), and where to: `&1`, `&2` or a path."""

_FILTER = "grep"
_QUOTING = frozenset("'\"\\")


class ShellSyntaxError(Exception):
    """The line is not one this shell knows; the text is what the handset would say."""


class Joint(StrEnum):
    """What stands before a command: when it is run."""

    ALWAYS = ";"
    AFTER_SUCCESS = "&&"
    AFTER_FAILURE = "||"


@dataclass(frozen=True, slots=True)
class ShellCommand:
    """One command of a line."""

    joint: Joint
    words: tuple[str, ...]
    redirections: tuple[Redirection, ...] = ()
    filters: tuple[tuple[str, ...], ...] = ()
    """What its output goes through, in order; `grep` and nothing else."""


_TOKEN = re.compile(
    r"""(?P<space>[ \t]+|\\\n)
      | (?P<joint>&&|\|\||\||;|\n)
      | (?P<redirection>(?P<fd>[12])?>[ \t]*(?P<target>&[12]|[^\s;&|<>()'"`\\]+))
      | (?P<word>(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s;&|<>()'"`\\])+)
      | (?P<unknown>.)""",
    re.DOTALL | re.VERBOSE,
)


def parse_line(line: str) -> tuple[ShellCommand, ...]:
    """Return the commands of a line in order, or raise `ShellSyntaxError`."""
    reader = _Reader()
    for token in _TOKEN.finditer(line):
        reader.take(token)
    return reader.finish()


class _Reader:
    """What was read of a line so far."""

    def __init__(self) -> None:
        self._done: list[ShellCommand] = []
        self._joint = Joint.ALWAYS
        self._words: list[str] = []
        self._redirections: list[Redirection] = []
        self._is_filter = False

    def take(self, token: re.Match[str]) -> None:
        match token.lastgroup:
            case "word":
                self._words.append(_unquoted(token[0]))
            case "redirection":
                self._redirections.append((int(token["fd"] or 1), token["target"]))
            case "joint":
                self._join(token[0])
            case "unknown":
                raise _unexpected(token[0])

    def finish(self) -> tuple[ShellCommand, ...]:
        if self._words:
            self._end_command()
        elif self._redirections or self._is_filter or self._joint is not Joint.ALWAYS:
            raise _unexpected("newline")
        return tuple(self._done)

    def _join(self, text: str) -> None:
        if self._words:
            self._end_command()
        elif text == "\n":
            return
        else:
            raise _unexpected(text)
        self._is_filter = text == "|"
        if not self._is_filter:
            self._joint = Joint(";" if text == "\n" else text)

    def _end_command(self) -> None:
        words, redirections = tuple(self._words), tuple(self._redirections)
        if not self._is_filter:
            self._done.append(ShellCommand(self._joint, words, redirections))
        elif words[0] == _FILTER:
            last = self._done.pop()
            self._done.append(replace(last, filters=(*last.filters, words)))
        else:
            raise _unexpected("|")
        self._words, self._redirections = [], []


def _unquoted(word: str) -> str:
    if _QUOTING.isdisjoint(word):
        return word
    return "".join(shlex.split(word))


def _unexpected(text: str) -> ShellSyntaxError:
    if text in ("'", '"'):
        return ShellSyntaxError("no closing quote")
    return ShellSyntaxError(f"syntax error: unexpected '{text}'")
