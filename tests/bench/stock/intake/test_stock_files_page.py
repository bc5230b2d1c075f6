"""The page of help on files says what the program understands."""

from __future__ import annotations

from pathlib import Path

from bench.stock.intake.kinds import FIELDS, KINDS, FileKind, bare

PAGE = Path("resources/help/stock-files.md").read_text("utf-8")


def test_the_page_has_each_field_with_each_heading_that_means_it() -> None:
    for kind, fields in FIELDS.items():
        part = PAGE.partition(f"### {kind.value}: {KINDS[kind]}\n")[2].partition("###")[0]
        for each in fields:
            marks = ("*" if each.needed else "") + ("=" if each.given else "")
            assert f"| `{each.name}` | {marks} | {', '.join(each.words)} |" in part


def test_headings_are_spelled_as_they_are_compared_and_mean_one_field_of_a_kind() -> None:
    for kind in FileKind:
        words = [word for each in FIELDS[kind] for word in each.words]
        assert [bare(word) for word in words] == words
        twice = {word for word in words if words.count(word) > 1}
        assert not twice, kind
