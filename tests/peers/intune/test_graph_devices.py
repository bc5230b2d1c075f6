"""Handsets under the management of a simulated Intune, and what the record makes of them."""

from __future__ import annotations

import asyncio

from bench.enrolment.intune.comparison import Comparison
from bench.enrolment.intune.devices import By
from bench.enrolment.intune.identities import Identity, Kind, Listed, list_identities
from bench.enrolment.intune.intune import Intune
from bench.enrolment.intune.looking import FILTERS
from bench.enrolment.intune.permissions import Permission
from bench.enrolment.intune.reconcile import Gaps, compare
from bench.enrolment.intune.verdicts import Expected, Verdict
from bench.events.management import Compliance
from bench.problems import ProblemCode
from hardware.simulator.intune import SimulatedIntune
from hardware.simulator.intune.faults import (
    Enormous,
    HalfBody,
    NextLink,
    Refuse,
    RepeatPage,
    WrongTypes,
)
from tests.peers.intune.graph_bench import NAME, QUICK, at_a_bench, code_of, imei, serial

_DEVICES = "*managedDevices*"


def enrol(service: SimulatedIntune, number: int, imei_of: int | None = None) -> str:
    told = str(imei(number if imei_of is None else imei_of))
    return service.enrol(
        service.token(NAME), serial=str(serial(number)), imeis=(told,), model="SM-A325F"
    )


def test_a_handset_is_found_once_it_has_enrolled() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        assert await intune.find(serial(1), (imei(1),)) is None
        enrol(service, 1)
        found = await intune.find(serial(1), (imei(1),))
        assert found is not None
        assert (found.serial, found.imei, found.mode) == (str(serial(1)), imei(1), NAME)
        assert found.compliance is Compliance.UNKNOWN
        service.check_in(str(serial(1)))
        again = await intune.find(None, (imei(99), imei(1)))
        assert again is not None
        assert again.compliance is Compliance.COMPLIANT
        assert await intune.find(None, ()) is None

    at_a_bench(scenario)


def test_the_newest_enrolment_is_found_and_a_contradiction_comes_as_it_is() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        enrol(service, 1)
        enrol(service, 1)
        found = await intune.find(serial(1), (imei(1),))
        assert found is not None
        assert found.id == service.devices[str(serial(1))].id
        enrol(service, 2, imei_of=7)
        other = await intune.find(serial(2), (imei(2),))
        assert other is not None
        assert other.imei == imei(7)

    at_a_bench(scenario)


def test_sixty_four_slots_that_wait_ask_in_batches_of_twenty() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        for number in range(0, 64, 2):
            enrol(service, number)
        asked = (intune.find(serial(n), (imei(n), imei(n + 500))) for n in range(64))
        found = await asyncio.gather(*asked)
        assert [each is not None for each in found] == [n % 2 == 0 for n in range(64)]
        batches = [status for _, path, status in service.log if path.endswith("$batch")]
        assert batches == [200] * 10

    at_a_bench(scenario)


def test_a_part_of_a_batch_that_is_throttled_is_asked_again() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        enrol(service, 1)
        service.faults.add(Refuse(429, retry_after=0), _DEVICES, times=3)
        assert await intune.find(serial(1), (imei(1),)) is not None
        service.faults.add(Refuse(429), _DEVICES, times=None)
        assert await code_of(intune.find(serial(1), ())) is ProblemCode.SERVICE_BUSY

    at_a_bench(scenario)


def test_where_the_service_filters_by_nothing_all_devices_are_looked_through() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        service.add_fleet(1200)
        enrol(service, 1)
        service.faults.add(Refuse(400), _DEVICES)
        service.faults.add(Refuse(501), _DEVICES)
        assert await intune.find(serial(1), (imei(1),)) is not None
        service.log.clear()
        both = await asyncio.gather(
            intune.find(serial(1), (imei(1),)), intune.find(serial(2), (imei(2),))
        )
        assert [each is not None for each in both] == [True, False]
        assert [path[-15:] for _, path, _ in service.log] == ["/managedDevices"] * 2

    at_a_bench(scenario)


def test_a_filter_that_the_service_ignores_is_noticed() -> None:
    """`userId` stands for any: the simulated service, as the real one, answers with everything."""

    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        service.add_fleet(30)
        enrol(service, 1)
        looking = intune._waiting._look
        asked: list[str] = []
        batch = intune.graph.batch

        async def ignoring(urls: list[str], permission: Permission) -> object:
            asked.extend(urls)
            return await batch(
                [u.replace("serialNumber%20eq", "userId%20eq") for u in urls], permission
            )

        intune.graph.batch = ignoring  # type: ignore[method-assign, assignment]
        assert await intune.find(serial(1), ()) is not None
        assert await intune.find(serial(2), ()) is None
        assert len(asked) == 1
        assert looking._filters == [By.IMEI]  # type: ignore[attr-defined]

    at_a_bench(scenario)


