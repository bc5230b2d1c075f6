"""What `sync` says at its end, in words and as JSON, and which problem ends it how."""

from __future__ import annotations

import json
import sys

from bench.command_line.sync.manner import Manner
from bench.identity.plain import plain
from bench.inventory.sync.sending import Outcome, Sent
from bench.inventory.sync.standing import Standing
from bench.problems import Problem, ProblemCode

NO_CENTRE = "No central store is set up: this bench is by itself, and nothing waits."
NO_RECORD = "There is no record yet: nothing waits."
FROZEN = "The record is frozen: nothing more can be written to this epoch."
OTHER_EPOCH = "Another epoch of the record began meanwhile: that one was not frozen."
_SETTINGS = frozenset({ProblemCode.CENTRE_UNUSABLE, ProblemCode.SECRET_MISSING})
_WORDS = {
    Outcome.IN_STEP: "In step with the centre",
    Outcome.AWAY: "Not finished, it is tried again next time",
    Outcome.SETTINGS: "Nothing was sent",
    Outcome.STOPPED: "Stopped, a person has to act",
    Outcome.RUNNING: "Nothing was done",
    Outcome.PARTLY: "The time is up, the rest is sent next time",
    Outcome.CANCELLED: "Ended when asked to, the rest is sent next time",
}


def not_begun(problem: Problem) -> Sent:
    """Return what came of an exchange that could not be opened."""
    if problem.code is ProblemCode.SYNC_RUNNING:
        outcome = Outcome.RUNNING
    else:
        outcome = Outcome.SETTINGS if problem.code in _SETTINGS else Outcome.STOPPED
    return Sent(outcome, Standing(0, None, None), problem)


def not_frozen(problem: Problem) -> str:
    """Say why the record was not frozen here: a bench works on it, and will do it."""
    if problem.code is ProblemCode.LEDGER_IN_USE:
        return "A bench works on the record: it hears of this itself, and freezes it."
    return f"The record could not be frozen: {problem}"


def say_nothing(reason: str, manner: Manner) -> None:
    """Say that there was nothing to do."""
    if manner is Manner.JSON:
        nothing = as_object(Sent(Outcome.IN_STEP, Standing(0, 0, None)), (), 0.0)
        sys.stdout.write(json.dumps(nothing | {"state": "nothing", "detail": reason}) + "\n")
    elif manner is Manner.USUAL:
        sys.stdout.write(f"{reason}\n")


def in_words(sent: Sent) -> str:
    """Say what came of an exchange, in a line."""
    standing = sent.standing
    release = f", release {sent.release} taken down" if sent.release else ""
    waits = f", {standing.waiting} wait" if standing.waiting else ""
    carried = sent.outcome is Outcome.IN_STEP and standing.unconfirmed
    said = _handed_over(standing) if carried else _WORDS[sent.outcome]
    return f"{said}: {standing.sent} events sent{waits}{release}."


def _handed_over(standing: Standing) -> str:
    upto = f"events up to {standing.receipt}" if standing.receipt else "none"
    return f"Handed over, the centre has confirmed {upto}"


def as_object(
    sent: Sent, warnings: tuple[Problem, ...], seconds: float, *, frozen: bool = False
) -> dict[str, object]:
    """Return what came of an exchange for whoever reads JSON."""
    return {
        "state": sent.outcome.name.lower().replace("_", "-"),
        "status": sent.outcome.value,
        "sent": sent.standing.sent,
        "waiting": sent.standing.waiting,
        "since": sent.standing.since.isoformat() if sent.standing.since else None,
        "store": sent.standing.store,
        "receipt": sent.standing.receipt,
        "unconfirmed": sent.standing.unconfirmed,
        "release": sent.release,
        "seconds": round(seconds, 3),
        "problem": _problem(sent.problem) if sent.problem else None,
        "warnings": [_problem(warning) for warning in warnings],
        "frozen": frozen,
        "detail": "",
    }


def _problem(problem: Problem) -> dict[str, str]:
    where, detail = plain(problem.where), plain(problem.detail, 200)
    return {"code": problem.code.value, "where": where, "detail": detail, "says": str(problem)}
