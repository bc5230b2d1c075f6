"""Showing a code to a handset's camera, until its management has seen the handset.

A technician's word that the code was taken ends the step as well: then it is cancelled. A code that
expires or is revoked while it is shown is taken down, and made anew where its service gives out
another.
"""

from __future__ import annotations

import asyncio
from math import inf
from typing import Any, NoReturn

from bench.enrolment.codes.making import make_code
from bench.enrolment.intune.token_file import content_of
from bench.enrolment.payload.building import build
from bench.enrolment.payload.verbatim import take
from bench.enrolment.profiles.vocabulary import CodeSource, Seen, ShowCode
from bench.events.enrolment import ShownCode
from bench.events.management import EnrolmentContent
from bench.ports import Management
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.steps.answers import TROUBLE
from bench.staging.steps.awaiting import note_earlier, until_seen
from bench.staging.steps.means import Means

_SOON = 30.0
"""Seconds before its end from which a code is no longer shown: a handset takes a while."""
_LOOK_AGAIN = 60.0
"""Seconds between two looks whether the service still gives out the code that is shown."""


async def show_code(action: ShowCode, means: Means) -> str:
    """Show the code, and return what ended it; `ProblemError` where no code can be made."""
    if means.management is None:
        await _keep_showing(action, means)
    await note_earlier(means)
    showing = asyncio.create_task(_keep_showing(action, means))
    seen = asyncio.create_task(until_seen(Seen.ENROLLED, means))
    try:
        done, _ = await asyncio.wait({showing, seen}, return_when=asyncio.FIRST_COMPLETED)
        if seen not in done:
            await showing
        return await seen
    finally:
        await _end(showing, seen)


async def _keep_showing(action: ShowCode, means: Means) -> NoReturn:
    """Show one code after another, each as long as it holds."""
    content = await _content(action, means)
    while True:
        code = await asyncio.to_thread(_made, content, means)
        left = _left(code, means)
        means.show(code)
        try:
            changed = await _spent(content, action, left, means)
        except ProblemError:
            means.show(None)
            raise
        means.show(None)
        content = changed or await _content(action, means)


async def _content(action: ShowCode, means: Means) -> EnrolmentContent | None:
    """Return what the code is taken from, None where it is built here."""
    match action.source:
        case CodeSource.SERVICE:
            service = _service(means)
            return await means.answers.wait_for("code", lambda: service.content(action.name))
        case CodeSource.FILE:
            secret = await asyncio.to_thread(means.secrets.secret, action.name)
            return content_of(secret, action.name, means.service_now())
        case CodeSource.PAYLOAD:
            return None


async def _spent(
    shown: EnrolmentContent | None, action: ShowCode, left: float | None, means: Means
) -> EnrolmentContent | None:
    """Wait until a code expires, or until the service gives out another: that is returned."""
    if action.source is not CodeSource.SERVICE:
        await (asyncio.get_running_loop().create_future() if left is None else asyncio.sleep(left))
        raise ProblemError(Problem(ProblemCode.TOKEN_EXPIRED, detail=action.name))
    loop = asyncio.get_running_loop()
    ends = inf if left is None else loop.time() + left
    while (rest := ends - loop.time()) > 0:
        await asyncio.sleep(min(_LOOK_AGAIN, rest))
        if rest > _LOOK_AGAIN and (found := await _looked_up(action, means)) not in (None, shown):
            return found
    return None


async def _looked_up(action: ShowCode, means: Means) -> EnrolmentContent | None:
    """Ask what the service gives out now; None while it is in trouble: that says nothing of it."""
    try:
        return await _service(means).content(action.name)
    except ProblemError as error:
        if error.problem.code in TROUBLE:
            return None
        raise


def _made(content: EnrolmentContent | None, means: Means) -> ShownCode:
    """Make it; secrets and symbols take their time, so that is done beside the loop."""
    return _built(means) if content is None else _taken(content, means)


def _built(means: Means) -> ShownCode:
    text = build(means.profile, means.secrets, quoted_ssid=means.quoted_ssid)
    return make_code(text.text, None, text.warnings)


def _taken(content: EnrolmentContent, means: Means) -> ShownCode:
    profile, secrets = means.profile, means.secrets
    text = take(content.text, profile, secrets, quoted_ssid=means.quoted_ssid)
    return make_code(text.text, content.expires, text.warnings)


def _left(code: ShownCode, means: Means) -> float | None:
    """Return for how many seconds it may be shown, None for ever; `ProblemError` for not at all."""
    if code.expires is None:
        return None
    left = (code.expires - means.service_now()).total_seconds() - _SOON
    if left <= 0:
        raise ProblemError(Problem(ProblemCode.TOKEN_EXPIRED))
    return left


def _service(means: Means) -> Management:
    if means.management is None:
        raise ProblemError(Problem(ProblemCode.SERVICE_UNSET))
    return means.management


async def _end(*tasks: asyncio.Task[Any]) -> None:
    """End them, and know of each how it ended: what nobody looks at ends the bench."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