def test_a_filter_can_be_left_out_by_the_settings() -> None:
    async def scenario(service: SimulatedIntune, _: Intune) -> None:
        enrol(service, 1)
        filters = [by for by in FILTERS if by is By.SERIAL]
        async with Intune(service.address, filters=filters, interval=0, patience=QUICK) as intune:
            assert await intune.find(serial(1), (imei(1),)) is not None
            assert await intune.find(None, (imei(1),)) is not None
        asked = [path for _, path, _ in service.log if path.endswith("managedDevices")]
        assert len(asked) == 2

    at_a_bench(scenario)


def test_a_refused_part_is_a_problem() -> None:
    wanted = dict.fromkeys((403, 404, 409), ProblemCode.SERVICE_REFUSED)
    wanted |= {500: ProblemCode.SERVICE_GARBLED}

    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        found = {}
        for status in wanted:
            service.faults.add(Refuse(status), _DEVICES)
            found[status] = await code_of(intune.find(serial(1), ()))
        assert found == wanted

    at_a_bench(scenario)


# ── the record ──────────────────────────────────────────────────────────────────────────────────
def _expected(number: int) -> Expected:
    return Expected(f"u{number}", str(serial(number)), (imei(number),), "A32 v3")


def test_record_and_service_are_compared_page_by_page_with_progress() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        service.add_fleet(1200)
        enrol(service, 1)
        service.check_in(str(serial(1)))
        enrol(service, 2)
        told: list[int] = []
        with Comparison() as comparison:
            here = (_expected(number) for number in (1, 2, 3))
            gaps = await compare(intune.graph, here, lambda read, _: told.append(read), comparison)
            found = [each.verdict for each in comparison.findings()]
        assert gaps == Gaps()
        assert told == [500, 1000, 1202]
        assert found[:3] == [Verdict.COMPLIANT, Verdict.NOT_COMPLIANT, Verdict.MISSING]
        assert set(found[3:]) == {Verdict.UNRECORDED}
        assert len(found) == 1203

    at_a_bench(scenario)


_NOT_WHOLE = (
    RepeatPage(), NextLink("https://127.0.0.1:9/beta/x"), HalfBody(), Enormous(20_000_000),
)  # fmt: skip


def test_a_comparison_that_is_not_whole_is_a_problem() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        service.add_fleet(1200)
        found = []
        for fault in _NOT_WHOLE:
            service.faults.add(fault, _DEVICES)
            with Comparison() as comparison:
                work = compare(intune.graph, [], lambda *_: None, comparison)
                found.append(await code_of(work))
        assert found == [ProblemCode.SERVICE_GARBLED] * len(_NOT_WHOLE)

    at_a_bench(scenario)


def test_devices_that_cannot_be_read_are_counted_and_keep_nobody_else() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        service.add_fleet(1200)
        enrol(service, 1)
        service.faults.add(WrongTypes(), _DEVICES)
        with Comparison() as comparison:
            gaps = await compare(intune.graph, [_expected(1)], lambda *_: None, comparison)
            found = [each.verdict for each in comparison.findings()]
        assert gaps.unreadable == 500
        assert found == [Verdict.NOT_COMPLIANT] + [Verdict.UNRECORDED] * 700

    at_a_bench(scenario)


# ── corporate identifiers ───────────────────────────────────────────────────────────────────────
def test_identifiers_are_listed_in_chunks_and_again_without_harm() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        listed = [Identity(Kind.IMEI, str(imei(n)), "pallet 7") for n in range(45)]
        listed.append(Identity(Kind.SERIAL, str(serial(1))))

        async def once() -> list[Listed]:
            return [each async for _, each in list_identities(intune.graph, iter(listed), chunk=20)]

        assert await once() == [Listed.YES] * 46
        assert len(service.identities) == 46
        assert await once() == [Listed.NO] * 46
        assert len(service.identities) == 46
        assert sum("importDeviceIdentityList" in path for _, path, _ in service.log) == 6

    at_a_bench(scenario)


def test_what_was_listed_before_the_line_broke_is_told() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        listed = [Identity(Kind.IMEI, str(imei(n))) for n in range(4)]
        done: list[Identity] = []

        async def work() -> None:
            async for each, _ in list_identities(intune.graph, listed, chunk=2):
                done.append(each)
                service.faults.clear()
                service.faults.add(Refuse(500), "*import*")

        assert await code_of(work()) is ProblemCode.SERVICE_GARBLED
        assert done == listed[:2]

    at_a_bench(scenario)
