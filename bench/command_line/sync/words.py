"""What `sync` says at its end, in words and as JSON, and which problem ends it how."""

from __future__ import annotations

import json
import sys

from bench.command_line.sync.manner import Manner
from bench.identity.plain import plain
from bench.inventory.sync.courier import Standing
from bench.inventory.sync.sending import Outcome, Sent
from bench.problems import Problem, ProblemCode

NO_CENTRE = "No central store is set up: this bench is by itself, and nothing waits."
NO_RECORD = "There is no record yet: nothing waits."
NEW_EPOCH = "set this file aside and open a new epoch: staging-bench ledger new-epoch"
FROZEN = "The record is frozen: nothing more can be written to this epoch."
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
    return Sent(outcome, Standing(0, 0, None), problem)


def not_frozen(problem: Problem) -> str:
    """Say why the record was not frozen here: a bench works on it, and will do it."""
    if problem.code is ProblemCode.LEDGER_IN_USE:
        return "A bench works on the record: it hears of this itself, and freezes it."
    return f"The record could not be frozen: {problem}"


def say_nothing(reason: str, manner: Manner) -> None:
    """Say that there was nothing to do."""
    if manner is Manner.JSON:
        sys.stdout.write(json.dumps({"state": "nothing", "detail": reason}) + "\n")
    elif manner is Manner.USUAL:
        sys.stdout.write(f"{reason}\n")


def in_words(sent: Sent) -> str:
    """Say what came of an exchange, in a line."""
    standing = sent.standing
    release = f", release {sent.release} taken down" if sent.release else ""
    waits = f", {standing.waiting} wait" if standing.waiting else ""
    return f"{_WORDS[sent.outcome]}: {standing.sent} events sent{waits}{release}."


def as_object(sent: Sent, warnings: tuple[Problem, ...], seconds: float) -> dict[str, object]:
    """Return what came of an exchange for whoever reads JSON."""
    return {
        "state": sent.outcome.name.lower().replace("_", "-"),
        "status": sent.outcome.value,
        "sent": sent.standing.sent,
        "waiting": sent.standing.waiting,
        "since": sent.standing.since.isoformat() if sent.standing.since else None,
        "release": sent.release,
        "seconds": round(seconds, 3),
        "problem": _problem(sent.problem) if sent.problem else None,
        "warnings": [_problem(warning) for warning in warnings],
        "frozen": bool(sent.freeze),
    }


def _problem(problem: Problem) -> dict[str, str]:
    where, detail = plain(problem.where), plain(problem.detail, 200)
    return {"code": problem.code.value, "where": where, "detail": detail, "says": str(problem)}
