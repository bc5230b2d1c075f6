"""Prints the centre's unit for systemd, as it runs the program that prints it."""

from __future__ import annotations

import sys

from bench.command_line.program import Program
from bench.command_line.sync.units import unit_words

NAME = "staging-bench-centre.service"
_WRITTEN = "/usr/bin/staging-bench"
_NEXT = f"""Install it with: sudo tee /etc/systemd/system/{NAME}, and then
sudo systemctl daemon-reload; which files it needs, the help page central-https says.
"""


def print_unit(program: Program) -> int:
    """Print it; and on standard error, how to go on."""
    text = (program.resources / "systemd" / NAME).read_text("utf-8")
    main = program.resources.resolve().parent / "main.py"
    sys.stdout.write(text.replace(_WRITTEN, unit_words((sys.executable, str(main)))))
    sys.stderr.write(_NEXT)
    return 0
