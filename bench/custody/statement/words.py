"""What a statement says in words, of content whose texts are plain already. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from bench.custody.statement.content import (
    Bound,
    Correction,
    EventRow,
    Signatory,
    SignOff,
    StatementContent,
)

NOTHING = "—"
CODE = "QR code with the exact bytes of the checkpoint's signed note"
NO_CODE = "The note is longer than a QR code holds; it is in the attachment."
ATTACHED = "Every event's exact bytes, signatures and proofs: the evidence this statement shows"
CHECKPOINT = (
    "The code holds the exact bytes of the note beside it: the number of events, the root of the "
    "hash tree over them and the signatures. One that was printed earlier, and agrees with the "
    "record today, shows that nothing before it was changed."
)
_READING = (
    "This is what one bench recorded about one handset. The pages are for reading; the evidence "
    "is the file attached to this document. Where they differ, the attachment counts."
)
_TIMES = (
    "People appear under pseudonyms. A bench's clock is shown with what its kernel said of it; "
    "what can be proved is that an event lies between the two checkpoints beside it."
)
_LETTERS = (
    "Characters that this document's letters lack are shown as their Unicode number in brackets; "
    "right-to-left text is set in the order in which it is stored."
)
_STEPS = (
    (
        "Take the verifier keys from the trust policy that the organisation publishes, and compare "
        "them with those below: do not trust keys because they are printed here."
    ),
    (
        "Check each event's leaf hash and signature, its inclusion in the checkpoint, and that the "
        "handset's own chain has no gap."
    ),
    "The signature over this document: pdfsig, or any PDF reader that checks PAdES signatures.",
)


def moment(at: datetime, to: str = "seconds") -> str:
    """Spell a time for a reader: `2026-11-02 09:30:00 UTC`."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(' ', to)} UTC"


def meaning(content: StatementContent) -> tuple[str, ...]:
    """Say what the document is, what counts, and what it does not show."""
    simulated = (
        ("This record is SIMULATED: it was made in training and says nothing of a real handset.",)
        if content.simulated
        else ()
    )
    return (*simulated, _READING, _TIMES, _LETTERS, signed(content.signatory))


def signed(signatory: Signatory) -> str:
    """Say whose seal the document bears, and who vouches for it."""
    seal = f"This document is signed by “{signatory.name}” (SHA-256 {signatory.fingerprint})"
    if signatory.issuer is not None:
        return f"{seal}, a certificate issued by “{signatory.issuer}”."
    return (
        f"{seal}. The issuer of that certificate is nobody: the bench made it for itself. Compare "
        "its fingerprint with one that the organisation gives you; without that, the signature "
        "shows only that the document is as its signer left it. The attachment stands by itself."
    )


def steps(content: StatementContent, digest: str, bundle_name: str) -> tuple[str, ...]:
    """Say how a stranger checks the document with other people's tools."""
    return (
        (
            f"Take {bundle_name} out of this document: any PDF reader lists its attachments, "
            f"pdfdetach -saveall writes them. Its SHA-256 is {digest}."
        ),
        f"Its format is described in {content.format_page}, which is enough to write a verifier.",
        *_STEPS,
    )


def cells(event: EventRow) -> tuple[str, ...]:
    """Return the cells of one event, in the order of the table's heads."""
    return (
        str(event.seq),
        f"{moment(event.at, 'milliseconds')}, {_trust(event)}",
        bounds(event),
        event.what + _of(event),
        f"{event.who or NOTHING} ({event.how})" if event.how else event.who or NOTHING,
        _way(event),
        event.reason or NOTHING,
    )


def corrected(correction: Correction) -> str:
    """Say that an event was corrected later."""
    later = f"{moment(correction.at)}, {correction.who}"
    return f"↳ corrected by event {correction.seq} ({later}): {correction.why}"


def signed_off(sign_off: SignOff) -> str:
    """Say that an event was signed off later, and by whom."""
    return f"↳ signed off by {sign_off.who}, {moment(sign_off.at)} (event {sign_off.seq})"


def _trust(event: EventRow) -> str:
    if not event.synchronised:
        return "clock not synchronised"
    return f"synchronised to {event.max_error / 1000:.0f} ms"


def bounds(event: EventRow) -> str:
    """Say between which checkpoints an event lies, and when they were cosigned."""
    after, before = _bound(event.after, "the beginning"), _bound(event.before, "no checkpoint yet")
    return f"{after} and {before}"


def _bound(bound: Bound | None, nothing: str) -> str:
    if bound is None:
        return nothing
    if bound.at is None:
        return f"checkpoint {bound.size} (not cosigned)"
    return f"{moment(bound.at)} (checkpoint {bound.size})"


def _of(event: EventRow) -> str:
    """Say which events it corrects or signs off."""
    said = (("corrects", event.corrects), ("signs off", event.signs_off))
    return "".join(f" ({does} {', '.join(map(str, of))})" for does, of in said if of)


def _way(event: EventRow) -> str:
    if not event.from_ and not event.to:
        return NOTHING
    return f"{event.from_ or NOTHING} → {event.to or NOTHING}"
