"""What can be wrong with the record, its keys, its backups and its witnesses."""

from __future__ import annotations

from bench.problems.advice import Advice, Clears, Fault
from bench.problems.codes import ProblemCode

_P = ProblemCode
_BENCH, _PERSON, _ITSELF, _SUPERVISOR = (
    Fault.BENCH,
    Fault.PERSON,
    Clears.BY_ITSELF,
    Clears.BY_SUPERVISOR,
)

RECORD: dict[ProblemCode, Advice] = {
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
}  # fmt: skip
