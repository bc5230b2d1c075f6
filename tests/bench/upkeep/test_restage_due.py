"""Handsets that carry another version of a bench's profile are counted when it opens, and daily."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from bench.custody.body import short
from bench.custody.database import connect_reader
from bench.custody.entries import Entry
from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.events.orders import CustodyKind
from bench.problems import ProblemCode
from bench.upkeep.plan import Plan
from bench.upkeep.restaging import carrying_others, current
from tests.bench.custody.record import device
from tests.bench.custody.test_policies import NEW, OLD, begun, staged
from tests.bench.upkeep.upkept import open_record, set_clock, upkept

BENCH = Plan(profiles={"A32 QR": {short(NEW)}, "Other": {short("c3" * 32)}})


def carrying(folder: Path) -> None:
    with closing(open_record(folder)) as ledger:
        begun(ledger)
        for number, policy in ((1, OLD), (2, OLD), (3, NEW), (4, OLD)):
            ledger.append(staged(number, policy))
        ledger.append([Entry(CustodyKind.WIPED, device(4, 4))])


def test_a_queue_to_restage_is_said_when_a_bench_opens_and_counted_anew_each_day(
    tmp_path: Path,
) -> None:
    carrying(tmp_path)

    async def work() -> None:
        clock = set_clock(tmp_path)
        async with upkept(tmp_path, BENCH, clock=clock) as session:
            due = await session.shown(ProblemCode.RESTAGE_DUE)
            assert (due.where, due.detail) == ("A32 QR", "2 handsets carry another version")
            session.ledger.append([*staged(1, NEW), *staged(2, NEW)])
            clock.forward(timedelta(days=1))
            await session.over(ProblemCode.RESTAGE_DUE)
            assert {each.where for each in session.board.stood if each.code == due.code} == {
                "A32 QR"
            }

    asyncio.run(work())


def test_only_other_versions_of_the_same_profile_are_counted(tmp_path: Path) -> None:
    carrying(tmp_path)
    with closing(connect_reader(tmp_path / "ledger.db")) as connection:
        assert carrying_others(connection, "A32 QR", {short(NEW)}) == 2
        assert carrying_others(connection, "A32 QR", {short(OLD)}) == 1
        assert carrying_others(connection, "A32 QR", {short(OLD), short(NEW)}) == 0
        assert carrying_others(connection, "A33 QR", {short(NEW)}) == 0


def test_variants_and_profiles_of_one_name_count_as_one() -> None:
    def profile(name: str, fingerprint: str) -> EnrolmentProfile:
        return EnrolmentProfile(name, 1, True, (), fingerprint)

    found = current([profile("cafe\u0301", OLD), profile("caf\u00e9", NEW), profile("b", OLD)])
    assert found == {"caf\u00e9": {short(OLD), short(NEW)}, "b": {short(OLD)}}
