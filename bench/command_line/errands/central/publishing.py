"""`central publish`, and what is sent down: people, orders, profiles, asset tags, handsets."""

from __future__ import annotations

import argparse
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.errands.central.words import in_database
from bench.command_line.errands.words import Commands, Work, does, existing, rooms

if TYPE_CHECKING:
    from bench.command_line.central.publishing import Publishing
    from bench.command_line.central.sending import At
    from bench.command_line.program import Program

_PREFIX = re.compile(r"[A-Z]{2,5}", re.ASCII)
_MOST_TAGS, _HIGHEST = 1_000_000, 99_999_999


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    _add_publish(commands)
    people = rooms(commands.add_parser("people", help="who may work at benches"))
    _with_file(people, "import", "take a CSV over; others stay as they are", _import_people)
    _of_store(people, "list", "who is sent down", _list_people)
    forget = _of_store(people, "forget", "keep nothing of someone but that they left", _forget)
    forget.add_argument("person", metavar="PSEUDONYM")
    orders = rooms(commands.add_parser("orders", help="what was bought"))
    _with_file(orders, "import", "take a CSV over; others stay as they are", _import_orders)
    profiles = rooms(commands.add_parser("profiles", help="profiles that benches are sent"))
    more = _of_store(profiles, "add", "check profiles and take them over", _add_profiles)
    more.add_argument("files", type=existing, nargs="+", metavar="FILE")
    drop = _of_store(profiles, "drop", "send a profile down no more", _drop_profile)
    drop.add_argument("name", metavar="NAME", help="of its file, such as a32.toml")
    known = rooms(commands.add_parser("known", help="handsets that other inventories know"))
    named = _with_file(known, "import", "take a CSV over in place of that list", _import_known)
    named.add_argument("--as", dest="named", default="", metavar="NAME", help="(the file's name)")
    tags = rooms(commands.add_parser("tags", help="blocks of asset tags"))
    _of_store(tags, "list", "which blocks were given, and to which bench", _list_tags)
    _add_allot(tags)


def _add_publish(commands: Commands) -> None:
    publish = commands.add_parser("publish", help="make and sign what benches are to have")
    in_database(publish)
    publish.add_argument(
        "--key", type=Path, metavar="FILE", help="whose word it is; made if missing"
    )
    which = publish.add_mutually_exclusive_group()
    which.add_argument("--once", action="store_true", help="for all benches, and end (as without)")
    which.add_argument("--bench", default="", metavar="NAME", help="for one bench")
    which.add_argument("--every", type=_seconds, metavar="SECONDS", help="again and again")
    which.add_argument(
        "--show-key", action="store_true", help="only say what benches set as central.publisher"
    )
    publish.add_argument(
        "--anew", action="store_true",
        help="for each bench, new or not: after the store was restored from a backup",
    )  # fmt: skip
    publish.add_argument(
        "--elsewhere", type=_minutes, default=60, metavar="MINUTES",
        help="how old the handsets known elsewhere may get (60)",
    )  # fmt: skip
    publish.add_argument(
        "--top-up", type=_percent, default=20, metavar="PERCENT",
        help="give another block of asset tags when so much of the last is left; 0 never (20)",
    )  # fmt: skip
    does(publish, _publish)


def _add_allot(tags: Commands) -> None:
    allot = _of_store(tags, "allot", "give a bench a block that is nobody else's, ever", _allot)
    allot.add_argument("bench", metavar="BENCH")
    allot.add_argument("prefix", type=_prefix, metavar="PREFIX", help="such as AST")
    allot.add_argument("count", type=_count, metavar="COUNT")
    allot.add_argument(
        "--from", dest="beginning", type=_first, default=1, metavar="N",
        help="not below this number: where labels were printed before there was a centre",
    )  # fmt: skip


def _of_store(commands: Commands, word: str, what: str, work: Work) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(word, help=what)
    in_database(parser)
    parser.add_argument("--organisation", default="", help="whose, where the store has several")
    does(parser, work)
    return parser


def _with_file(commands: Commands, word: str, what: str, work: Work) -> argparse.ArgumentParser:
    parser = _of_store(commands, word, what, work)
    parser.add_argument("file", type=existing, metavar="FILE.csv")
    return parser


# ── what is done ────────────────────────────────────────────────────────────────────────────────
def _publish(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import publishing  # noqa: PLC0415 - where it is done

    its = _publishing(asked)
    if asked.show_key:
        return publishing.show_key(its)
    return publishing.keep_publishing(its, asked.every) if asked.every else publishing.publish(its)


def _publishing(asked: argparse.Namespace) -> Publishing:
    from bench.command_line.central.publishing import Publishing  # noqa: PLC0415 - as above
    from bench.inventory.releases.making.publishing import Cadence  # noqa: PLC0415 - as above

    cadence = Cadence(
        elsewhere=timedelta(minutes=asked.elsewhere), top_up=asked.top_up, anew=asked.anew
    )
    return Publishing(asked.database, asked.key, asked.bench, cadence)


def _at(asked: argparse.Namespace) -> At:
    from bench.command_line.central.sending import At  # noqa: PLC0415 - as above

    return At(asked.database, asked.organisation)


def _import_people(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import sending  # noqa: PLC0415 - as above

    return sending.import_people(_at(asked), asked.file)


def _list_people(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import sending  # noqa: PLC0415 - as above

    return sending.list_people(_at(asked))


def _forget(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import sending  # noqa: PLC0415 - as above

    return sending.forget_person(_at(asked), asked.person)


def _import_orders(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import sending  # noqa: PLC0415 - as above

    return sending.import_orders(_at(asked), asked.file)


def _add_profiles(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import sending  # noqa: PLC0415 - as above

    return sending.add_profiles(_at(asked), asked.files)


def _drop_profile(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import sending  # noqa: PLC0415 - as above

    return sending.drop_profile(_at(asked), asked.name)


def _import_known(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import sending  # noqa: PLC0415 - as above

    return sending.import_known(_at(asked), asked.file, asked.named)


def _list_tags(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import sending  # noqa: PLC0415 - as above

    return sending.list_tags(_at(asked))


def _allot(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import sending  # noqa: PLC0415 - as above

    at = _at(asked)
    return sending.allot_tags(at, asked.bench, asked.prefix, asked.count, asked.beginning)


# ── types of arguments ──────────────────────────────────────────────────────────────────────────
def _whole(text: str, low: int, high: int) -> int:
    if not text.isascii() or not text.isdigit() or not low <= int(text[:12]) <= high:
        raise argparse.ArgumentTypeError(f"give a number from {low} to {high}, not {text!r}")
    return int(text)


def _seconds(text: str) -> int:
    return _whole(text, 1, 86_400)


def _minutes(text: str) -> int:
    return _whole(text, 0, 10_080)


def _percent(text: str) -> int:
    return _whole(text, 0, 90)


def _count(text: str) -> int:
    return _whole(text, 1, _MOST_TAGS)


def _first(text: str) -> int:
    return _whole(text, 1, _HIGHEST)


def _prefix(text: str) -> str:
    if not _PREFIX.fullmatch(text):
        raise argparse.ArgumentTypeError(f"a prefix is 2 to 5 capitals, not {text!r}")
    return text
