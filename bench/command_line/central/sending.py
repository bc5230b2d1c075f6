"""`central people | orders | profiles | tags | known`: what benches are to be sent, and to whom."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.enrolment.elsewhere import KnownElsewhere
from bench.enrolment.profiles.load import load_profile
from bench.inventory.central.connecting import administrator
from bench.inventory.releases.form import FormError
from bench.inventory.releases.making import contents, lists, taking_over
from bench.inventory.releases.making.taking_over import TakingOver, organisation_of
from bench.inventory.releases.parts.profiles import SentProfile, refuse_faulty, refuse_other
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import psycopg

_NEXT = "Benches have it with their next release: central publish."


@dataclass(frozen=True, slots=True)
class At:
    """Which store, and for which organisation; "" where it has only one."""

    database: str = field(repr=False)
    organisation: str = ""


def import_people(at: At, path: Path) -> int:
    """Take a list of people over; say the pseudonyms of those who are new."""
    data = lists.read(path)
    with administrator(at.database) as connection:
        into = _into(connection, at)
        known = {each.person.person for each in contents.people(connection, into.organisation)}
        found = lists.people_list(path.name, data, into.badges())
        into.people(found)
    for each in found:
        if each.person.person not in known:
            sys.stdout.write(f"{each.person.person}: {each.person.role}, new\n")
    return _said(f"{len(found)} people of {into.organisation}.")


def list_people(at: At) -> int:
    """Say who is sent down: pseudonym, role, standing, benches, name."""
    with administrator(at.database) as connection:
        found = contents.people(connection, _into(connection, at).organisation)
    for each in found:
        who, where = each.person, " ".join(sorted(each.benches)) or "all benches"
        line = f"{who.person}  {who.role:<10}  {who.standing:<7}  {where}  {who.name}"
        sys.stdout.write(line.rstrip() + "\n")
    return 0


def forget_person(at: At, person: str) -> int:
    """Keep nothing of someone but that they left."""
    with administrator(at.database) as connection:
        if not _into(connection, at).forget(person):
            raise _refused(person, "there is none of that pseudonym")
    return _said(f"{person} is forgotten here.")


def import_orders(at: At, path: Path) -> int:
    """Take a list of orders over."""
    found = lists.orders_list(path.name, lists.read(path))
    with administrator(at.database) as connection:
        _into(connection, at).orders(found)
    return _said(f"{len(found)} lines of orders.")


def add_profiles(at: At, paths: Sequence[Path]) -> int:
    """Take profiles over, all or none; each is checked whole."""
    found = tuple(map(_profile, paths))
    with administrator(at.database) as connection:
        _into(connection, at).profiles(found)
    return _said(f"{len(found)} profiles.")


def drop_profile(at: At, name: str) -> int:
    """Send a profile down no more."""
    with administrator(at.database) as connection:
        if not _into(connection, at).drop_profile(name):
            raise _refused(name, "there is no profile of that name")
    return _said(f"{name} is sent down no more.")


def import_known(at: At, path: Path, name: str) -> int:
    """Take a list of handsets known elsewhere over, in the place of the one of that name."""
    try:
        lines = KnownElsewhere.read(path).lines()
    except ProblemError as error:
        raise lists.unusable(error.problem.where, error.problem.detail) from None
    with administrator(at.database) as connection:
        count = _into(connection, at).known(name or path.name, lines)
    return _said(f"{count} lines of {name or path.name}.")


def allot_tags(at: At, bench: str, prefix: str, count: int, beginning: int) -> int:
    """Give a bench a block of asset tags."""
    with administrator(at.database) as connection:
        block = taking_over.allot(connection, bench, prefix, count, beginning)
    return _said(f"{bench}: {prefix}-{block.first:06d} to {prefix}-{block.last:06d}.")


def list_tags(at: At) -> int:
    """Say every block that was given, to which bench, in the order in which they stand."""
    with administrator(at.database) as connection:
        found = contents.all_blocks(connection)
    for bench, block in found:
        first, last = (f"{block.prefix}-{each:06d}" for each in (block.first, block.last))
        sys.stdout.write(f"{first}  {last}  {bench}\n")
    return 0


def _into(connection: psycopg.Connection[Any], at: At) -> TakingOver:
    return TakingOver(connection, organisation_of(connection, at.organisation))


def _profile(path: Path) -> SentProfile:
    load_profile(path)
    try:
        found = SentProfile(path.name, path.read_text("utf-8"))
        refuse_other(found)
        refuse_faulty(found)
    except FormError as error:
        raise ProblemError(Problem(ProblemCode.PROFILE_UNUSABLE, path.name, str(error))) from None
    return found


def _said(words: str) -> int:
    sys.stdout.write(f"{words}\n{_NEXT}\n")
    return 0


def _refused(where: str, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.CENTRE_UNUSABLE, where, detail))
