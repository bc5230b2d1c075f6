"""A handset's statement, read by poppler, pikepdf and a barcode reader."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta, timezone
from pathlib import Path

import pikepdf
import pytest
from fontTools.ttLib import TTFont

from bench.custody.statement.content import SIMULATED, Bound, EventRow, SignOff, StatementContent
from bench.custody.statement.layout import statement
from bench.custody.statement.lettering import lettered
from tests.bench.custody.statement.paper import (
    BUNDLE,
    FONTS,
    HOSTILE,
    NOON,
    content,
    corrected,
    event,
    signed_note,
)
from tests.bench.custody.statement.readers import (
    attached,
    characters,
    codes_in,
    column,
    conforms,
    opened,
    poppler,
    text_of,
    words_of,
)

REASONS = 236 * 72 / 25.4
"""Points from the left edge to the last column."""
with TTFont(FONTS / "DejaVuSansCondensed.ttf") as face:
    GLYPHS = frozenset(face.getBestCmap())


def made(said: StatementContent | None = None, bundle: bytes = BUNDLE) -> bytes:
    return statement(said or content(), bundle, fonts=FONTS)


def test_a_statement_says_what_happened_to_whom_and_when(tmp_path: Path) -> None:
    told = " ".join(text_of(made(), tmp_path).split())
    for words in (
        "Statement of custody: AST-000001", "004400000000017, 004400000000025", "R58TEST0001",
        "2026-11-02 12:01:00.000 UTC", "synchronised to 12 ms", "handed_over", "p-3f9a",
        "bench-07 → p-77c1", "issue to user", "checkpoint 2 (not cosigned)", "Page 1 of 2",
        "help page formats/bundle", "issuer of that certificate is nobody", "pdfdetach",
    ):  # fmt: skip
        assert words in told
    assert "SIMULATED" not in told


def test_a_correction_stands_beside_what_it_corrects(tmp_path: Path) -> None:
    told = " ".join(text_of(made(content(*corrected())), tmp_path).split())
    first, corrected_by, second = (
        told.index(words)
        for words in ("12:01:00.000 UTC", "corrected by event 2", "12:02:00.000 UTC")
    )
    assert first < corrected_by < second
    assert "the wrong shelf was scanned" in told
    assert "corrected (corrects 1)" in told


def test_who_signed_an_event_off_stands_right_under_it(tmp_path: Path) -> None:
    rows = (
        event(1, what="disposed", sign_offs=(SignOff(2, NOON, "p-77c1 (fido2)"),)),
        event(2, what="signed_off", signs_off=(1,)),
    )
    told = " ".join(text_of(made(content(*rows)), tmp_path).split())
    assert told.index("disposed") < told.index("signed off by p-77c1 (fido2)")
    assert told.index("signed off by") < told.index("12:02:00.000 UTC")
    assert "signed_off (signs off 1)" in told


def test_times_are_told_in_utc_wherever_they_were_written(tmp_path: Path) -> None:
    summer = timezone(timedelta(hours=2))
    row = event(1, at=NOON.astimezone(summer), after=Bound(1, NOON.astimezone(summer)))
    told = text_of(made(content(row, made_at=NOON.astimezone(summer))), tmp_path)
    assert "12:00:00.000 UTC" in told
    assert "14:00:00" not in told


def test_a_clock_that_nobody_set_is_called_so(tmp_path: Path) -> None:
    row = event(1, synchronised=False, after=None, before=None)
    pdf = made(content(row))
    assert "UTC, clock not synchronised" in column(pdf, tmp_path, 24, 45)
    assert "the beginning and no checkpoint yet" in column(pdf, tmp_path, 69, 52)


def test_the_bundle_comes_out_byte_for_byte(tmp_path: Path) -> None:
    bundle = bytes(range(256)) * 300
    pdf = made(bundle=bundle)
    assert attached(pdf, tmp_path) == bundle
    with opened(pdf) as document:
        (file,) = document.Root.AF
        assert file.AFRelationship == pikepdf.Name.Source
        assert file.EF.F.Subtype == pikepdf.Name("/application/json")
        assert file.EF.F.read_bytes() == bundle


def test_the_code_on_the_last_page_is_the_checkpoint_byte_for_byte(tmp_path: Path) -> None:
    note = signed_note(2)
    assert codes_in(made(content(note=note)), tmp_path) == [note]


def test_a_note_that_no_code_holds_is_said_to_be_in_the_attachment(tmp_path: Path) -> None:
    pdf = made(content(note=signed_note(40)))
    assert codes_in(pdf, tmp_path) == []
    assert "longer than a QR code holds" in text_of(pdf, tmp_path)


def test_a_simulated_record_says_so_on_every_page(tmp_path: Path) -> None:
    rows = [event(seq) for seq in range(1, 61)]
    pdf = made(content(*rows, simulated=True))
    pages = text_of(pdf, tmp_path).split("\f")[:-1]
    assert len(pages) > 2
    assert all(SIMULATED in page for page in pages)


def test_three_hundred_events_fill_pages_under_repeated_heads(tmp_path: Path) -> None:
    pdf = made(content(*(event(seq, reason=f"reason-{seq}-") for seq in range(1, 301))))
    told = text_of(pdf, tmp_path)
    pages = told.split("\f")[:-1]
    assert all(f"reason-{seq}-" in told for seq in range(1, 301))
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
    assert all("Provably between" in page for page in pages if "reason-" in page)


def test_the_same_content_gives_the_same_bytes() -> None:
    assert made() == made()
    assert made() != made(content(document="statement-0002"))


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_reason_changes_its_own_cell_and_nothing_else(
    hostile: str, tmp_path: Path
) -> None:
    plain = words_of(made(content(event(1, reason="?"), event(2))), tmp_path)
    words = words_of(made(content(event(1, reason=hostile), event(2))), tmp_path)
    assert Counter(word.text for word in words if word.left < REASONS) == Counter(
        word.text for word in plain if word.left < REASONS
    )
    shown = Counter(lettered(hostile, GLYPHS, 300).replace(" ", ""))
    assert characters(words, REASONS) == characters(plain, REASONS) - Counter("?") + shown


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_texts_everywhere_add_no_part_to_the_document(hostile: str) -> None:
    fields = ("what", "who", "how", "from_", "to", "reason")
    row: EventRow = event(1, **dict.fromkeys(fields, hostile))
    said = content(row, document=hostile.encode("utf-8", "replace").decode(), origin=hostile,
                   format_page=hostile, remarks=(hostile,))  # fmt: skip
    with opened(made()) as usual, opened(made(said)) as document:
        assert set(document.Root.keys()) == set(usual.Root.keys())
        assert all("/Annots" not in page for page in document.pages)
        assert conforms(document)


@pytest.mark.parametrize("simulated", [False, True])
def test_a_statement_is_pdf_a_3u(simulated: bool, tmp_path: Path) -> None:
    pdf = made(content(*corrected(), simulated=simulated))
    with opened(pdf) as document:
        assert conforms(document)
        with document.open_metadata() as metadata:
            assert metadata.pdfa_status == "3U"
        (intent,) = document.Root.OutputIntents
        assert intent.S == pikepdf.Name.GTS_PDFA1
        assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"
        assert len(document.trailer.ID) == 2
        assert not document.is_encrypted
    assert "JavaScript:      no" in poppler("pdfinfo", tmp_path_of(pdf, tmp_path))
    fonts = poppler("pdffonts", tmp_path_of(pdf, tmp_path)).splitlines()[2:]
    assert len(fonts) == 3
    assert all(font.split()[-5:-2] == ["yes", "yes", "yes"] for font in fonts)


def tmp_path_of(pdf: bytes, folder: Path) -> Path:
    path = folder / "statement.pdf"
    path.write_bytes(pdf)
    return path
