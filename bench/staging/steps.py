"""Carrying a profile's step out on a handset, and proving that it took.

A handset that says no, or says yes and did not, is refused with `HandsetRefusalError` (FAIL); what
keeps the bench from asking at all comes as `ProblemError` (ERROR).
"""

from __future__ import annotations

import asyncio
from typing import assert_never

from bench.enrolment.vocabulary import COMMAND_WORDS, Install, Push, Run, Setting, Step, Verify
from bench.identity.plain import plain
from bench.ports import Handset, HandsetRefusalError, Progress


async def perform(step: Step, handset: Handset, progress: Progress) -> str:
    """Do one step within its limit and return what was proven, in plain words.

    Raises:
        HandsetRefusalError: the handset refused, failed its proof, or took longer than the limit.
        ProblemError: the link, the server or the bench failed.
    """
    try:
        async with asyncio.timeout(step.limit):
            return await _act(step, handset, progress)
    except TimeoutError:
        raise HandsetRefusalError(f"not done within {step.limit} s") from None


async def _act(step: Step, handset: Handset, progress: Progress) -> str:
    match step.action:
        case Install() as install:
            return await _install(install, handset, progress)
        case Push() as push:
            return await _push(push, handset, progress)
        case Setting() as setting:
            return await _set(setting, handset)
        case Run() as run:
            await _answer(handset, *COMMAND_WORDS[run.command])
            return str(run.command)
        case Verify() as verify:
            return await _verify(verify, handset)
        case _:
            assert_never(step.action)


async def _install(install: Install, handset: Handset, progress: Progress) -> str:
    await handset.install(install.file, progress)
    listed = await _answer(handset, "pm", "list", "packages", install.package)
    if f"package:{install.package}" not in listed.split():
        raise HandsetRefusalError(f"{install.package} is not listed after its installation")
    return f"{install.package} installed"


async def _push(push: Push, handset: Handset, progress: Progress) -> str:
    await handset.push(push.file, push.target, progress)
    digest = (await _answer(handset, "sha256sum", push.target)).split(" ", 1)[0]
    if digest != push.sha256:
        raise HandsetRefusalError(f"the copy at {push.target} differs from the file")
    return f"sha256 {digest[:16]}"


async def _set(setting: Setting, handset: Handset) -> str:
    where = (str(setting.namespace), setting.key)
    await _answer(handset, "settings", "put", *where, setting.value)
    now = await _answer(handset, "settings", "get", *where)
    _compare("/".join(where), now, setting.value)
    return f"{setting.key}={setting.value}"


async def _verify(verify: Verify, handset: Handset) -> str:
    now = await _answer(handset, "getprop", verify.property)
    _compare(verify.property, now, verify.value)
    return f"{verify.property}={verify.value}"


def _compare(what: str, got: str, wanted: str) -> None:
    if got != wanted:
        raise HandsetRefusalError(f"{what} is {plain(got) or 'empty'}, not {wanted}")


async def _answer(handset: Handset, *words: str) -> str:
    """Run a command that must end with exit code 0; return its output without the line end."""
    reply = await handset.shell(*words)
    if reply.code:
        raise HandsetRefusalError(plain(reply.err or reply.out, 200) or f"exit code {reply.code}")
    return reply.out.rstrip("\r\n")
