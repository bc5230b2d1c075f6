"""The owner of a handset over ADB: made only where nothing speaks against it, and seen afterwards.

Nothing is changed before everything was asked: an owner can be taken off by a factory reset only.
"""

from __future__ import annotations

from bench.enrolment.profiles.vocabulary import OwnDevice, VerifyOwner
from bench.events.device import HandsetIdentity
from bench.identity.plain import plain
from bench.ports import Handset, HandsetRefusalError
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.steps.owners import (
    hindrances,
    is_same,
    read_dumped_owner,
    read_owners,
    refused,
    wizard_words,
)


async def own_device(action: OwnDevice, handset: Handset, identity: HandsetIdentity) -> str:
    """Make an app the owner of the handset, and see it listed; done already is done.

    Whether the set-up wizard is done is told and decides nothing: it is not confirmed.

    Raises:
        HandsetRefusalError: something speaks against it, or the handset refused or did not do it.
        ProblemError: the link failed, or IDENTITY_CHANGED: it is not the handset of the run.
    """
    now = await handset.identify()
    _compare(now, identity)
    owner = await _owner(handset)
    if owner and is_same(owner, action.component):
        return f"{action.component} owns it already, {wizard_words(now.condition)}"
    if against := hindrances(now.condition, owner):
        raise HandsetRefusalError("; ".join(against))
    await _see_installed(action.component, handset)
    if refusal := refused(await handset.shell("dpm", "set-device-owner", action.component)):
        raise HandsetRefusalError(refusal)
    await _see_owner(action.component, handset)
    return f"{action.component} owns it, {wizard_words(now.condition)}"


async def verify_owner(action: VerifyOwner, handset: Handset) -> str:
    """Ask whether an app owns the handset; `HandsetRefusalError` where it does not."""
    await _see_owner(action.component, handset)
    return f"{action.component} owns it"


def _compare(now: HandsetIdentity, before: HandsetIdentity) -> None:
    """Refuse any other handset; one of which only the screen was read has no serial number yet."""
    detail = ""
    if str(before.serial) and now.serial != before.serial:
        detail = f"it was {before.serial} and is {now.serial}"
    elif before.imeis and now.imeis and not {*before.imeis} & {*now.imeis}:
        detail = "its IMEIs are other ones"
    if detail:
        raise ProblemError(Problem(ProblemCode.IDENTITY_CHANGED, detail=detail))


async def _see_installed(component: str, handset: Handset) -> None:
    package = component.partition("/")[0]
    listed = await handset.shell("pm", "list", "packages", package)
    if f"package:{package}" not in listed.out.split():
        raise HandsetRefusalError(f"{package} is not installed: have it installed in a step before")


async def _see_owner(component: str, handset: Handset) -> None:
    owner = await _owner(handset)
    if owner is None:
        raise HandsetRefusalError("it does not say who owns it")
    if not is_same(owner, component):
        raise HandsetRefusalError(f"{plain(owner) or 'nobody'} owns it, not {component}")


async def _owner(handset: Handset) -> str | None:
    """Return who owns the handset; up to Android 11 only a longer report tells."""
    told = read_owners(await handset.shell("dpm", "list-owners"))
    if told is None:
        told = read_dumped_owner(await handset.shell("dumpsys", "device_policy"))
    return told
