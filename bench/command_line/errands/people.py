"""`people …`: who may act at the bench, and what is held about them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

from bench.command_line.errands.words import Commands, does, existing, rooms

if TYPE_CHECKING:
    from bench.command_line.people_desk import PeopleDesk
    from bench.command_line.program import Program

_ROLES = ("technician", "supervisor", "auditor")


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    people = rooms(commands.add_parser("people", help="who may act at the bench"))
    for name, words in (
        ("list", "who is enrolled"),
        ("data-map", "what personal data is held, and why (Markdown)"),
    ):
        read = people.add_parser(name, help=words)
        read.add_argument("file", type=existing, metavar="FILE")
        does(read, _list if name == "list" else _data_map)
    people.choices["data-map"].add_argument("--csv", action="store_true", help="as a table")
    enrol = people.add_parser("enrol", help="enrol someone: name, badge and PIN are asked for")
    enrol.add_argument("file", type=existing, metavar="FILE")
    enrol.add_argument("role", choices=_ROLES)
    does(enrol, _enrol)
    for name, words in (
        ("retire", "let someone go"),
        ("unlock", "let someone try their PIN again"),
        ("set-pin", "have someone choose a PIN: a supervisor signs in first"),
        ("set-badge", "give someone another badge: a supervisor signs in first"),
        ("erase", "erase who someone is; what they did stays, under the pseudonym"),
        ("subject-access", "everything held about one person (JSON)"),
    ):
        one = people.add_parser(name, help=words)
        one.add_argument("file", type=existing, metavar="FILE")
        one.add_argument("person", metavar="PERSON", help="the pseudonym, such as p-3f9a12ab34cd")
        does(one, _of_one(name))


def _list(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.forms import form_of  # noqa: PLC0415 - where it is done
    from bench.command_line.people import list_people  # noqa: PLC0415 - as above

    return list_people(asked.file, connect=form_of(asked.file).opener.read)


def _data_map(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.forms import form_of  # noqa: PLC0415 - where it is done
    from bench.command_line.people import data_map  # noqa: PLC0415 - as above

    return data_map(asked.file, as_csv=asked.csv, connect=form_of(asked.file).opener.read)


def _enrol(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.people import enrol  # noqa: PLC0415 - where it is done
    from bench.custody.people.roles import Role  # noqa: PLC0415 - where it is done

    return _at_the_desk(asked, program, lambda desk: enrol(desk, Role(asked.role)))


def _of_one(name: str) -> Callable[[argparse.Namespace, Program], int]:
    def work(asked: argparse.Namespace, program: Program) -> int:
        from bench.command_line import people  # noqa: PLC0415 - where it is done
        from bench.command_line.forms import form_of  # noqa: PLC0415 - as above

        if name == "subject-access":
            read = form_of(asked.file).opener.read
            return people.subject_access(asked.file, asked.person, connect=read)
        does_it = {
            "retire": people.retire,
            "unlock": people.unlock,
            "set-pin": people.set_pin,
            "set-badge": people.set_badge,
            "erase": people.erase,
        }[name]
        return _at_the_desk(asked, program, lambda desk: does_it(desk, asked.person))

    return work


def _at_the_desk(
    asked: argparse.Namespace, program: Program, work: Callable[[PeopleDesk], int]
) -> int:
    with closing(program.open_record(asked.file)) as ledger:
        return work(program.desk(ledger))
