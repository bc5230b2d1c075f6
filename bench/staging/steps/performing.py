"""One step of a profile, done within its limit by whatever means it takes.

A handset that says no, or says yes and did not, is refused with `HandsetRefusalError` (FAIL); what
keeps the bench from asking at all comes as `ProblemError` (ERROR).
"""

from __future__ import annotations

import asyncio
from typing import assert_never

from bench.enrolment.profiles.vocabulary import (
    AwaitManagement,
    BeListed,
    Confirm,
    Install,
    JoinWifi,
    OwnDevice,
    Push,
    Run,
    Setting,
    ShowCode,
    Step,
    Verify,
    VerifyOwner,
)
from bench.ports import Handset, HandsetRefusalError
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.steps import over_adb
from bench.staging.steps.means import Means


async def perform(step: Step, means: Means) -> str:
    """Do one step within its limit and return what was proven, in plain words.

    Raises:
        HandsetRefusalError: the handset refused, failed its proof, or took longer than the limit.
        ProblemError: the link, the server or the bench failed.
    """
    try:
        async with asyncio.timeout(step.limit):
            return await _act(step, means)
    except TimeoutError:
        raise HandsetRefusalError(f"not done within {step.limit} s") from None


async def _act(step: Step, means: Means) -> str:
    match step.action:
        case Install() as install:
            return await over_adb.install_package(install, _handset(means), means.progress)
        case Push() as push:
            return await over_adb.push_file(push, _handset(means), means.progress)
        case Setting() as setting:
            return await over_adb.change_setting(setting, _handset(means))
        case Run() as run:
            return await over_adb.run_command(run, _handset(means))
        case Verify() as verify:
            return await over_adb.verify_property(verify, _handset(means))
        case OwnDevice() | VerifyOwner() | JoinWifi():
            raise NotImplementedError(type(step.action).__name__)
        case ShowCode() | AwaitManagement() | BeListed() | Confirm():
            raise NotImplementedError(type(step.action).__name__)
        case _:
            assert_never(step.action)


def _handset(means: Means) -> Handset:
    if means.handset is None:
        raise ProblemError(Problem(ProblemCode.LINK_LOST))
    return means.handset
