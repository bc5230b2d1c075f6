"""What a person may not do, or not alone, or not yet."""

from __future__ import annotations

from bench.problems.advice import Advice, Clears, Fault
from bench.problems.codes import ProblemCode

_P = ProblemCode
_BENCH, _PERSON, _SUPERVISOR = Fault.BENCH, Fault.PERSON, Clears.BY_SUPERVISOR

PEOPLE: dict[ProblemCode, Advice] = {
    _P.ILLEGAL_TRANSITION: Advice(
        "Not its turn", "The record has this handset elsewhere",
        "Find out where it was and record that first, or let a supervisor override.",
        _PERSON, _SUPERVISOR),
    _P.NEEDS_SECOND_PERSON: Advice(
        "Two persons", "This takes two persons",
        "Let a supervisor sign it off with badge and PIN.", _PERSON, _SUPERVISOR),
    _P.NOT_CORRECTABLE: Advice(
        "Not so", "This event cannot be corrected in that way",
        "Read the reason, and record what really happened.", _PERSON, _SUPERVISOR),
    _P.SIGN_IN_FIRST: Advice(
        "Sign in", "Nobody is signed in", "Tap your badge and type your PIN.", _PERSON),
    _P.TAP_AGAIN: Advice(
        "Tap badge", "This changes who has the handset", "Tap your badge again.", _PERSON),
    _P.BADGE_UNKNOWN: Advice(
        "Unknown badge", "This badge belongs to nobody who may act here",
        "Let a supervisor enrol its holder.", _PERSON),
    _P.BADGE_TAKEN: Advice(
        "Badge taken", "Someone else has this badge",
        "Use another badge, or retire its holder first.", _PERSON),
    _P.PIN_WRONG: Advice(
        "Wrong PIN", "The PIN is wrong", "Type it again; five wrong PINs lock the badge.", _PERSON),
    _P.PERSON_LOCKED: Advice(
        "Locked", "This person is locked out", "Let a supervisor unlock them.",
        _PERSON, _SUPERVISOR),
    _P.PERSON_UNKNOWN: Advice(
        "Nobody", "No such person is enrolled here", "Check the number in the list of people.",
        _PERSON),
    _P.NOT_THEIR_TASK: Advice(
        "Not allowed", "This person may not do that", "Call a supervisor.", _PERSON, _SUPERVISOR),
    _P.LAST_SUPERVISOR: Advice(
        "Last supervisor", "Without this supervisor nobody could decide or unlock",
        "Enrol another supervisor first.", _PERSON),
    _P.ERASURE_UNFINISHED: Advice(
        "Not gone yet", "What was erased may still be found in the file",
        "Close every program that reads the record, then erase again.", _BENCH),
    _P.RETENTION_DUE: Advice(
        "Review data", "Personal data is to be reviewed",
        "Let a supervisor say what is kept and what is erased.", _PERSON, _SUPERVISOR),
}  # fmt: skip
