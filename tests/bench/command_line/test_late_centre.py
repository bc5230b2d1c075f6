"""A bench whose settings name a centre: whoever a release names joins as it opens."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bench.command_line.late_centre import LateCentre, welcome
from bench.custody.ledger import Ledger
from bench.custody.people import audit, roster
from bench.custody.people.roles import Role, Standing
from bench.inventory.releases.parts import people
from bench.inventory.releases.parts.people import SentPerson
from bench.inventory.releases.taking.delivered import delivered
from bench.problems import Problem, ProblemCode
from bench.settings import CentralSettings
from tests.bench.custody.people.enrolled import PEPPER, ask, badge, enrol, events, real_ledger
from tests.bench.inventory.releases.shelf import Shelf, parts, take

PIN = "$argon2id$made-up"
NEW = SentPerson("p-000000000001", Role.TECHNICIAN, Standing.ACTIVE, "Testperson 1")
CENTRE = CentralSettings(address="file:/nonexistent", publisher="made up")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(real_ledger(tmp_path)) as found:
        yield found


def sent(ledger: Ledger, *these: SentPerson, number: int = 1) -> None:
    shelf = Shelf()
    shelf.put(number, parts(1) | {"people": people.written(these)})
    assert take(shelf, ledger.path)


def welcomed(ledger: Ledger) -> tuple[Problem, ...]:
    with delivered(ledger.path) as found:
        return welcome(ledger, found, PEPPER)


def who_is_there(ledger: Ledger) -> dict[str, bool]:
    return {each.id: each.may_act for each in ask(ledger, roster.people)}


def test_who_is_sent_joins_and_the_name_is_wiped(ledger: Ledger) -> None:
    boss = enrol(ledger, Role.SUPERVISOR, 1, pin=PIN)
    sent(ledger, NEW)
    assert welcomed(ledger) == ()
    assert who_is_there(ledger) == {boss.id: True, NEW.person: True}
    with delivered(ledger.path) as found:
        assert found.people() is None
    before = len(events(ledger))
    assert welcomed(ledger) == (), "nobody is sent any more"
    assert len(events(ledger)) == before
    assert audit.faults(events(ledger)) == ()


def test_without_a_release_nobody_joins(ledger: Ledger) -> None:
    assert welcomed(ledger) == ()
    assert who_is_there(ledger) == {}


def test_who_cannot_be_let_in_yet_is_kept_until_there_is_a_supervisor(ledger: Ledger) -> None:
    sent(ledger, NEW)
    (problem,) = welcomed(ledger)
    assert problem.code is ProblemCode.SUPERVISOR_FIRST
    boss = enrol(ledger, Role.SUPERVISOR, 1, pin=PIN)
    assert welcomed(ledger) == ()
    assert who_is_there(ledger) == {boss.id: True, NEW.person: True}


def test_who_is_left_out_is_named_by_pseudonym_alone(ledger: Ledger) -> None:
    enrol(ledger, Role.SUPERVISOR, 1, pin=PIN)
    sent(ledger, replace(NEW, badge=badge(1)))
    (problem,) = welcomed(ledger)
    assert problem.code is ProblemCode.PEOPLE_LEFT_OUT
    assert NEW.person in problem.detail
    assert NEW.name not in problem.detail


# ── opening ─────────────────────────────────────────────────────────────────────────────────────
def opened(ledger: Ledger, settings: CentralSettings) -> tuple[bool, object]:
    """Open a bench's centre; whether there is one, and the blocks of its asset tags."""

    async def open_it() -> tuple[bool, object]:
        centre = LateCentre(settings, ("false",), lambda: PEPPER)
        async with centre.open(ledger) as outpost:
            return outpost is not None, outpost.blocks("AST") if outpost else None

    return asyncio.run(open_it())


@pytest.mark.parametrize(
    "settings", [CentralSettings(), replace(CENTRE, address=""), replace(CENTRE, follow=False)]
)
def test_a_bench_without_a_centre_to_follow_has_no_outpost(
    ledger: Ledger, settings: CentralSettings
) -> None:
    assert opened(ledger, settings) == (False, None)


def test_as_a_bench_opens_whoever_was_sent_joins(ledger: Ledger) -> None:
    boss = enrol(ledger, Role.SUPERVISOR, 1, pin=PIN)
    assert opened(ledger, CENTRE) == (True, ()), "what is to be published has not come yet"
    assert opened(ledger, replace(CENTRE, publisher="")) == (True, None)
    sent(ledger, NEW)
    assert opened(ledger, CENTRE) == (True, (range(1000, 1100),))
    assert who_is_there(ledger) == {boss.id: True, NEW.person: True}
