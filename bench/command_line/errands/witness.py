"""`witness …`: a small witness for sites that run none."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.errands.words import Commands, does, existing

if TYPE_CHECKING:
    from bench.command_line.program import Program


def add(commands: Commands) -> None:
    """Add the command of this room."""
    witness = commands.add_parser("witness", help="witness the records of benches (tlog-witness)")
    witness.add_argument("--name", required=True, help="goes into each signature, for ever")
    witness.add_argument("--key", type=Path, required=True, metavar="FILE", help="made if missing")
    witness.add_argument(
        "--state", type=Path, required=True, metavar="FILE", help="what it has seen"
    )
    witness.add_argument(
        "--logs", type=existing, metavar="FILE",
        help="whose checkpoints it signs (tlog-policy); without, it only says its key",
    )  # fmt: skip
    witness.add_argument(
        "--listen", type=_address, default=("127.0.0.1", 8080), metavar="HOST:PORT"
    )
    witness.add_argument("--cert", type=existing, metavar="FILE", help="TLS certificate (PEM)")
    witness.add_argument("--tls-key", type=existing, metavar="FILE", help="its key (PEM)")
    does(witness, _witness)


def _witness(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.witness import (  # noqa: PLC0415 - where it is done
        RunWitness,
        ShowWitnessKey,
        serve,
        show_key,
    )

    if asked.logs is None:
        return show_key(ShowWitnessKey(asked.name, asked.key, asked.state))
    host, port = asked.listen
    return serve(
        RunWitness(
            name=asked.name,
            logs=asked.logs,
            key=asked.key,
            state=asked.state,
            host=host,
            port=port,
            certificate=asked.cert,
            tls_key=asked.tls_key,
        )
    )


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:  # noqa: PLR2004
        raise argparse.ArgumentTypeError(f"give HOST:PORT, not {text!r}")
    return host.strip("[]"), int(port)
