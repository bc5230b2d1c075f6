"""What can come between a handset and its order, its SIM, its consignment or its holder."""

from __future__ import annotations

from bench.problems.advice import Advice, Clears, Fault
from bench.problems.codes import ProblemCode

_P = ProblemCode
_BENCH, _PERSON = Fault.BENCH, Fault.PERSON
_ITSELF = Clears.BY_ITSELF

STOCK: dict[ProblemCode, Advice] = {
    _P.BOOK_UNUSABLE: Advice(
        "Book unusable",
        "The book of orders and stock beside the record cannot be worked with",
        "Check its folder and disk; the record is not touched by it.",
        _PERSON,
    ),
    _P.BOOK_BUSY: Advice(
        "Book busy",
        "The book is being written by somebody else just now",
        "Wait a moment and do it again.",
        _PERSON,
        _ITSELF,
    ),
    _P.BOOK_BEHIND: Advice(
        "Book behind",
        "The book has not yet read all that the record has",
        "Wait until it has, and do it again; staging goes on meanwhile.",
        _PERSON,
        _ITSELF,
    ),
    _P.DESK_BUSY: Advice(
        "Work goes on",
        "This desk is at work on something",
        "Wait for it, or stop it with Esc.",
        _PERSON,
        _ITSELF,
    ),
    _P.DESK_MOVED_ON: Advice(
        "Asked anew",
        "The desk asks something else by now",
        "Answer what it asks now; nothing was changed.",
        _PERSON,
    ),
    _P.JOB_FAILED: Advice(
        "Not finished",
        "The work behind the desk could not be finished",
        "Mend what is named and begin it again; nothing is half done.",
        _PERSON,
    ),
    _P.FILE_UNUSABLE: Advice(
        "File unusable",
        "The file cannot be read as what it should be",
        "Mend what is named, or export it anew as CSV or XLSX.",
        _PERSON,
    ),
    _P.FILE_TAKEN: Advice(
        "File known",
        "This very file was taken before",
        "Nothing is to be done: nothing was changed.",
        _PERSON,
    ),
    _P.NOT_EXPECTED: Advice(
        "Not expected",
        "No order or despatch note names this",
        "Set it aside and settle it with a reason.",
        _PERSON,
    ),
}
