"""Signing in at the simulated authority: by certificate, by a person, and what goes wrong."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bench.enrolment.intune.intune import Intune
from bench.enrolment.intune.permissions import READING, Permission
from bench.enrolment.intune.remembered import Cache, Forgetful
from bench.enrolment.intune.tokens import SignInPrompt
from bench.ports import ManagementAddress
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.simulator.intune import SimulatedIntune
from hardware.simulator.intune.certificates import make_papers
from hardware.simulator.intune.faults import (
    NOT_JSON,
    Cut,
    Fault,
    HalfBody,
    Redirect,
    Refuse,
    Say,
    Silence,
)
from tests.peers.intune.graph_bench import NAME, QUICK, at_a_bench, code_of, refused
from tests.peers.intune.intune_room import papers

_AUTHORITY = "*oauth2*"


def _sign_ins(service: SimulatedIntune) -> int:
    return sum(path.endswith("/oauth2/v2.0/token") for _, path, _ in service.log)


def _elsewhere(address: ManagementAddress, cache: Cache | None = None) -> Intune:
    return Intune(address, interval=0.001, patience=QUICK, cache=cache)


def test_an_application_signs_in_once_by_its_certificate() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        await asyncio.gather(*(intune.enrolling.profiles() for _ in range(8)))
        assert _sign_ins(service) == 1

    at_a_bench(scenario)


def test_a_token_that_was_taken_back_is_fetched_anew_unseen() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        await intune.enrolling.profiles()
        service.void_tokens()
        found = await asyncio.gather(*(intune.enrolling.profiles() for _ in range(8)))
        assert len(found) == 8
        assert _sign_ins(service) == 2

    at_a_bench(scenario)


@pytest.mark.parametrize("apart", [timedelta(days=1), timedelta(days=-1)])
def test_a_clock_wrong_by_a_day_is_told_with_both_times(apart: timedelta) -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        service.faults.skew = apart
        error = await refused(intune.content(NAME))
        assert error.problem.code is ProblemCode.CLOCK_WRONG
        assert error.problem.detail.count("UTC") == 2

    at_a_bench(scenario)


def test_a_clock_that_goes_wrong_later_is_told_too() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        await intune.content(NAME)
        service.faults.skew = timedelta(days=1)
        assert await code_of(intune.content(NAME)) is ProblemCode.CLOCK_WRONG
        service.faults.clear()
        assert await intune.content(NAME)

    at_a_bench(scenario)


@pytest.mark.parametrize("apart", [timedelta(minutes=4), timedelta(minutes=-4)])
def test_the_time_is_the_services_once_it_has_said_it(apart: timedelta) -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        service.faults.skew = apart
        assert abs(intune.now() - datetime.now(UTC)) < timedelta(minutes=1)
        await intune.content(NAME)
        assert abs(intune.now() - datetime.now(UTC) - apart) < timedelta(minutes=1)

    at_a_bench(scenario)


_Change = Callable[[ManagementAddress], ManagementAddress]
_CANNOT: dict[str, tuple[_Change, ProblemCode]] = {
    "client": (lambda a: replace(a, client="0" * 8), ProblemCode.SERVICE_REFUSED),
    "no key": (
        lambda a: replace(a, key="-----BEGIN PRIVATE KEY-----"),
        ProblemCode.SECRET_UNUSABLE,
    ),
    "half a key": (lambda a: replace(a, key=_less(a.key)), ProblemCode.SECRET_UNUSABLE),
    "another": (
        lambda a: replace(a, key=make_papers("x").application),
        ProblemCode.SERVICE_REFUSED,
    ),
    "tenant": (lambda a: replace(a, authority=a.authority + "x"), ProblemCode.SERVICE_GARBLED),
    "trust": (lambda a: replace(a, certificates=None), ProblemCode.SERVICE_UNREACHABLE),
    "nobody": (lambda a: replace(a, key=""), ProblemCode.SIGN_IN_AGAIN),
}


def _less(key: str) -> str:
    lines = key.splitlines()
    return "\n".join(lines[:3] + lines[4:])


def test_each_way_in_which_a_sign_in_cannot_be() -> None:
    async def scenario(service: SimulatedIntune, _: Intune) -> None:
        found = {}
        for name, (change, _code) in _CANNOT.items():
            async with _elsewhere(change(service.address)) as intune:
                found[name] = await code_of(intune.content(NAME))
        assert found == {name: code for name, (_change, code) in _CANNOT.items()}

    at_a_bench(scenario)


_ODD: tuple[tuple[Fault, ProblemCode], ...] = (
    (NOT_JSON, ProblemCode.SERVICE_GARBLED),
    (HalfBody(), ProblemCode.SERVICE_GARBLED),
    (Cut(), ProblemCode.SERVICE_UNREACHABLE),
    (Redirect("https://127.0.0.1:9/"), ProblemCode.SERVICE_GARBLED),
    (Say(b"[]"), ProblemCode.SERVICE_GARBLED),
    (Say(b"{}"), ProblemCode.SERVICE_GARBLED),
    (Say(b'{"access_token": "a\\nb", "expires_in": 9}'), ProblemCode.SERVICE_GARBLED),
    (Refuse(500), ProblemCode.SERVICE_GARBLED),
)


def test_each_odd_answer_of_an_authority_is_a_problem() -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        found = []
        for fault, _ in _ODD:
            service.faults.add(fault, _AUTHORITY)
            found.append((fault, await code_of(intune.content(NAME))))
        assert tuple(found) == _ODD
        assert await intune.content(NAME)

    at_a_bench(scenario)


@pytest.mark.parametrize("status", [429, 503])
def test_an_authority_that_is_busy_is_waited_for(status: int) -> None:
    async def scenario(service: SimulatedIntune, intune: Intune) -> None:
        service.faults.add(Refuse(status, retry_after=0), _AUTHORITY, times=2)
        assert await intune.content(NAME)
        service.void_tokens()
        service.faults.add(Refuse(status), _AUTHORITY, times=None)
        before = len(service.log)
        error = await refused(intune.content(NAME))
        assert error.problem.code is ProblemCode.SERVICE_BUSY
        assert error.problem.detail.startswith("the sign-in: ")
        assert sum("oauth2" in path for _, path, _ in service.log[before:]) == QUICK.tries

    at_a_bench(scenario)


def test_a_certificate_that_is_renewed_is_signed_in_by_without_a_restart() -> None:
    async def scenario(service: SimulatedIntune, _: Intune) -> None:
        kept = [make_papers("before").application]
        address = replace(service.address, key=kept[0])
        async with Intune(address, key=lambda: kept[0], patience=QUICK) as intune:
            assert await code_of(intune.content(NAME)) is ProblemCode.SERVICE_REFUSED
            kept[0] = service.address.key
            assert await intune.content(NAME)

    at_a_bench(scenario)


_WHERE_IT_LOADS = """
import asyncio, sys, threading
where = {}
class Watch:
    def find_spec(self, name, path=None, target=None):
        where.setdefault(name, threading.current_thread() is threading.main_thread())
