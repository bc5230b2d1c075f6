"""`profile …`: what profiles say, what changed in them, and which handsets carry which."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.errands.words import Commands, does, existing, rooms

if TYPE_CHECKING:
    from bench.command_line.program import Program
    from bench.enrolment.secrets.store import SecretStore


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    profile = rooms(commands.add_parser("profile", help="what is done to handsets"))
    check = profile.add_parser("check", help="name every fault; exit code 0 or 1")
    check.add_argument("files", type=Path, nargs="+", metavar="FILE")
    check.add_argument(
        "--record", type=Path, metavar="RECORD", help="of the bench whose secrets are looked for"
    )
    does(check, _check)
    show = profile.add_parser("show", help="say in plain words what a profile does")
    show.add_argument("file", type=Path, metavar="FILE")
    does(show, _show)
    diff = profile.add_parser(
        "diff", help="say what changed; exit code 1 if the version's number did not"
    )
    diff.add_argument("old", type=Path, metavar="OLD")
    diff.add_argument("new", type=Path, metavar="NEW")
    does(diff, _diff)
    _add_of_handsets(profile)


def _add_of_handsets(profile: Commands) -> None:
    carried = profile.add_parser("carried", help="how many handsets carry which version")
    restage = profile.add_parser(
        "restage", help="the handsets staged under other versions of a profile, oldest first"
    )
    for one in (carried, restage):
        one.add_argument("record", type=existing, metavar="RECORD")
        one.add_argument("--csv", type=Path, metavar="TABLE", help="write each handset there")
    restage.add_argument("file", type=Path, metavar="FILE", help="the profile as it is now")
    does(carried, _carried)
    does(restage, _restage)


def _check(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.profiles import check_profiles  # noqa: PLC0415 - where it is done

    return check_profiles(asked.files, _store(asked))


def _store(asked: argparse.Namespace) -> SecretStore | None:
    """Return the secrets of the bench that is named, or else set up here; None without one."""
    from bench.command_line.secrets import store_of  # noqa: PLC0415 - where it is done
    from bench.settings import Settings, SettingsError  # noqa: PLC0415 - as above

    if asked.record:
        return store_of(asked.record)
    try:
        record = Settings.load(asked.settings or Settings.default_path()).ledger
    except SettingsError:
        return None
    return store_of(record) if record.parent.is_dir() else None


def _show(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.profiles import show_profile  # noqa: PLC0415 - where it is done

    return show_profile(asked.file)


def _diff(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.profiles import compare_profiles  # noqa: PLC0415 - where it is done

    return compare_profiles(asked.old, asked.new)


def _carried(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.forms import form_of  # noqa: PLC0415 - where it is done
    from bench.command_line.profiles import carried_profiles  # noqa: PLC0415 - as above

    read = form_of(asked.record).opener.read
    return carried_profiles(asked.record, asked.csv, connect=read)


def _restage(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.forms import form_of  # noqa: PLC0415 - where it is done
    from bench.command_line.profiles import restage_queue  # noqa: PLC0415 - as above

    read = form_of(asked.record).opener.read
    return restage_queue(asked.record, asked.file, asked.csv, connect=read)
