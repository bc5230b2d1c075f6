"""Whether a text fits into a code, and what to shorten where it does not."""

from __future__ import annotations

from bench.enrolment.codes.symbol import MOST
from bench.enrolment.payload.additions import Document
from bench.enrolment.payload.json_text import minified
from bench.enrolment.payload.refusing import unusable


def check_size(text: str, document: Document | None = None) -> None:
    """Raise `ProblemError` PAYLOAD_UNUSABLE where a text has too many bytes.

    It says how many too many, and which key of the document takes most.
    """
    over = len(text.encode()) - MOST
    if over <= 0:
        return
    told = f"{over:,} more than the {MOST:,} that a code holds"
    if not document:
        raise unusable("text", f"its bytes are {told}")
    sizes = {key: len(minified({key: value})) - 2 for key, value in document.items()}
    largest = max(sizes, key=sizes.__getitem__)
    size = f"{sizes[largest]:,}"
    raise unusable(largest, f"it takes most, {size} bytes; all of them are {told}")
