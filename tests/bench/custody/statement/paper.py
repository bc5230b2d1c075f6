"""Made-up content for statements and dockets, and a checkpoint note signed by made-up keys."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bench.custody.key import BenchKey
from bench.custody.proof.checkpoint import Checkpoint, cosign, sign
from bench.custody.statement.content import (
    Bound,
    Correction,
    DocketDetails,
    EventRow,
    Handset,
    Signatory,
    StatementContent,
    VerifierKeyLine,
)

FONTS = Path(__file__).parents[4] / "resources/fonts"
BUNDLE = b'{"v":1,"device":"made-up","bytes":"\\u00e4"}\r\n' * 40
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
ORIGIN = "custody.example/bench-07/e1"
HOSTILE = {
    "markup": "**bold** <b>x</b> [link](https://example.invalid) __u__ \\textbf{x}",
    "pages": "{nb} ::placeholder:0:: (unbalanced \\) /JS (app.alert(1)) endstream endobj",
    "long": "W" * 5000,
    "spaces": "a\n\n\tb\r\nc" * 50,
    "right to left": "\u202eabc\u202c \u05e9\u05dc\u05d5\u05dd \u0627\u0644\u0639",
    "NUL": "a\x00b\x1b[31m",
    "emoji": "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467\ufe0f",
    "half a pair": "\ud800x",
    "private use": "Page \ue000 of \ue000",
    "brackets": "⟦U+0041⟧",
    "ideographs": "\u4e2d\u6587" * 400,
    "formula": "=1+1;@SUM(A1)",
    "xml": "]]>&<?xpacket end='r'?>",
}


def key(seed: str) -> BenchKey:
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return BenchKey.from_pem(pem, seed)


def signed_note(witnesses: int = 0, size: int = 300) -> bytes:
    note = sign(Checkpoint(ORIGIN, size, hashlib.sha256(b"root").digest()), key("bench"))
    for number in range(witnesses):
        name = f"witness-{number}.example"
        note = note.with_signature(cosign(note, name, key(name), 1_793_620_800))
    return str(note).encode()


def event(seq: int = 1, **said: object) -> EventRow:
    usual: dict[str, object] = {
        "seq": seq, "at": NOON + timedelta(minutes=seq), "synchronised": True, "max_error": 12_000,
        "what": "handed_over", "who": "p-3f9a", "how": "badge+pin", "from_": "bench-07",
        "to": "p-77c1", "reason": "issue to user",
        "after": Bound(seq - 1, NOON), "before": Bound(seq + 1),
    }  # fmt: skip
    return EventRow(**{**usual, **said})  # type: ignore[arg-type]


def content(*events: EventRow, **said: object) -> StatementContent:
    usual: dict[str, object] = {
        "document": "statement-0001", "made_at": NOON, "origin": ORIGIN,
        "handset": Handset("u-0001", ("004400000000017", "004400000000025"), "R58TEST0001",
                           "Testphone 5", "AST-000001"),
        "events": events or (event(1), event(2)), "note": signed_note(1),
        "keys": (VerifierKeyLine("bench", f"{ORIGIN}+0a1b2c3d+AUxm"),),
        "format_page": "help page formats/bundle", "simulated": False,
        "signatory": Signatory("bench-07", "ab" * 32, None),
    }  # fmt: skip
    return StatementContent(**{**usual, **said})  # type: ignore[arg-type]


def corrected() -> tuple[EventRow, EventRow]:
    later = Correction(2, NOON, "p-77c1", "the wrong shelf was scanned")
    return event(1, corrections=(later,)), event(2, what="corrected", corrects=(1,))


def details(**said: object) -> DocketDetails:
    usual: dict[str, object] = {
        "document": "docket-0001", "made_at": NOON, "reason": "consignment C-0012",
        "simulated": False,
    }  # fmt: skip
    return DocketDetails(**{**usual, **said})  # type: ignore[arg-type]
