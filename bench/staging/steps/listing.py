"""Whether a handset stands in a file that was handed to its enrolment service."""

from __future__ import annotations

import asyncio

from bench.enrolment.profiles.vocabulary import BeListed
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.steps.means import Means


async def be_listed(action: BeListed, means: Means) -> str:
    """Return the file that it is in; `ProblemError` NOT_LISTED where it is in none."""
    identity = means.identity
    serial = identity.serial if identity.serial.text else None
    uploads = means.uploads
    service = action.service.value
    found = ""
    if uploads is not None:
        found = await asyncio.to_thread(uploads.listed, service, identity.imeis, serial)
    if not found:
        raise ProblemError(Problem(ProblemCode.NOT_LISTED, detail=service))
    return f"in {found}"
