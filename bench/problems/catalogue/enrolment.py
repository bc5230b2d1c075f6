"""What can keep a handset from coming under management: traps, its own enrolment, the service."""

from __future__ import annotations

from bench.problems.advice import Advice, Clears, Fault
from bench.problems.codes import ProblemCode

_P = ProblemCode
_HANDSET, _BENCH, _PERSON = Fault.HANDSET, Fault.BENCH, Fault.PERSON
_SUPERVISOR, _ITSELF = Clears.BY_SUPERVISOR, Clears.BY_ITSELF

ENROLMENT: dict[ProblemCode, Advice] = {
    # traps
    _P.IN_QUARANTINE: Advice(
        "In quarantine", "It was set aside before and nobody released it",
        "Set it aside again; a supervisor can release it.", _HANDSET, _SUPERVISOR),
    _P.KNOWN_ELSEWHERE: Advice(
        "Known elsewhere", "The central inventory knows this IMEI as another handset",
        "Set it aside; a supervisor decides which of the two is right.", _HANDSET, _SUPERVISOR),
    _P.WRONG_MODEL: Advice(
        "Wrong model", "It is not of the model that was ordered",
        "Set it aside for the supplier.", _HANDSET, _SUPERVISOR),
    _P.WRONG_REGION: Advice(
        "Wrong region", "It was made for another region of sale",
        "Set it aside for the supplier.", _HANDSET, _SUPERVISOR),
    _P.LOCKED_BY_OWNER: Advice(
        "Owner's lock", "An earlier owner's account locks this handset",
        "Set it aside; have the owner or the supplier lift the lock.", _HANDSET, _SUPERVISOR),
    _P.FUSE_BLOWN: Advice(
        "Knox fuse blown", "Other software than the maker's ran on it: that cannot be undone",
        "Set it aside for the supplier.", _HANDSET, _SUPERVISOR),
    _P.PATCH_TOO_OLD: Advice(
        "Old patch", "Its security patch is older than the profile lets pass",
        "Update its software, then plug it in again.", _HANDSET, _SUPERVISOR),
    _P.SUPPORT_ENDED: Advice(
        "Support ended", "Its maker no longer mends this model's faults",
        "Set it aside; a supervisor decides whether it may still go out.", _HANDSET, _SUPERVISOR),
    # identity
    _P.LABEL_MISMATCH: Advice(
        "Wrong label", "The label read back is not this handset's",
        "Compare box, handset and label; then resume and scan the right label.",
        _PERSON),
    _P.BOX_CONTRADICTS: Advice(
        "Box differs", "The code on the box names something else than the handset says",
        "Find the handset's own box; nothing was changed.", _PERSON),
    # enrolment itself
    _P.PACKAGE_UNTRUSTED: Advice(
        "Wrong signature", "A package of the profile is not signed by whom the profile names",
        "Put the right package beside the profile, or have the profile mended; then resume.",
        _BENCH),
    _P.PAYLOAD_UNUSABLE: Advice(
        "Bad code", "No code can be made of what the profile says",
        "Have the profile mended; the reason names the key.", _BENCH),
    _P.ENROLMENT_RESTARTED: Advice(
        "Looks enrolled", "It restarted in the middle of enrolment and may have no policy",
        "Reset it to factory settings and stage it anew; a supervisor may let it pass.",
        _HANDSET, _SUPERVISOR),
    _P.NOT_LISTED: Advice(
        "Not uploaded", "It is in no file that was uploaded to the enrolment service",
        "Export the upload file, have it uploaded, then resume.", _BENCH),
    _P.NOT_CONFIRMED: Advice(
        "Confirm", "Somebody has to confirm what the profile asks",
        "Look, and confirm only what is so.", _PERSON),
    # the programme
    _P.CAPACITY_REACHED: Advice(
        "Core is full", "The core is sized for no more handsets in service",
        "Stage no more; a supervisor raises the capacity in the settings.", _BENCH, _SUPERVISOR),
    _P.NO_LICENCE: Advice(
        "No licence", "No licence is free that the profile needs",
        "Buy more, or take one back; then scan the box again.", _BENCH, _SUPERVISOR),
    _P.RESTAGE_DUE: Advice(
        "Restage due", "Handsets were staged with another version of this profile",
        "Stage them again when they come in; profile restage lists them.", _BENCH, _ITSELF),
    # secrets and the service
    _P.SECRET_MISSING: Advice(
        "No secret", "The profile names a secret that this bench does not have",
        "Keep it with: secret set NAME; then resume.", _BENCH),
    _P.SECRET_UNUSABLE: Advice(
        "Bad secret", "A secret of this bench cannot be read",
        "Keep it anew with: secret set NAME; then resume.", _BENCH),
    _P.SERVICE_UNSET: Advice(
        "No service", "The settings name no management service",
        "Fill in the section [intune] of the settings and start again.", _BENCH),
    _P.SERVICE_UNREACHABLE: Advice(
        "No service", "The management service does not answer",
        "Check the network; the bench asks again by itself.", _BENCH, _ITSELF),
    _P.SERVICE_REFUSED: Advice(
        "Refused", "The management service refused the request",
        "Have its administrator check what this bench is allowed.", _BENCH),
    _P.SERVICE_BUSY: Advice(
        "Service busy", "The management service asks to wait",
        "Nothing is to be done: the bench asks again by itself.", _BENCH, _ITSELF),
    _P.SERVICE_GARBLED: Advice(
        "Odd answer", "The management service answered what it should not",
        "Try again later; tell its administrator if it stays.", _BENCH),
    _P.SIGN_IN_AGAIN: Advice(
        "Sign in", "The sign-in at the management service no longer holds",
        "Sign in again with: intune sign-in.", _BENCH),
    _P.TOKEN_EXPIRED: Advice(
        "Token expired", "The enrolment token has expired or was revoked",
        "Have a new one made, then resume.", _BENCH),
    _P.CLOCK_WRONG: Advice(
        "Clock wrong", "This computer's clock is far from the service's",
        "Set the clock of this computer, then resume.", _BENCH),
    # upload files
    _P.UPLOAD_FORMAT_UNUSABLE: Advice(
        "Bad format", "The format of the upload file cannot be used",
        "Mend it at the line and key that are named.", _BENCH),
    _P.UPLOAD_REFUSED: Advice(
        "No upload", "No upload file was made",
        "Put right what is said.", _BENCH),
    _P.UPLOAD_UNKNOWN: Advice(
        "No such upload", "There is no upload of that name",
        "Ask for the names with: upload list.", _PERSON),
    _P.UPLOAD_DAMAGED: Advice(
        "Upload damaged", "An upload is no longer what was made",
        "Bring its folder back from a backup; it counts for nothing until then.", _BENCH),
    _P.HANDSET_LIST_UNUSABLE: Advice(
        "Bad list", "The list of handsets cannot be used",
        "Have it sent as CSV in UTF-8; say with --column which column is which.", _BENCH),
}  # fmt: skip
