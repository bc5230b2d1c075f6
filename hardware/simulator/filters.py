"""What the output of a command may go through on a simulated handset: toybox's `grep`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from hardware.simulator.toolbox import Reply, encoded, failed

_OPTIONS = frozenset("Eco")


def filtered(reply: Reply, filters: Sequence[Sequence[str]]) -> Reply:
    """Return a reply whose output went through each filter; the exit code is the last one's."""
    for words in filters:
        result = _grep(words[1:], reply.out)
        reply = replace(result, err=reply.err + result.err)
    return reply


def _grep(words: Sequence[str], data: bytes) -> Reply:
    """Keep lines (`-o`: what fits) or count them (`-c`); nothing found is exit code 1."""
    options = {letter for word in words[:-1] for letter in word.removeprefix("-")}
    if not words or not options <= _OPTIONS:
        return failed("grep: bad arguments\n", 2)
    try:
        fits = re.compile(encoded(words[-1]))
    except re.error:
        return failed(f"grep: bad REGEX '{words[-1]}'\n", 2)
    lines = [line for line in data.splitlines() if fits.search(line)]
    if "o" in options:
        lines = [found[0] for line in lines for found in fits.finditer(line) if found[0]]
    out = b"%d\n" % len(lines) if "c" in options else b"".join(line + b"\n" for line in lines)
    return Reply(0 if lines else 1, out)
