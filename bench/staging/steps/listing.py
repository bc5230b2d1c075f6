"""Whether a handset stands in a file that was handed to its enrolment service."""

from __future__ import annotations

from bench.enrolment.profiles.vocabulary import BeListed
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.steps.means import Means


def be_listed(action: BeListed, means: Means) -> str:
    """Return the file that it is in; `ProblemError` NOT_LISTED where it is in none."""
    identity = means.identity
    serial = identity.serial if identity.serial.text else None
    uploads = means.uploads
    found = uploads.listed(action.service.value, identity.imeis, serial) if uploads else ""
    if not found:
        raise ProblemError(Problem(ProblemCode.NOT_LISTED, detail=action.service.value))
    return f"in {found}"
