"""What each column is about, in words for a data protection officer: one table, no code.

A lawful basis is for the force to decide; the one named is a proposal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench.custody.personal.retention import OTHERS, RETENTION, Until

BASIS = (
    "proposed: UK GDPR Article 6(1)(e) and Data Protection Act 2018 section 8, public task "
    "[to be confirmed by the force]"
)
_PERIODS = "; ".join(f"{field}: {period}" for field, period in RETENTION.items())
_TEXTS = f"{_PERIODS}; any other: {OTHERS}; at once on erasure"
_STAFF, _ANYBODY = "whoever is enrolled at the bench", "staff, recipients of handsets"
_WHILE = f"until the person has left; {Until.RECORD_ENDS} as a pseudonym"
_RECORD = Until.RECORD_ENDS.value
_FILE = "whoever may read the record's file"
_SUPERVISORS = "supervisors; whoever may read the record's file"
_ERASE = "erasing the person, then scrubbing the file"
_STAYS = "not erased: it names nobody once the person is erased"


@dataclass(frozen=True, slots=True)
class Datum:
    """What is held, about whom and why, how long, who can see it, and what erases it."""

    what: str
    whose: str
    why: str
    kept: str
    seen_by: str = _FILE
    erased_by: str = _ERASE


_PSEUDONYM = Datum("a pseudonym, made at random", _ANYBODY, "to put a text to its person", _TEXTS)
_CREDENTIAL = "to know who acts"

PERSONAL: Mapping[str, Datum] = {
    "personal_text.ref": Datum("the event a text belongs to", _ANYBODY, "to find it", _TEXTS),
    "personal_text.field": Datum(
        "what the text is: a name, a recipient, a signature, a note", _ANYBODY, "to read it", _TEXTS
    ),
    "personal_text.subject": _PSEUDONYM,
    "personal_text.text": Datum(
        "names, signatures, free text", _ANYBODY,
        "to prove to whom a handset was given and who acted", _TEXTS, _SUPERVISORS,
    ),
    "personal_text.salt": Datum(
        "random bytes of each text", _ANYBODY, "to prove that a text was not changed", _TEXTS
    ),
    "personal_text.keep_until": Datum(
        "the day after which a text goes", _ANYBODY, "to keep it no longer than needed", _TEXTS
    ),
    "credential.person": Datum(
        "a pseudonym, made at random", _STAFF, _CREDENTIAL, "until the person has left"
    ),
    "credential.badge": Datum(
        "a badge's number as a keyed hash (HMAC-SHA256)", _STAFF, _CREDENTIAL,
        "until the person has left",
    ),
    "credential.pin": Datum(
        "a PIN as an Argon2id hash under a key outside the file", _STAFF, _CREDENTIAL,
        "until the person has left",
    ),
    "credential.key": Datum(
        "the public half of a security key", _STAFF, _CREDENTIAL, "until the person has left"
    ),
    "credential.key_count": Datum(
        "how often a security key was used", _STAFF, "to notice a copied key",
        "until the person has left",
    ),
}  # fmt: skip
"""By table and column."""

PSEUDONYMOUS: Mapping[str, Datum] = {
    "person.id": Datum("a pseudonym, made at random", _STAFF, _CREDENTIAL, _WHILE, _FILE, _STAYS),
    "person.role": Datum(
        "technician, supervisor or auditor", _STAFF, "to know who may do what", _WHILE, _FILE,
        _STAYS,
    ),
    "person.standing": Datum(
        "active, locked, retired or erased", _STAFF, "to know who may act", _WHILE, _FILE, _STAYS
    ),
    "person.tries": Datum(
        "wrong PINs in a row", _STAFF, "to lock out whoever guesses", _WHILE, _FILE, _STAYS
    ),
    "person.enrolled_on": Datum(
        "the day of enrolment", _STAFF, "to review who is enrolled", _WHILE, _FILE, _STAYS
    ),
    "person.retired_on": Datum(
        "the day of leaving", _STAFF, "to know when the name goes", _WHILE, _FILE, _STAYS
    ),
    "erasure.subject": Datum(
        "the pseudonym of whoever was erased", _ANYBODY, "to erase them again from a restored copy",
        _RECORD, _FILE, _STAYS,
    ),
    "erasure.seq": Datum(
        "the number of the event that says so", _ANYBODY, "to know which backups hold them",
        _RECORD, _FILE, _STAYS,
    ),
    "erasure.scrubbed": Datum(
        "whether the file was made anew since", _ANYBODY, "to finish an erasure", _RECORD, _FILE,
        _STAYS,
    ),
    "event.body": Datum(
        "who did what with which handset and when, by pseudonym, with salted commitments to texts, "
        "the public security keys of staff, and the handset's IMEI and serial number",
        _ANYBODY, "the custody record", _RECORD,
        "whoever may read the record's file; auditors; the central store", _STAYS,
    ),
    **{
        f"event.{column}": Datum(
            what, _ANYBODY, "read out of the body to look it up", _RECORD, _FILE, _STAYS
        )
        for column, what in {
            "seq": "the event's number", "event_id": "the event's id", "uid": "the handset",
            "imei": "the handset's IMEI", "type": "what happened", "at": "when it happened",
            "hash": "the hash of the body", "sig": "the bench's signature over it",
        }.items()
    },
}  # fmt: skip
"""By table and column: it names nobody without the texts above."""

NONE: Mapping[str, str] = {
    "device": "handsets: identifiers, model, where they stand; nobody is named",
    "run": "how far the staging of a handset is",
    "label_job": "labels to print: asset numbers only",
    "asset_number": "the last asset number given",
    "policy": "names, versions and letters of profiles; a letter says nothing of its reason",
    "licence": "which handset takes up a licence; nobody is named",
    "header": "whose record this is: bench, epoch, public key of the bench",
    "checkpoint": "signed heads of the record",
    "timestamp": "an authority's times on signed heads of the record",
    "frozen": "whether the record is closed, and why",
    "retention_prompt": "the day of the last review of personal data",
    "_sqlite_migrations": "the form of the tables",
}
"""Tables that hold nothing about people."""

BESIDE: Mapping[str, Datum] = {
    "backups": Datum(
        "all of the above, as it was when each was made", _ANYBODY, "to survive a broken disk",
        "as the backup plan says; older than an erasure: until the next backup",
        "whoever may read the backup folder", "removed when a newer one stands",
    ),
    "exports and the central store": Datum(
        "events only: pseudonyms, commitments, no names", _ANYBODY, "the custody record", _RECORD,
        "auditors; the central inventory's readers", _STAYS,
    ),
    "files handed to enrolment services": Datum(
        "IMEI, serial number, model, whoever made the file as a pseudonym", _ANYBODY,
        "handsets come under management; which file each is in", _RECORD,
        "whoever may read the folder of uploads; the enrolment services", _STAYS,
    ),
    "the book beside the record": Datum(
        "orders, despatch notes, SIMs with their telephone numbers, budgets; whoever holds a "
        "handset, as a pseudonym",
        _ANYBODY, "to know what was bought and who has it", "as the organisation's own rules say",
        "whoever may read the record", "it names nobody: erasing a person erases who had it",
    ),
    "papers": Datum(
        "manifests, receipts and sheets as they were signed: names and signatures of who took part",
        _ANYBODY, "to show who took over what", "as the organisation's own rules say",
        "whoever may read the folder of papers", "removing the paper: an erasure does not reach it",
    ),
    "management service": Datum(
        "the service's own: who is signed in on a handset; this bench asks for none of it",
        _ANYBODY, "handsets are managed", "as the organisation's own rules say",
        "its administrators", "at the service",
    ),
    "labels": Datum(
        "the asset number; no name, no telephone number", _ANYBODY, "to know a handset",
        "as long as the handset", "whoever holds the handset", "taking the label off",
    ),
}  # fmt: skip
"""Where else data goes; what a disk keeps of overwritten blocks is for its encryption to hide."""
