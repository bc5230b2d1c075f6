"""What can come between a bench and the central store, in either direction."""

from __future__ import annotations

from bench.problems.advice import Advice, Clears, Fault
from bench.problems.codes import ProblemCode

_P = ProblemCode
_HANDSET, _BENCH, _PERSON = Fault.HANDSET, Fault.BENCH, Fault.PERSON
_SUPERVISOR, _ITSELF = Clears.BY_SUPERVISOR, Clears.BY_ITSELF

CENTRAL: dict[ProblemCode, Advice] = {
    _P.CENTRE_UNREACHABLE: Advice(
        "Centre away", "The central store does not answer",
        "Work goes on; what waits is sent when it is back.", _BENCH, _ITSELF),
    _P.CENTRE_BUSY: Advice(
        "Centre busy", "The central store cannot take more just now",
        "Work goes on; it is tried again by itself.", _BENCH, _ITSELF),
    _P.CENTRE_REFUSED: Advice(
        "Centre refused", "The central store does not let this bench in",
        "Have the centre look at this bench's certificate or token: central status.", _BENCH),
    _P.CENTRE_UNTRUSTED: Advice(
        "Centre untrusted", "Who answers is not the central store that this bench trusts",
        "Nothing was sent; check central.address and central.trust.", _BENCH, _SUPERVISOR),
    _P.CENTRE_NEWER: Advice(
        "Centre newer", "The central store is of a newer form than this program knows",
        "Update this program; nothing was sent, and work goes on.", _BENCH),
    _P.CENTRE_OLDER: Advice(
        "Centre older", "The central store is of an older form than this program needs",
        "Have the centre run: central init.", _BENCH),
    _P.CENTRE_UNUSABLE: Advice(
        "No centre", "The central store cannot be worked with",
        "Check what is named; the help page central says how it is set up.", _BENCH),
    _P.STORE_AWAY: Advice(
        "No database", "The database of the central store does not answer",
        "Check --database, and whether PostgreSQL runs and lets this account in.", _PERSON),
    _P.STORE_NEWER: Advice(
        "Store newer", "The central store is of a newer form than this program knows",
        "Update this program on the centre's computer; nothing was changed.", _PERSON),
    _P.CENTRE_NAME: Advice(
        "Name refused", "The central store can have nobody by this name",
        "Give another: letters, digits, dot, hyphen and underscore, 63 at most.", _PERSON),
    _P.CENTRE_FORKED: Advice(
        "Two histories", "The central store has other events of this bench than its record",
        "Keep the record as it is; a supervisor opens a new epoch.", _BENCH, _SUPERVISOR),
    _P.CENTRE_FROZEN: Advice(
        "Frozen at centre", "The central store takes nothing more from this bench's epoch",
        "Keep the record as it is; a supervisor opens a new epoch.", _BENCH, _SUPERVISOR),
    _P.EPOCH_NOT_OPEN: Advice(
        "Epoch not open", "The central store has not opened this record's epoch yet",
        "Have the centre open it: central open-epoch.", _BENCH),
    _P.EVENTS_NOT_TAKEN: Advice(
        "Events refused", "The central store does not take the next events of this record",
        "Verify the record, staging-bench ledger verify, and keep it as it is.", _BENCH,
        _SUPERVISOR),
    _P.EVENTS_LEFT_BEHIND: Advice(
        "Left behind", "The central store has not all of an earlier epoch, and takes no more of it",
        "Keep the file that is named; a supervisor and the centre find out what is missing there.",
        _BENCH, _SUPERVISOR),
    _P.CENTRE_FORGOT: Advice(
        "Centre forgot", "The central store has fewer events of this bench than it once had",
        "They are sent again; have the centre find out where it lost them.", _BENCH, _ITSELF),
    _P.CLOCKS_APART: Advice(
        "Clocks apart", "The clocks of this bench and of the centre are not together",
        "Set the one that is wrong; what was recorded keeps its order.", _BENCH),
    _P.CENTRE_FILE_UNUSABLE: Advice(
        "Centre file", "What is kept of the central store beside the record cannot be used",
        "Make room or rights; or put the file aside: nothing of the record is lost.", _BENCH),
    _P.CENTRE_REPORT_UNWRITTEN: Advice(
        "No report", "A report of the central store could not be written",
        "Make room or rights where it is to be, or name another file.", _PERSON),
    _P.SYNC_RUNNING: Advice(
        "Syncing", "Another program is exchanging this record with the centre",
        "Wait until it is done.", _BENCH, _ITSELF),
    _P.SYNC_FAILING: Advice(
        "Sync fails", "The exchange with the central store breaks off",
        "Work goes on and it is started again by itself; if it stays, run: staging-bench sync.",
        _BENCH, _ITSELF),
    _P.HELD_ELSEWHERE: Advice(
        "At other bench", "Another bench has this IMEI in hand",
        "Set it aside; a supervisor finds out which of the two is right.", _HANDSET, _SUPERVISOR),
    _P.RELEASE_UNUSABLE: Advice(
        "Bad release", "What the centre sent down cannot be used",
        "Work goes on with what was there before; have the centre publish it anew.", _BENCH),
    _P.TAGS_LOW: Advice(
        "Few tags left", "Few asset tags that the centre gave this bench are left",
        "Have the centre give out another block, and sync before they are used up.",
        _BENCH, _ITSELF),
    _P.TAGS_USED_UP: Advice(
        "No asset tags", "The block of asset tags given to this bench is used up",
        "Sync with the centre, which gives another: staging-bench sync.", _BENCH),
    _P.LIST_UNUSABLE: Advice(
        "Bad list", "A list for the centre cannot be taken over",
        "Put right what is named and import it again; nothing of it was taken over.", _PERSON),
    _P.SUPERVISOR_FIRST: Advice(
        "No supervisor", "The centre sent people, and no supervisor of this bench can sign in yet",
        "Enrol one here with badge and PIN, staging-bench people enrol; then the others join.",
        _BENCH, _SUPERVISOR),
    _P.CONNECTORS_UNUSABLE: Advice(
        "Bad connectors", "The file of connectors cannot be used",
        "Put right what is named; the help page connectors lists every key.", _BENCH),
    _P.CONNECTOR_INERT: Advice(
        "Not begun", "Nobody has said yes to what this connector would change",
        "Look at it with central feed NAME --preview, then say central feed NAME --begin.",
        _PERSON),
    _P.CONNECTOR_RUNNING: Advice(
        "Feeding", "Another program feeds this inventory just now",
        "Wait until it is done.", _BENCH, _ITSELF),
    _P.CONNECTOR_UNREACHABLE: Advice(
        "Inventory away", "The inventory does not answer",
        "Benches are not affected; what waits is fed when it is back.", _BENCH, _ITSELF),
    _P.CONNECTOR_REFUSED: Advice(
        "Inventory shut", "The inventory does not let the centre in, or refuses what it asks",
        "Check the address, the token or key, and what its account may do there.", _BENCH),
    _P.CONNECTOR_BUSY: Advice(
        "Inventory busy", "The inventory asks to wait",
        "Nothing is to be done: it is fed again by itself.", _BENCH, _ITSELF),
    _P.CONNECTOR_GARBLED: Advice(
        "Odd inventory", "The inventory answered what it should not",
        "It is tried again by itself; tell its administrator if it stays.", _BENCH),
    _P.PEOPLE_LEFT_OUT: Advice(
        "Left out", "Somebody whom the centre sent was not taken over as sent",
        "A supervisor looks at who works here: people list.", _PERSON, _SUPERVISOR),
}  # fmt: skip
