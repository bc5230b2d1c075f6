"""Showing a code to a handset's camera, until its management has seen the handset.

A technician's word that the code was taken ends the step as well: then it is cancelled. A code that
expires while it is shown is taken down, and made anew where its service gives out another.
"""

from __future__ import annotations

import asyncio

from bench.enrolment.codes.making import make_code
from bench.enrolment.intune.token_file import content_of
from bench.enrolment.payload.building import build
from bench.enrolment.payload.verbatim import take
from bench.enrolment.profiles.vocabulary import CodeSource, Seen, ShowCode
from bench.events.enrolment import ShownCode
from bench.events.management import EnrolmentContent
from bench.ports import Management
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.steps.awaiting import until_seen
from bench.staging.steps.means import Means

_SOON = 30.0
"""Seconds before its end from which a code is no longer shown: a handset takes a while."""


async def show_code(action: ShowCode, means: Means) -> str:
    """Show the code, and return what ended it; `ProblemError` where no code can be made."""
    showing = asyncio.create_task(_keep_showing(action, means))
    try:
        if means.management is None:
            await showing
        seen = asyncio.create_task(until_seen(Seen.ENROLLED, means))
        done, _ = await asyncio.wait({showing, seen}, return_when=asyncio.FIRST_COMPLETED)
        if seen not in done:
            await showing
        return await seen
    finally:
        await _end(showing)


async def _keep_showing(action: ShowCode, means: Means) -> None:
    """Show one code after another, each until it is about to expire."""
    while True:
        code = await _code(action, means)
        left = _left(code, means)
        means.show(code)
        await (asyncio.get_running_loop().create_future() if left is None else asyncio.sleep(left))
        means.show(None)
        if action.source is not CodeSource.SERVICE:
            raise ProblemError(Problem(ProblemCode.TOKEN_EXPIRED, detail=action.name))


async def _code(action: ShowCode, means: Means) -> ShownCode:
    """Make it; secrets and symbols take their time, so that is done beside the loop."""
    if action.source is CodeSource.SERVICE:
        content = await _service(means).content(action.name)
        return await asyncio.to_thread(_taken, content, means)
    made = _kept if action.source is CodeSource.FILE else _built
    return await asyncio.to_thread(made, action, means)


def _built(_: ShowCode, means: Means) -> ShownCode:
    text = build(means.profile, means.secrets, quoted_ssid=means.quoted_ssid)
    return make_code(text.text, None, text.warnings)


def _kept(action: ShowCode, means: Means) -> ShownCode:
    return _taken(content_of(means.secrets.secret(action.name), action.name, means.now()), means)


def _taken(content: EnrolmentContent, means: Means) -> ShownCode:
    profile, secrets = means.profile, means.secrets
    text = take(content.text, profile, secrets, quoted_ssid=means.quoted_ssid)
    return make_code(text.text, content.expires, text.warnings)


def _left(code: ShownCode, means: Means) -> float | None:
    """Return for how many seconds it may be shown, None for ever; `ProblemError` for not at all."""
    if code.expires is None:
        return None
    left = (code.expires - means.now()).total_seconds() - _SOON
    if left <= 0:
        raise ProblemError(Problem(ProblemCode.TOKEN_EXPIRED))
    return left


def _service(means: Means) -> Management:
    if means.management is None:
        raise ProblemError(Problem(ProblemCode.SERVICE_UNSET))
    return means.management


async def _end(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
