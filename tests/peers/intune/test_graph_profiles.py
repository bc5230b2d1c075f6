"""Profiles and tokens at a simulated Intune."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

from bench.enrolment.intune.fallback import EXTRAS_KEY, TOKEN_KEY
from bench.enrolment.intune.intune import Intune
from bench.enrolment.intune.permissions import Permission
from bench.events.management import TokenKind
from bench.problems import ProblemCode
from hardware.simulator.intune import SimulatedIntune
from hardware.simulator.intune.faults import (
    AsPrinted,
    CutAfterDoing,
    Fault,
    HalfBody,
    Refuse,
    WrongTypes,
)
from tests.peers.intune.graph_bench import NAME, at_a_bench, code_of, refused

_PROFILES = "*androidDeviceOwnerEnrollmentProfiles*"


def _token_in(text: str) -> str:
    return str(json.loads(text)[EXTRAS_KEY][TOKEN_KEY])


def test_what_a_handset_enrols_with_is_the_services_own_text() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        service.make_profile("Staged", kind=TokenKind.STAGING, wifi_ssid="bench", days=3)
        found = await intune.content("Staged")
        assert _token_in(found.text) == service.token("Staged")
        assert '"bench"' in found.text
        assert found.kind is TokenKind.STAGING
        assert found.expires is not None
        assert abs(found.expires - datetime.now(UTC) - timedelta(days=3)) < timedelta(minutes=5)

    at_a_bench(scenario)


def test_an_overview_asks_for_no_token() -> None:
    async def scenario(_: SimulatedIntune, intune: Intune) -> None:
        (found,) = await intune.enrolling.profiles()
        assert (found.name, found.mode) == (NAME, "corporateOwnedFullyManaged")
        assert (found.token, found.content) == ("", "")

    at_a_bench(scenario)


def test_slots_that_ask_at_once_share_one_answer() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        found = await asyncio.gather(*(intune.content(NAME) for _ in range(64)))
        assert len({each.text for each in found}) == 1
        assert sum("EnrollmentProfiles" in path for _, path, _ in service.log) == 2

    at_a_bench(scenario)


def test_one_slot_that_gives_up_leaves_the_answer_to_the_others() -> None:
    async def scenario(_: SimulatedIntune, intune: Intune) -> None:
        goes, stays = (asyncio.create_task(intune.content(NAME)) for _ in range(2))
        await asyncio.sleep(0)
        goes.cancel()
        assert (await stays).text

    at_a_bench(scenario)


def test_a_token_that_expired_or_was_revoked_is_said_before_the_handset_is_touched() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        service.make_profile("Old", days=0)
        assert await code_of(intune.content("Old")) is ProblemCode.TOKEN_EXPIRED
        assert await intune.content(NAME)
        service.revoke(NAME)
        assert await code_of(intune.content(NAME)) is ProblemCode.TOKEN_EXPIRED

    at_a_bench(scenario)


def test_a_new_token_is_made_and_read_back() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        before = service.token(NAME)
        found = await intune.enrolling.create_token(NAME, 3600)
        assert _token_in(found.text) == service.token(NAME) != before
        await intune.enrolling.revoke_token(NAME)
        assert await code_of(intune.content(NAME)) is ProblemCode.TOKEN_EXPIRED
        again = await intune.enrolling.create_token(NAME, 3600)
        assert _token_in(again.text) == service.token(NAME)

    at_a_bench(scenario)


def test_a_token_that_was_made_although_the_line_was_cut_is_found() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        service.faults.add(CutAfterDoing(), "*createToken")
        found = await intune.enrolling.create_token(NAME, 3600)
        assert _token_in(found.text) == service.token(NAME)

    at_a_bench(scenario)


def test_a_token_for_no_time_at_all_is_refused_by_the_service() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        before = service.token(NAME)
        refusal = await code_of(intune.enrolling.create_token(NAME, 0))
        assert refusal is ProblemCode.SERVICE_REFUSED
        assert service.token(NAME) == before

    at_a_bench(scenario)


def test_a_profile_that_is_not_there_is_told_with_those_that_are() -> None:
    async def scenario(_: SimulatedIntune, intune: Intune) -> None:
        error = await refused(intune.content("A33"))
        assert error.problem.code is ProblemCode.PROFILE_UNUSABLE
        assert NAME in error.problem.detail

    at_a_bench(scenario)


def test_a_permission_that_is_missing_is_named() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        service.granted.clear()
        service.granted.add(Permission.READ_DEVICES.value)
        error = await refused(intune.content(NAME))
        assert error.problem.code is ProblemCode.SERVICE_REFUSED
        assert Permission.READ_PROFILES in error.problem.detail

    at_a_bench(scenario)


_FAULTS: tuple[tuple[Fault, ProblemCode | None], ...] = (
    (Refuse(401), None),
    (Refuse(429, retry_after=0), None),
    (Refuse(429), None),
    (Refuse(503), None),
    (AsPrinted(), None),
    (HalfBody(), ProblemCode.SERVICE_GARBLED),
    (WrongTypes(), ProblemCode.SERVICE_GARBLED),
    (Refuse(404), ProblemCode.SERVICE_REFUSED),
    (Refuse(409), ProblemCode.SERVICE_REFUSED),
    (Refuse(500), ProblemCode.SERVICE_GARBLED),
)


def test_each_fault_is_overcome_or_told() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        found = []
        for fault, code in _FAULTS:
            service.faults.add(fault, "*Profiles/*" if isinstance(fault, AsPrinted) else _PROFILES)
            if code is None:
                assert (await intune.content(NAME)).text
            found.append((fault, code and await code_of(intune.content(NAME))))
            assert not len(service.faults)
        assert tuple(found) == _FAULTS

    at_a_bench(scenario)
