"""`intune …`: the management service, asked by a person or a monitor."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.errands.words import Commands, does, existing, rooms

if TYPE_CHECKING:
    from bench.command_line.intune import Reach
    from bench.command_line.program import Program
    from bench.enrolment.intune.intune import Intune
    from bench.enrolment.intune.permissions import Permission
    from bench.enrolment.secrets.store import SecretStore
    from bench.settings import Settings

_MORE = ("make-tokens", "list-identities")
_MOST_DAYS, _MOST_ROWS = 24_000, 5000


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    intune = rooms(commands.add_parser("intune", help="the management service of the settings"))
    _add_sign_in(intune)
    does(
        intune.add_parser("profiles", help="its enrolment profiles, and how long each holds"),
        _profiles,
    )
    _add_tokens(intune)
    reconcile = intune.add_parser(
        "reconcile", help="how the record differs from what it has seen; exit code 0 or 1"
    )
    reconcile.add_argument("record", type=existing, metavar="RECORD")
    reconcile.add_argument("--out", type=Path, required=True, metavar="FILE", help="the table, CSV")
    does(reconcile, _reconcile)
    identities = intune.add_parser(
        "identities", help="list corporate identifiers; not needed for fully managed handsets"
    )
    identities.add_argument("file", type=existing, metavar="FILE", help="CSV: identifier,details")
    identities.add_argument(
        "--chunk", type=_whole(_MOST_ROWS), default=500, metavar="N",
        help="rows a request; how many the service takes is not confirmed",
    )  # fmt: skip
    does(identities, _identities)


def _add_sign_in(intune: Commands) -> None:
    sign_in = intune.add_parser("sign-in", help="sign in, or try the application's certificate")
    sign_in.add_argument(
        "--may", action="append", choices=_MORE, default=[],
        help="ask for more than reading; may be repeated",
    )  # fmt: skip
    does(sign_in, _sign_in)


def _add_tokens(intune: Commands) -> None:
    token = intune.add_parser("token", help="make or revoke the token of an enrolment profile")
    token.add_argument("name", metavar="PROFILE", help="the profile's name there")
    how = token.add_mutually_exclusive_group(required=True)
    how.add_argument("--days", type=_whole(_MOST_DAYS), metavar="N", help="make one for N days")
    how.add_argument("--revoke", action="store_true", help="end the one there is")
    does(token, _token)
    imported = intune.add_parser(
        "import-token", help="keep an exported token as a secret, for a bench without network"
    )
    imported.add_argument("file", type=existing, metavar="FILE")
    imported.add_argument("name", metavar="NAME", help="the secret's name, as a profile says it")
    does(imported, _import_token)


def _sign_in(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.intune import sign_in  # noqa: PLC0415 - where it is done
    from bench.enrolment.intune.permissions import Permission  # noqa: PLC0415 - as above

    known = dict(zip(_MORE, (Permission.MAKE_TOKENS, Permission.LIST_IDENTITIES), strict=True))
    return sign_in(_reach(asked), [known[each] for each in asked.may])


def _profiles(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.intune import show_profiles  # noqa: PLC0415 - where it is done

    return show_profiles(_reach(asked))


def _token(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line import intune  # noqa: PLC0415 - where it is done

    if asked.revoke:
        return intune.revoke_token(_reach(asked), asked.name)
    return intune.make_token(_reach(asked), asked.name, asked.days)


def _import_token(asked: argparse.Namespace, _: Program) -> int:
    from datetime import UTC, datetime  # noqa: PLC0415 - where it is done

    from bench.command_line.intune import import_token  # noqa: PLC0415 - as above

    return import_token(_store(_settings(asked)), asked.file, asked.name, datetime.now(UTC))


def _reconcile(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.forms import form_of  # noqa: PLC0415 - where it is done
    from bench.command_line.intune_record import reconcile  # noqa: PLC0415 - as above

    return reconcile(_reach(asked), asked.record, asked.out, form_of(asked.record).opener.read)


def _identities(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.intune_record import identities  # noqa: PLC0415 - where it is done

    return identities(_reach(asked), asked.file, asked.chunk)


def _reach(asked: argparse.Namespace) -> Reach:
    """Return what makes the service of the settings, signed in as they say."""
    settings = _settings(asked)

    def reach(permissions: Sequence[Permission]) -> Intune:
        from bench.enrolment.intune.address import microsoft  # noqa: PLC0415 - where it is done
        from bench.enrolment.intune.intune import Intune  # noqa: PLC0415 - as above
        from bench.enrolment.intune.kept_sign_in import KeptSignIn  # noqa: PLC0415 - as above

        there, store = settings.intune, _store(settings)
        key = store.secret(there.certificate) if there.certificate else ""
        address = microsoft(
            there.tenant, there.client, key=key, graph=there.graph, authority=there.authority,
            certificates=Path(there.trust) if there.trust else None,
        )  # fmt: skip
        return Intune(address, cache=KeptSignIn(store), permissions=permissions)

    return reach


def _settings(asked: argparse.Namespace) -> Settings:
    from bench.settings import Settings  # noqa: PLC0415 - where it is done

    return Settings.load(asked.settings or Settings.default_path())


def _store(settings: Settings) -> SecretStore:
    from bench.command_line.secrets import store_of  # noqa: PLC0415 - where it is done

    return store_of(settings.ledger)


def _whole(most: int) -> Callable[[str], int]:
    def whole(text: str) -> int:
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
            raise argparse.ArgumentTypeError(f"give a number from 1 to {most}, not {text!r}")
        return int(text)

    return whole
