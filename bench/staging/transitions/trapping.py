"""What sets a handset aside as soon as it says who it is: pure, one trap after the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bench.enrolment.profiles.profile import Traps
from bench.events.device import HandsetIdentity
from bench.events.modem import ModemIdentity
from bench.events.run import HandsetRecognised
from bench.problems import Problem, ProblemCode
from bench.staging.run import StagingRun

_C = ProblemCode


def trap_of(run: StagingRun, fact: HandsetRecognised) -> Problem | None:
    """Return the first trap that catches this handset, unless two persons let it pass that one."""
    return next((each for each in _traps(run, fact) if each.code not in run.waived), None)


def _traps(run: StagingRun, fact: HandsetRecognised) -> Iterator[Problem]:
    identity, traps = fact.identity, run.plan.traps
    if not identity.imeis:
        yield Problem(_C.NO_IMEI)
    if fact.doubles:
        yield Problem(_C.DUPLICATE_IMEI, detail=f"the record has it with serial {fact.doubles}")
    if fact.elsewhere:
        yield Problem(_C.KNOWN_ELSEWHERE, detail=fact.elsewhere)
    yield from _made_otherwise(traps, identity, run.foreseen)
    yield from _tampered(identity, run.foreseen)
    yield from _outdated(traps, identity, fact.at.date() if fact.at else None)


def _made_otherwise(
    traps: Traps, identity: HandsetIdentity, foreseen: ModemIdentity | None
) -> Iterator[Problem]:
    """What was not said is no other model: only what was said is compared."""
    if traps.models and identity.model and identity.model not in traps.models:
        yield Problem(_C.WRONG_MODEL, detail=f"{identity.model}, not {' or '.join(traps.models)}")
    strange = [imei.tac for imei in identity.imeis if imei.tac not in traps.tacs]
    if traps.tacs and strange:
        yield Problem(_C.WRONG_MODEL, detail=f"TAC {strange[0]}, not {' or '.join(traps.tacs)}")
    region = identity.condition.sales_code or (foreseen.sales_code if foreseen else "")
    if traps.sales_codes and region and region not in traps.sales_codes:
        yield Problem(_C.WRONG_REGION, detail=f"{region}, not {' or '.join(traps.sales_codes)}")


def _tampered(identity: HandsetIdentity, foreseen: ModemIdentity | None) -> Iterator[Problem]:
    if identity.condition.knox_tripped:
        yield Problem(_C.FUSE_BLOWN)
    if foreseen and foreseen.reactivation_locked:
        yield Problem(_C.LOCKED_BY_OWNER)


def _outdated(traps: Traps, identity: HandsetIdentity, today: date | None) -> Iterator[Problem]:
    patch = _day(identity.patch)
    if traps.patch_from and patch and patch < traps.patch_from:
        yield Problem(_C.PATCH_TOO_OLD, detail=f"{patch}, not {traps.patch_from} or later")
    if traps.supported_until and today and today >= traps.supported_until:
        yield Problem(_C.SUPPORT_ENDED, detail=f"on {traps.supported_until}")


def _day(text: str) -> date | None:
    """Read `ro.build.version.security_patch`, such as 2023-06-01; None for what is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