sys.meta_path.insert(0, Watch())
from bench.enrolment.intune.intune import Intune
from bench.ports import ManagementAddress
from bench.problems import ProblemError
async def play():
    nowhere = "https://127.0.0.1:9/beta"
    async with Intune(ManagementAddress(nowhere, nowhere, "client")) as intune:
        assert not {"aiohttp", "msal"} & set(sys.modules)
        try:
            await intune.tokens.sign_in(print)
        except ProblemError as error:
            print(error.problem.code)
asyncio.run(play())
print({name: where[name] for name in ("aiohttp", "msal")})
"""


def test_no_library_is_loaded_on_the_benchs_loop() -> None:
    said = subprocess.run(
        [sys.executable, "-c", _WHERE_IT_LOADS], capture_output=True, text=True, check=True
    )
    on_the_loop = {"aiohttp": False, "msal": False}
    assert said.stdout == f"{ProblemCode.SERVICE_UNREACHABLE}\n{on_the_loop}\n"


# ── the end ─────────────────────────────────────────────────────────────────────────────────────
def test_nothing_is_opened_again_behind_the_end() -> None:
    async def scenario(service: SimulatedIntune, _: Intune) -> None:
        for pause in (0, 0.005, 0.01, 0.02, 0.04):
            intune = _elsewhere(service.address)
            asking = asyncio.create_task(intune.tokens.token())
            await asyncio.sleep(pause)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            await intune.close()
            assert intune.tokens._working is None or intune.tokens._working.done()
            assert (
                await code_of(intune.tokens.token(refused="x")) is ProblemCode.SERVICE_UNREACHABLE
            )
            assert intune._exchange._session is None

    at_a_bench(scenario)


def test_an_end_while_the_authority_is_waited_for_is_one_at_once() -> None:
    async def scenario(service: SimulatedIntune, _: Intune) -> None:
        intune = _elsewhere(service.address)
        service.faults.add(Refuse(503, retry_after=50), _AUTHORITY, times=None)
        asking = asyncio.create_task(intune.tokens.token())
        while not any("oauth2" in path or "openid" in path for _, path, _ in service.log):
            await asyncio.sleep(0.01)
        await intune.close()
        assert await code_of(asking) is ProblemCode.SERVICE_UNREACHABLE
        assert intune.tokens._working is not None
        assert intune.tokens._working.done()

    at_a_bench(scenario)


def test_one_sign_in_at_a_time_asks_also_when_the_first_was_given_up() -> None:
    async def scenario(service: SimulatedIntune, _: Intune) -> None:
        async with _elsewhere(service.address) as intune:
            intune.tokens._deadline = 0.2
            service.faults.add(Silence(), _AUTHORITY, times=None)
            at_work = set()
            for _time in range(3):
                found = await code_of(intune.tokens.token())
                assert found is ProblemCode.SERVICE_UNREACHABLE
                at_work.add(intune.tokens._working)
            assert len(at_work) == 1

    at_a_bench(scenario)


# ── a person ────────────────────────────────────────────────────────────────────────────────────
def _by_a_person(
    act: Callable[[SimulatedIntune, SignInPrompt], None],
    then: Callable[[SimulatedIntune, Intune, Cache], Awaitable[None]],
    code: ProblemCode | None = None,
) -> None:
    async def play() -> None:
        async with SimulatedIntune(interval=timedelta(seconds=1), papers=papers()) as service:
            service.make_profile(NAME)
            service.granted.update(READING)
            cache = Forgetful()
            async with _elsewhere(replace(service.address, key=""), cache) as intune:
                signing = intune.tokens.sign_in(lambda prompt: act(service, prompt))
                if code is None:
                    await signing
                else:
                    assert await code_of(signing) is code
                await then(service, intune, cache)

    asyncio.run(asyncio.wait_for(play(), 30))


async def _nothing(_: SimulatedIntune, __: Intune, cache: Cache) -> None:
    assert "RefreshToken" not in cache.load()


def test_a_person_signs_in_once_and_it_is_kept_for_the_next_start() -> None:
    async def then(service: SimulatedIntune, intune: Intune, cache: Cache) -> None:
        assert await intune.content(NAME)
        address = replace(service.address, key="")
        async with _elsewhere(address, cache) as restarted:
            assert await restarted.content(NAME)
            service.void_tokens()
            assert await code_of(restarted.content(NAME)) is ProblemCode.SIGN_IN_AGAIN

    def act(service: SimulatedIntune, prompt: SignInPrompt) -> None:
        assert prompt.page.startswith("https://")
        assert prompt.minutes == 15
        service.approve_device_code(prompt.code)

    _by_a_person(act, then)


def test_a_person_who_signs_in_elsewhere_helps_the_bench_that_is_running() -> None:
    async def play() -> None:
        async with SimulatedIntune(interval=timedelta(seconds=1), papers=papers()) as service:
            service.make_profile(NAME)
            service.granted.update(READING)
            cache, address = Forgetful(), replace(service.address, key="")
            async with _elsewhere(address, cache) as bench, _elsewhere(address, cache) as command:
                assert await code_of(bench.content(NAME)) is ProblemCode.SIGN_IN_AGAIN
                for _ in range(2):
                    await command.tokens.sign_in(lambda p: service.approve_device_code(p.code))
                    assert await bench.content(NAME)
                    service.void_tokens()
                    assert await code_of(bench.content(NAME)) is ProblemCode.SIGN_IN_AGAIN

    asyncio.run(asyncio.wait_for(play(), 30))


class _Full(Forgetful):
    """A place that nothing more can be written to."""

    is_full = True

    def save(self, text: str) -> None:
        if self.is_full:
            raise ProblemError(Problem(ProblemCode.SECRET_UNUSABLE, "Intune", "no space left"))
        super().save(text)


def test_a_sign_in_that_cannot_be_kept_is_used_and_kept_later(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def play() -> None:
        async with SimulatedIntune(interval=timedelta(seconds=1), papers=papers()) as service:
            service.make_profile(NAME)
            service.granted.update(READING)
            cache, address = _Full(), replace(service.address, key="")
            async with _elsewhere(address, cache) as intune:
                signing = intune.tokens.sign_in(lambda p: service.approve_device_code(p.code))
                assert await code_of(signing) is ProblemCode.SECRET_UNUSABLE
                token = await intune.tokens.token()
                assert await intune.tokens.token(refused=token) not in ("", token)
                assert intune.tokens.unkept is not None
                assert "no space left" in caplog.text
                assert token not in caplog.text
                assert await intune.content(NAME)
                cache.is_full = False
            assert intune.tokens.unkept is None
            async with _elsewhere(address, cache) as restarted:
                assert await restarted.content(NAME)

    asyncio.run(asyncio.wait_for(play(), 30))


def test_who_was_signed_out_elsewhere_is_not_kept_again() -> None:
    async def then(_: SimulatedIntune, intune: Intune, cache: Cache) -> None:
        token = await intune.tokens.token()
        cache.save("")
        assert await intune.tokens.token(refused=token) != token
        assert cache.load() == ""

    _by_a_person(lambda service, prompt: service.approve_device_code(prompt.code), then)


def test_a_person_who_declines_is_not_signed_in() -> None:
    _by_a_person(
        lambda service, prompt: service.decline_device_code(prompt.code),
        _nothing,
        ProblemCode.SIGN_IN_AGAIN,
    )


def test_a_person_is_asked_for_no_more_than_reading() -> None:
    async def then(_: SimulatedIntune, intune: Intune, __: Cache) -> None:
        error = await refused(intune.enrolling.create_token(NAME, 60))
        assert error.problem.code is ProblemCode.SERVICE_REFUSED
        assert Permission.MAKE_TOKENS in error.problem.detail

    _by_a_person(lambda service, prompt: service.approve_device_code(prompt.code), then)


def test_a_sign_in_that_nobody_waits_for_any_more_ends() -> None:
    async def scenario(service: SimulatedIntune, _: Intune) -> None:
        async with _elsewhere(replace(service.address, key="")) as intune:
            shown = asyncio.Event()
            signing = asyncio.create_task(intune.tokens.sign_in(lambda _: shown.set()))
            await shown.wait()
            signing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await signing

    at_a_bench(scenario)
