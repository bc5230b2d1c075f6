"""`secret …`: the secrets that profiles and settings name."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bench.command_line.errands.words import Commands, does, rooms

if TYPE_CHECKING:
    from bench.command_line.program import Program
    from bench.enrolment.secrets.store import SecretStore


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    secret = rooms(commands.add_parser("secret", help="what profiles and settings name"))
    keep = secret.add_parser(
        "set", help="keep a secret: asked for twice, or read from standard input to its end"
    )
    does(keep, _set)
    does(secret.add_parser("list", help="the names there are, and how each is kept"), _list)
    forget = secret.add_parser("forget", help="destroy a secret")
    does(forget, _forget)
    for named in (keep, forget):
        named.add_argument("name", metavar="NAME", help="small letters, digits and hyphens")


def _set(asked: argparse.Namespace, _: Program) -> int:
    import sys  # noqa: PLC0415 - where it is done

    from bench.command_line import secrets  # noqa: PLC0415 - where it is done
    from bench.command_line.people_desk import Terminal  # noqa: PLC0415 - as above

    def value() -> str:
        if sys.stdin.isatty():
            return secrets.typed(Terminal())
        return secrets.read_to_end(sys.stdin.buffer)

    return secrets.set_secret(_store(asked), asked.name, value)


def _list(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.secrets import list_secrets  # noqa: PLC0415 - where it is done

    return list_secrets(_store(asked))


def _forget(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.secrets import forget_secret  # noqa: PLC0415 - where it is done

    return forget_secret(_store(asked), asked.name)


def _store(asked: argparse.Namespace) -> SecretStore:
    """Return the store of the bench that the settings describe."""
    from bench.command_line.secrets import store_of  # noqa: PLC0415 - where it is done
    from bench.settings import Settings  # noqa: PLC0415 - as above

    return store_of(Settings.load(asked.settings or Settings.default_path()).ledger)
