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
    _P.SEAL_UNFIT: Advice(
        "No seal number",
        "This is not the number of a seal or of a bag",
        "Scan the number that stands on the seal itself.",
        _PERSON,
    ),
    _P.SEAL_USED: Advice(
        "Seal used",
        "This seal was used before, and a seal closes one thing once",
        "Take a new one, and keep the old one out of reach.",
        _PERSON,
    ),
    _P.SEAL_OTHER: Advice(
        "Another seal",
        "This is not the seal that the record says",
        "Read it again; where it is another, say so by the key and keep the box back.",
        _PERSON,
    ),
    _P.NOT_OF_KIT: Advice(
        "Not of kit",
        "This does not belong into the box, or is there already",
        "Put it back, and scan what is still missing.",
        _PERSON,
    ),
    _P.NOT_FIT_TO_GO: Advice(
        "Not fit yet",
        "This handset may not go into a box or a consignment as it is",
        "Do first what is named.",
        _PERSON,
    ),
    _P.IN_CONSIGNMENT: Advice(
        "In a consignment",
        "This handset is in another consignment",
        "Take it out of that one first.",
        _PERSON,
    ),
    _P.CONSIGNMENT_CLOSED: Advice(
        "Sealed already",
        "This consignment is sealed or gone: nothing goes in or out",
        "Two persons can open one that is sealed; or begin another.",
        _PERSON,
    ),
    _P.CONSIGNMENT_UNKNOWN: Advice(
        "No consignment",
        "This bench has no such consignment",
        "Scan its card or its manifest, or choose it by its key.",
        _PERSON,
    ),
    _P.CONSIGNMENT_UNFIT: Advice(
        "Not in order",
        "This consignment cannot be closed or handed over as it is",
        "Put right what is named, and do it again.",
        _PERSON,
    ),
    _P.SIGNATURE_UNFIT: Advice(
        "No signature",
        "This is too little or too much to be a signature",
        "Sign on the field again, and press Enter.",
        _PERSON,
    ),
    _P.NOT_FOUND: Advice(
        "Not found",
        "Nothing in the book or in any file goes by this",
        "Check it for a slip, or scan the code itself.",
        _PERSON,
    ),
    _P.NOT_COUNTED_IN: Advice(
        "Not counted in",
        "The record of this bench knows no such handset",
        "Count it in first, or put it into a slot.",
        _PERSON,
    ),
    _P.SIM_UNKNOWN: Advice(
        "Unknown SIM",
        "No file of the operator names this SIM",
        "Take in the operator's file that has it, or use another SIM.",
        _PERSON,
    ),
    _P.SIM_ELSEWHERE: Advice(
        "SIM elsewhere",
        "This SIM is married to another handset",
        "Scan another SIM, or take this one out of the other handset at the desk.",
        _PERSON,
    ),
    _P.SIM_UNUSABLE: Advice(
        "SIM unusable",
        "This SIM was lost, is faulty or has ended",
        "Use another SIM; one that was found again is said to be so at the desk.",
        _PERSON,
    ),
    _P.SIM_UNCLEAR: Advice(
        "Which SIM",
        "This EID has several subscriptions that are free",
        "Scan the ICCID of the one that is meant.",
        _PERSON,
    ),
    _P.SIM_NOT_WANTED: Advice(
        "No SIM wanted",
        "No handset in a slot waits for a SIM, or it is not clear which",
        "Scan the slot of the handset that the SIM is for, then the SIM.",
        _PERSON,
    ),
    _P.HANDSET_HAS_SIM: Advice(
        "Has a SIM",
        "This handset is married to another SIM",
        "Scan that SIM, or swap it at the desk, where the reason is asked.",
        _PERSON,
    ),
    _P.LICENCES_LOW: Advice(
        "Licences low",
        "Few licences of a pool are left, or none",
        "Buy more and take in their file, or take some back.",
        _PERSON,
        _ITSELF,
    ),
    _P.ALREADY_MET: Advice(
        "Met before",
        "This handset has come further than that can be said of it",
        "Look it up by its IMEI; if the record is wrong, have it corrected.",
        _PERSON,
    ),
    _P.COUNT_CONTRADICTS: Advice(
        "Box contradicts",
        "What the box says cannot be one handset's by the lists",
        "Set the box aside, and have supplier and lists asked.",
        _PERSON,
    ),
    _P.TOO_MUCH_MISSING: Advice(
        "Too much missing",
        "So much is missing that this has not come as a whole",
        "Close its pallets or cartons one by one, or wait for it.",
        _PERSON,
    ),
    _P.BADGE_UNFIT: Advice(
        "No badge",
        "This is no badge that can be read here",
        "Read the badge again, or take the name by its key.",
        _PERSON,
    ),
    _P.BADGE_OTHER: Advice(
        "Another badge",
        "This is not the badge of whoever takes over",
        "Let the same person show their badge, or leave it and begin again.",
        _PERSON,
    ),
    _P.NAME_UNFIT: Advice(
        "No name",
        "A name is wanted",
        "Type the name of whoever takes over.",
        _PERSON,
    ),
    _P.CONSIGNMENT_ARRIVED: Advice(
        "Signed for",
        "This consignment was taken over and signed for",
        "Nothing is to be done; what came later is returned or found by its label.",
        _PERSON,
    ),
    _P.STANDS_OTHERWISE: Advice(
        "Stands otherwise",
        "This cannot be done with this handset as it stands",
        "Do first what is named.",
        _PERSON,
    ),
    _P.CERTIFICATE_UNFIT: Advice(
        "No such number",
        "This is no number of a certificate or of a return",
        "Scan or type the number that stands on the paper: 3 letters or digits at least.",
        _PERSON,
    ),
}
