"""What can stop a run: its steps, its scans, its label."""

from __future__ import annotations

from bench.problems.advice import Advice, Fault
from bench.problems.codes import ProblemCode

_P = ProblemCode
_HANDSET, _BENCH, _PERSON = Fault.HANDSET, Fault.BENCH, Fault.PERSON

WORK: dict[ProblemCode, Advice] = {
    _P.STEP_FAILED: Advice(
        "Step failed", "The handset refused a step",
        "Read the reason, then resume to try again or void the run.", _HANDSET),
    _P.INTERRUPTED: Advice(
        "Interrupted", "The program stopped while this handset was being worked on",
        "Plug the handset in and resume to repeat the step.", _BENCH),
    _P.HELD_BY_HAND: Advice(
        "On hold", "A technician put the run on hold", "Resume when ready.", _PERSON),
    _P.PROFILE_UNUSABLE: Advice(
        "Bad profile", "The profile cannot be used",
        "Mend the line named and start again.", _BENCH),
    _P.SETTINGS_UNUSABLE: Advice(
        "Bad settings", "The settings cannot be used",
        "Mend what is named in the settings file and start again.", _BENCH),
    _P.SCAN_MEANINGLESS: Advice(
        "Not known", "This code means nothing here",
        "Scan the IMEI on the box, the label, or a slot.", _PERSON),
    _P.SCAN_NO_SLOT: Advice(
        "No such handset", "No slot holds a handset with this IMEI",
        "Plug the handset in, or scan the slot and then the box.", _PERSON),
    _P.SCAN_NOT_NEEDED: Advice(
        "Done before", "This was scanned already; nothing was changed",
        "Go on with the next handset.", _PERSON),
    _P.SLOT_EMPTY: Advice(
        "Empty slot", "Nothing is in that slot", "Plug the handset in first.", _PERSON),
    _P.LABEL_UNKNOWN: Advice(
        "Unknown label", "No handset on this bench waits for this label",
        "Scan the label that was just printed for the handset.", _PERSON),
    _P.NOT_POSSIBLE_NOW: Advice(
        "Not now", "That is not possible now", "See what the slot asks for first.", _PERSON),
    _P.LABEL_DOUBTFUL: Advice(
        "Label?", "The printer did not confirm the label: it may or may not be printed",
        "Scan the label if it came out whole; otherwise print a copy.", _BENCH),
    _P.BUG: Advice(
        "Program fault", "The program met something it does not know",
        "Save the crash report, then resume or void the run.", _BENCH),
}  # fmt: skip
