"""One step of a profile, done within its limit by whatever means it takes.

A handset that says no, or says yes and did not, is refused with `HandsetRefusalError` (FAIL); what
keeps the bench from asking at all comes as `ProblemError` (ERROR).
"""

from __future__ import annotations

import asyncio

from bench.enrolment.profiles.profile import Wifi
from bench.enrolment.profiles.vocabulary import (
    Action,
    AwaitManagement,
    BeListed,
    Confirm,
    Install,
    JoinWifi,
    MarrySim,
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
from bench.staging.steps.awaiting import await_management
from bench.staging.steps.device_owner import own_device, verify_owner
from bench.staging.steps.listing import be_listed
from bench.staging.steps.means import Means
from bench.staging.steps.showing_code import show_code
from bench.staging.steps.wifi import join_wifi


async def perform(step: Step, means: Means) -> str:
    """Do one step within its limit and return what was proven, in plain words.

    Raises:
        HandsetRefusalError: the handset refused, failed its proof, or took longer than the limit.
        ProblemError: the link, the server or the bench failed, or the service still did not answer
            at the limit.
    """
    try:
        async with asyncio.timeout(step.limit):
            return await _act(step.action, means)
    except TimeoutError as late:
        if means.answers.trouble:
            raise ProblemError(means.answers.trouble) from None
        notes = (*getattr(late.__cause__, "__notes__", ()), means.answers.state)
        last = "; ".join(filter(None, notes))
        told = f"not done within {step.limit} s"
        raise HandsetRefusalError(f"{told}: {last}" if last else told) from None


async def _act(action: Action, means: Means) -> str:
    match action:
        case ShowCode():
            return await show_code(action, means)
        case AwaitManagement():
            return await await_management(action, means)
        case BeListed():
            return await be_listed(action, means)
        case Confirm() | MarrySim():
            raise ValueError("a question is put to a technician, not to a handset")
        case OwnDevice() | VerifyOwner() | JoinWifi():
            return await _manage(action, means, _handset(means))
        case _:
            return await _prepare(action, means, _handset(means))


async def _manage(
    action: OwnDevice | VerifyOwner | JoinWifi, means: Means, handset: Handset
) -> str:
    match action:
        case OwnDevice():
            return await own_device(action, handset, means.identity)
        case VerifyOwner():
            return await verify_owner(action, handset)
        case JoinWifi():
            wifi = means.profile.wifi
            if wifi is None:
                raise ProblemError(Problem(ProblemCode.PROFILE_UNUSABLE, detail="no [wifi]"))
            return await join_wifi(wifi, await _password(wifi, means), handset)


async def _password(wifi: Wifi, means: Means) -> str:
    return await asyncio.to_thread(means.secrets.secret, wifi.password) if wifi.password else ""


async def _prepare(
    action: Install | Push | Setting | Run | Verify, means: Means, handset: Handset
) -> str:
    match action:
        case Install():
            return await over_adb.install_package(action, handset, means.progress)
        case Push():
            return await over_adb.push_file(action, handset, means.progress)
        case Setting():
            return await over_adb.change_setting(action, handset)
        case Run():
            return await over_adb.run_command(action, handset)
        case Verify():
            return await over_adb.verify_property(action, handset)


def _handset(means: Means) -> Handset:
    if means.handset is None:
        raise ProblemError(Problem(ProblemCode.LINK_LOST))
    return means.handset
