"""Every known problem: what happened, what to do, and who may clear it.

A `Problem` is one occurrence of a `ProblemCode`; `CATALOGUE` says it in words. What is not in here
is a bug. FAIL is the handset's fault, ERROR the bench's: `Fault` keeps them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bench.identity.plain import plain


class Fault(StrEnum):
    """Whose fault a problem is."""

    HANDSET = "fail"
    BENCH = "error"
    PERSON = "refused"


class Clears(StrEnum):
    """How a problem goes away."""

    BY_ITSELF = "by itself"
    BY_TECHNICIAN = "by the technician"
    BY_SUPERVISOR = "by a supervisor"


class ProblemCode(StrEnum):
    """The known problems. The value is stable: it is written into custody."""

    # the cable and the handset
    UNPLUGGED = "unplugged"
    FOREIGN_HANDSET = "foreign-handset"
    UNAUTHORISED = "unauthorised"
    NO_PERMISSION = "no-permission"
    HANDSET_OFFLINE = "handset-offline"
    WRONG_MODE = "wrong-mode"
    LINK_LOST = "link-lost"
    NOT_ANSWERING = "not-answering"
    IDENTITY_UNREAD = "identity-unread"
    NO_IMEI = "no-imei"
    UNKNOWN_PORT = "unknown-port"
    # identity
    DUPLICATE_IMEI = "duplicate-imei"
    IMEI_MISMATCH = "imei-mismatch"
    ALREADY_STAGED = "already-staged"
    NOT_REAL = "not-real"
    # the steps
    STEP_FAILED = "step-failed"
    INTERRUPTED = "interrupted"
    HELD_BY_HAND = "held-by-hand"
    PROFILE_UNUSABLE = "profile-unusable"
    # scans
    SCAN_MEANINGLESS = "scan-meaningless"
    SCAN_NO_SLOT = "scan-no-slot"
    SCAN_NOT_NEEDED = "scan-not-needed"
    SLOT_EMPTY = "slot-empty"
    LABEL_UNKNOWN = "label-unknown"
    NOT_POSSIBLE_NOW = "not-possible-now"
    # the bench
    ADB_SERVER_LOST = "adb-server-lost"
    ADB_MISSING = "adb-missing"
    USB_UNWATCHED = "usb-unwatched"
    SCANNER_LOST = "scanner-lost"
    SCANNER_MISSING = "scanner-missing"
    PRINTER_UNREACHABLE = "printer-unreachable"
    PRINTER_OUT_OF_PAPER = "printer-out-of-paper"
    PRINTER_NOT_READY = "printer-not-ready"
    LABEL_DOUBTFUL = "label-doubtful"
    ILLEGAL_TRANSITION = "illegal-transition"
    NEEDS_SECOND_PERSON = "needs-second-person"
    EPOCH_FROZEN = "epoch-frozen"
    EPOCH_NOT_NEEDED = "epoch-not-needed"
    NOT_CORRECTABLE = "not-correctable"
    HANDSET_UNKNOWN = "handset-unknown"
    POLICY_UNUSABLE = "policy-unusable"
    # people
    SIGN_IN_FIRST = "sign-in-first"
    TAP_AGAIN = "tap-again"
    BADGE_UNKNOWN = "badge-unknown"
    BADGE_TAKEN = "badge-taken"
    PIN_WRONG = "pin-wrong"
    PERSON_LOCKED = "person-locked"
    PERSON_UNKNOWN = "person-unknown"
    NOT_THEIR_TASK = "not-their-task"
    LAST_SUPERVISOR = "last-supervisor"
    ERASURE_UNFINISHED = "erasure-unfinished"
    RETENTION_DUE = "retention-due"
    # the record
    LEDGER_FULL = "ledger-full"
    LEDGER_IN_USE = "ledger-in-use"
    LEDGER_NEWER = "ledger-newer"
    LEDGER_DAMAGED = "ledger-damaged"
    LEDGER_UNUSABLE = "ledger-unusable"
    KEY_UNUSABLE = "key-unusable"
    BACKUP_FAILED = "backup-failed"
    BACKUP_OVERDUE = "backup-overdue"
    BACKUP_UNUSABLE = "backup-unusable"
    SEAL_UNUSABLE = "seal-unusable"
    WITNESS_UNREACHABLE = "witness-unreachable"
    WITNESS_REFUSED = "witness-refused"
    WITNESS_UNUSABLE = "witness-unusable"
    TIMESTAMP_FAILED = "timestamp-failed"
    DOCKET_UNWRITTEN = "docket-unwritten"
    RECORD_ROLLED_BACK = "record-rolled-back"
    SIMULATED_NEVER_SYNCS = "simulated-never-syncs"
    BUG = "bug"


@dataclass(frozen=True, slots=True)
class Advice:
    """What a problem says in words: two to four of them on the tile, then a sentence each."""

    word: str
    what: str
    do: str
    fault: Fault
    clears: Clears = Clears.BY_TECHNICIAN


@dataclass(frozen=True, slots=True)
class Problem:
    """One occurrence: `where` is a slot, a printer or a scanner; `detail` is plain text."""

    code: ProblemCode
    where: str = ""
    detail: str = ""

    @property
    def advice(self) -> Advice:
        """The words of the catalogue."""
        return CATALOGUE[self.code]

    def __str__(self) -> str:
        """`where — what (detail). — do.`: the one form in which a problem reaches a person."""
        what = (
            f"{self.advice.what} ({plain(self.detail, 200)})" if self.detail else self.advice.what
        )
        return " — ".join(part for part in (plain(self.where), what + ".", self.advice.do) if part)


class ProblemError(Exception):
    """A known problem on its way to the person; raised where it is met, shown by the station."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


