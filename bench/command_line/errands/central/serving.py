"""`central serve`: the centre as a service."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.errands.central.words import in_database
from bench.command_line.errands.words import Commands, does, existing

if TYPE_CHECKING:
    from bench.command_line.central_serving import DoorWay
    from bench.command_line.program import Program

_DOOR = "--door-database --cert"
_MEGABYTE = 1024 * 1024


def add(commands: Commands) -> None:
    """Add the command of this room."""
    serve = commands.add_parser(
        "serve", help="keep the door over HTTPS open, project, publish, feed inventories"
    )
    in_database(serve)
    serve.add_argument(
        "--listen", type=_address, default=("127.0.0.1", 8443), metavar="HOST:PORT",
        help="where the door is (default: 127.0.0.1:8443)",
    )  # fmt: skip
    serve.add_argument("--cert", type=existing, metavar="FILE", help="the door's certificate (PEM)")
    serve.add_argument("--tls-key", type=existing, metavar="FILE", help="its key (PEM)")
    serve.add_argument(
        "--client-authority", type=existing, metavar="FILE",
        help="who signs the benches' certificates (PEM); without it, tokens alone are taken",
    )  # fmt: skip
    serve.add_argument(
        "--door-database", default="", metavar="DSN",
        help="the store as the door signs in (central add-door)",
    )  # fmt: skip
    serve.add_argument("--no-door", action="store_true", help="only what is done by itself")
    serve.add_argument(
        "--publisher-key", type=Path, metavar="FILE",
        help="publish what benches are to have, signed with this; made if missing",
    )  # fmt: skip
    serve.add_argument(
        "--connectors", type=existing, metavar="FILE", help="feed the inventories it names"
    )
    _add_bounds(serve)
    serve.add_argument(
        "--print-unit", action="store_true", help="print the unit for systemd; serve nothing"
    )
    does(serve, lambda asked, program: _serve(serve, asked, program))


def _add_bounds(serve: argparse.ArgumentParser) -> None:
    bounds = serve.add_argument_group("what the door bears")
    for option, most, usual, what in (
        ("--most-connections", 60_000, 2000, "connections in all"),
        ("--most-strangers", 60_000, 100, "of them from one address, until a bench is made out"),
        ("--most-at-once", 100, 2, "requests of one bench at a time"),
        ("--largest-body", 64, 16, "MB of a request, inflated"),
    ):
        words = f"{what} (default: {usual})"
        bounds.add_argument(option, type=_whole(most), default=usual, metavar="N", help=words)


def _serve(parser: argparse.ArgumentParser, asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.central_chores import Work  # noqa: PLC0415 - where it is done
    from bench.command_line.central_serving import ServeCentre, serve  # noqa: PLC0415 - as above

    if asked.print_unit:
        from bench.command_line.central.unit import print_unit  # noqa: PLC0415 - as above

        return print_unit(program)
    if not asked.no_door and not (asked.cert and asked.door_database):
        parser.error(f"give {_DOOR}, or --no-door")
    work = Work(asked.database, asked.publisher_key, asked.connectors)
    return serve(ServeCentre(None if asked.no_door else _way(asked), work))


def _way(asked: argparse.Namespace) -> DoorWay:
    from bench.command_line.central_serving import DoorWay  # noqa: PLC0415 - as above

    host, port = asked.listen
    bounds = {
        "connections": asked.most_connections, "strangers_each": asked.most_strangers,
        "at_once_each": asked.most_at_once, "body_bytes": asked.largest_body * _MEGABYTE,
    }  # fmt: skip
    certificates = (asked.cert, asked.tls_key, asked.client_authority)
    return DoorWay(host, port, *certificates, asked.door_database, bounds)


def _whole(most: int) -> Callable[[str], int]:
    def whole(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not 0 < int(text[:9]) <= most:
            raise argparse.ArgumentTypeError(f"give a number from 1 to {most}, not {text!r}")
        return int(text)

    return whole


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port[:6]) > 65_535:  # noqa: PLR2004
        raise argparse.ArgumentTypeError(f"give HOST:PORT, not {text!r}")
    return host.strip("[]"), int(port)
