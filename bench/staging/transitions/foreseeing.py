"""What a handset's modem says before Android is set up: shown, compared later, never recorded."""

from __future__ import annotations

from dataclasses import replace

from bench.events.device import HandsetIdentity
from bench.events.modem import ModemAnswered, ModemGone, ModemIdentity, ModemSilent
from bench.problems import Problem, ProblemCode
from bench.staging.run import StagingRun
from bench.staging.transitions.answers import Advance, hold

_OF_THE_MODEM = frozenset({
    ProblemCode.NOT_SET_UP, ProblemCode.MODEM_SILENT, ProblemCode.MODEM_WAITS,
    ProblemCode.MODEM_GARBLED, ProblemCode.MODEM_REFUSED, ProblemCode.MODEM_NOT_ALLOWED,
    ProblemCode.MODEM_UNREGISTERED, ProblemCode.MODEM_HIDDEN, ProblemCode.MODEM_BUSY,
    ProblemCode.MODEM_NO_DRIVER, ProblemCode.CONFIGURATION_BUSY,
    ProblemCode.CONFIGURATION_REFUSED, ProblemCode.LINK_LOST,
})  # fmt: skip
"""What an answer of the modem takes back; of the link, because the modem has one of its own."""


def answered(run: StagingRun, fact: ModemAnswered) -> Advance:
    """Show who it is; what it needs is to be set up, unless it asks for something by itself."""
    foreseen = replace(run, foreseen=fact.identity)
    if run.plan.before_setup and not _waits_for_more(run):
        return replace(foreseen, notice=None), ()
    if run.session is not None or _waits_for_more(run):
        return foreseen, ()
    return replace(foreseen, notice=Problem(ProblemCode.NOT_SET_UP, str(run.slot))), ()


def answered_late(run: StagingRun, fact: ModemAnswered) -> Advance:
    """Android was faster: what the two say is compared all the same."""
    if run.identity and (differs := contradiction(fact.identity, run.identity)):
        return hold(run, ProblemCode.IDENTITY_CHANGED, differs)
    locked = fact.identity.reactivation_locked
    if locked and ProblemCode.LOCKED_BY_OWNER not in run.waived:
        return hold(run, ProblemCode.LOCKED_BY_OWNER)
    return replace(run, foreseen=fact.identity), ()


def silent(run: StagingRun, fact: ModemSilent) -> Advance:
    """Show why it did not say who it is, as long as nothing better is known of it."""
    if run.session is not None or _waits_for_more(run):
        return run, ()
    notice = Problem(fact.problem.code, str(run.slot), fact.problem.detail)
    return replace(run, notice=notice), ()


def gone_later(run: StagingRun, _: ModemGone) -> Advance:
    """Forget what its modem said: the handset that comes next may be another."""
    return replace(run, foreseen=None), ()


def gone(run: StagingRun, _: ModemGone) -> Advance:
    """Forget it: the next handset in the slot may be another."""
    said = run.notice is not None and run.notice.code is ProblemCode.NOT_SET_UP
    return replace(run, foreseen=None, notice=None if said else run.notice), ()


def contradiction(foreseen: ModemIdentity, identity: HandsetIdentity) -> str:
    """Return in what Android's answer differs from the modem's, "" when nothing does."""
    if foreseen.imei and foreseen.imei not in identity.imeis:
        return f"modem IMEI …{foreseen.imei.tail}, Android another"
    if foreseen.serial and foreseen.serial != identity.serial:
        return "modem and Android say different serial numbers"
    return ""


def _waits_for_more(run: StagingRun) -> bool:
    """Whether the handset already asks for something that goes before a set-up."""
    return run.notice is not None and run.notice.code not in _OF_THE_MODEM