_HANDSET, _BENCH, _PERSON = Fault.HANDSET, Fault.BENCH, Fault.PERSON
_ITSELF, _SUPERVISOR = Clears.BY_ITSELF, Clears.BY_SUPERVISOR
_P = ProblemCode

CATALOGUE: dict[ProblemCode, Advice] = {
    _P.UNPLUGGED: Advice(
        "Unplugged", "The handset was unplugged before it was done",
        "Plug the same handset into any slot; it goes on by itself.", _HANDSET, _ITSELF),
    _P.FOREIGN_HANDSET: Advice(
        "Other handset", "Another handset is in a slot that waits for its own",
        "Take it out and put the held handset back, or void the held run.", _PERSON, _ITSELF),
    _P.UNAUTHORISED: Advice(
        "Tap Allow", "The handset asks whether to trust this bench",
        "Tap Allow on the handset.", _PERSON, _ITSELF),
    _P.NO_PERMISSION: Advice(
        "No permission", "This account may not open the USB device",
        "Install the udev rules of this program, then plug the handset in again.", _BENCH),
    _P.HANDSET_OFFLINE: Advice(
        "Offline", "The handset is connected but does not answer",
        "Unlock it; if it stays so, plug it in again with another cable.", _HANDSET, _ITSELF),
    _P.WRONG_MODE: Advice(
        "Wrong mode", "The handset has not started into Android",
        "Restart it: hold power and volume down until the screen goes dark.", _HANDSET, _ITSELF),
    _P.LINK_LOST: Advice(
        "Link lost", "The connection to the handset broke",
        "Press the cable home; it goes on by itself when the handset is back.", _HANDSET, _ITSELF),
    _P.NOT_ANSWERING: Advice(
        "Not answering", "The handset stopped answering",
        "Unlock it and press the cable home, then resume.", _HANDSET),
    _P.IDENTITY_UNREAD: Advice(
        "Unread", "The handset did not say who it is",
        "Unlock it and plug it in again.", _HANDSET),
    _P.NO_IMEI: Advice(
        "No IMEI", "The handset reports no IMEI",
        "Set it aside as dead on arrival.", _HANDSET),
    _P.UNKNOWN_PORT: Advice(
        "Unknown port", "A handset is on a USB port that is no slot of this bench",
        "Move it to a slot, or name the port in the settings.", _PERSON, _ITSELF),
    _P.DUPLICATE_IMEI: Advice(
        "Duplicate IMEI", "Two handsets report the same IMEI",
        "Set both aside and call a supervisor.", _HANDSET, _SUPERVISOR),
    _P.IMEI_MISMATCH: Advice(
        "Wrong box", "The box and the handset do not carry the same IMEI",
        "Find the box of this handset and resume, or void the run.", _PERSON),
    _P.ALREADY_STAGED: Advice(
        "Staged before", "This handset is staged already",
        "Take it out; resume only if it is to be staged again.", _PERSON, _SUPERVISOR),
    _P.NOT_REAL: Advice(
        "Not allowed", "A simulated and a real handset may not share a record",
        "Use real handsets on a real bench and simulated ones in training.", _PERSON),
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
    _P.ADB_SERVER_LOST: Advice(
        "ADB stopped", "The ADB server stopped answering",
        "Wait: it is being started again and work goes on by itself.", _BENCH, _ITSELF),
    _P.ADB_MISSING: Advice(
        "No ADB", "The ADB server cannot be started",
        "Install the package adb, then start again.", _BENCH),
    _P.USB_UNWATCHED: Advice(
        "USB unseen", "This system does not tell what is plugged in",
        "Check that udev runs and that this account may listen to it.", _BENCH),
    _P.SCANNER_LOST: Advice(
        "Scanner lost", "The scanner was disconnected",
        "Plug the scanner in again; it is picked up by itself.", _BENCH, _ITSELF),
    _P.SCANNER_MISSING: Advice(
        "No scanner", "No serial scanner is connected",
        "Plug a scanner in (USB serial mode) or type into the scan bar.", _BENCH, _ITSELF),
    _P.PRINTER_UNREACHABLE: Advice(
        "Printer off", "The label printer does not answer",
        "Switch it on and check its network cable; labels wait and print by themselves.",
        _BENCH, _ITSELF),
    _P.PRINTER_OUT_OF_PAPER: Advice(
        "Labels out", "The label printer has run out of labels",
        "Put a new roll in; waiting labels print by themselves.", _BENCH, _ITSELF),
    _P.PRINTER_NOT_READY: Advice(
        "Printer waits", "The label printer is paused or open",
        "Close its head and press Feed; waiting labels print by themselves.", _BENCH, _ITSELF),
    _P.LABEL_DOUBTFUL: Advice(
        "Label?", "The printer was cut off: the label may or may not be printed",
        "Scan the label if it came out whole; otherwise print a copy.", _BENCH),
    _P.ILLEGAL_TRANSITION: Advice(
        "Not its turn", "The record has this handset elsewhere",
        "Find out where it was and record that first, or let a supervisor override.",
        _PERSON, _SUPERVISOR),
    _P.NEEDS_SECOND_PERSON: Advice(
        "Two persons", "This takes two persons",
        "Let a supervisor sign it off with badge and PIN.", _PERSON, _SUPERVISOR),
    _P.HANDSET_UNKNOWN: Advice(
        "Not known", "This record knows no such handset",
        "Give its IMEI, or the name that the record has for it.", _PERSON),
    _P.POLICY_UNUSABLE: Advice(
        "Bad policy", "This trust policy cannot be used",
        "Mend the line named: it is written as c2sp.org/tlog-policy says.", _PERSON),
    _P.EPOCH_FROZEN: Advice(
        "Record frozen", "A later state of this record is known elsewhere",
        "A supervisor opens a new epoch: staging-bench ledger new-epoch.", _BENCH, _SUPERVISOR),
    _P.EPOCH_NOT_NEEDED: Advice(
        "Not needed", "No new epoch can be opened for that reason",
        "Go on with the record as it is, or say why it is set aside.", _PERSON, _SUPERVISOR),
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
    _P.LEDGER_FULL: Advice(
        "Disk full", "The record cannot be written",
        "Free space on the disk; nothing was lost and work goes on by itself.", _BENCH, _ITSELF),
    _P.LEDGER_IN_USE: Advice(
        "In use", "Another program holds this record",
        "Close the other Staging Bench first.", _BENCH),
    _P.LEDGER_NEWER: Advice(
        "Newer record", "A newer Staging Bench wrote this record",
        "Update this program; nothing was changed.", _BENCH),
    _P.LEDGER_DAMAGED: Advice(
        "Damaged record", "The record does not verify",
        "Keep the file; a supervisor opens a new epoch: staging-bench ledger new-epoch.",
        _BENCH, _SUPERVISOR),
    _P.LEDGER_UNUSABLE: Advice(
        "No record", "The record cannot be opened",
        "Check the path, the rights and the SQLite version named.", _BENCH),
    _P.KEY_UNUSABLE: Advice(
        "No key", "A secret of this bench cannot be opened",
        "Open it on the computer it was sealed on; if that is lost, begin a new epoch.",
        _BENCH, _SUPERVISOR),
    _P.BACKUP_FAILED: Advice(
        "No backup", "The record could not be backed up",
        "Check that its disk is mounted, writable and has room; it is tried again by itself.",
        _BENCH, _ITSELF),
    _P.BACKUP_OVERDUE: Advice(
        "Backup late", "The last backup of the record is too old",
        "Connect the backup disk; the backup is made by itself.", _BENCH, _ITSELF),
    _P.BACKUP_UNUSABLE: Advice(
        "Bad backup", "This backup cannot be restored",
        "Nothing was changed; take another backup or another place for it.", _BENCH),
    _P.SEAL_UNUSABLE: Advice(
        "No seal", "The certificate that signs statements cannot be used",
        "Check its file, password, dates and rights, or let the bench make its own.", _BENCH),
    _P.WITNESS_UNREACHABLE: Advice(
        "No witness", "The witness does not answer as a witness does",
        "Check its address and the network; the record is cosigned when it is back.",
        _BENCH, _ITSELF),
    _P.WITNESS_REFUSED: Advice(
        "Witness refused", "The witness does not cosign this record",
        "Keep the file as it is and call a supervisor.", _BENCH, _SUPERVISOR),
    _P.WITNESS_UNUSABLE: Advice(
        "No witness", "The witness cannot start",
        "Check the files named, their rights and the address.", _BENCH),
    _P.TIMESTAMP_FAILED: Advice(
        "No time stamp", "The time-stamping authority gave no valid time stamp",
        "Check its address, its root certificate and the network; it is asked again by itself.",
        _BENCH, _ITSELF),
    _P.DOCKET_UNWRITTEN: Advice(
        "No docket", "The docket of this checkpoint could not be written",
        "Check its folder and the typefaces, then write it by hand: ledger checkpoint.", _BENCH),
    _P.RECORD_ROLLED_BACK: Advice(
        "Older record", "The witness has seen a longer record of this bench",
        "Keep the file as it is; a supervisor opens a new epoch.", _BENCH, _SUPERVISOR),
    _P.SIMULATED_NEVER_SYNCS: Advice(
        "Training", "This record is simulated and never leaves this bench",
        "Use it for training only.", _PERSON),
    _P.BUG: Advice(
        "Program fault", "The program met something it does not know",
        "Save the crash report, then resume or void the run.", _BENCH),
}  # fmt: skip
