from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.enrolment.exports.formats import Column
from bench.enrolment.exports.load import find_format, load_format
from bench.problems import ProblemCode, ProblemError
from tests.bench.enrolment.exports.shelf import FORMATS, form

GOOD = """\
[format]
schema = 1
name = "A table"
service = "table"
source = "ours"
confirmed = true
identifier = "imei"
options = ["owner"]

[[column]]
title = "IMEI"
text = "{imei}"
needed = true

[[column]]
title = "who"
text = "{owner} {model}"

[[not_needed]]
methods = ["qr"]
because = "it comes by itself"
"""


def loaded(folder: Path, text: str) -> str:
    """Load a format; return the problem, "" for none."""
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    try:
        load_format(folder / "mine.toml")
    except ProblemError as error:
        return f"{error.problem.code}: {error.problem.where}: {error.problem.detail}"
    return ""


@pytest.mark.parametrize("path", sorted(FORMATS.glob("*.toml")), ids=lambda path: path.stem)
def test_each_format_that_is_shipped_is_sound(path: Path) -> None:
    shape = load_format(path)
    assert shape.source
    assert shape.confirmed or "compare" in shape.note


def test_the_help_page_shows_a_format_that_loads_and_names_all_that_are_shipped(
    tmp_path: Path,
) -> None:
    page = (FORMATS.parent / "help" / "upload-files.md").read_text("utf-8")
    (shown,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert loaded(tmp_path, shown) == ""
    assert {path.stem for path in FORMATS.glob("*.toml")} == set(
        re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)
    )


def test_what_nobody_confirmed_says_so() -> None:
    names = [path.stem for path in FORMATS.glob("*.toml")]
    assert {name for name in names if not form(name).confirmed} == {
        "knox", "zero-touch", "zero-touch-full", "zero-touch-serial",
    }  # fmt: skip


def test_the_limits_are_those_that_are_published() -> None:
    intune = form("intune-imei")
    assert (intune.rows, intune.size, intune.header) == (5000, 5_000_000, False)
    assert intune.columns[1].longest == 128
    assert (form("knox").account, form("zero-touch").rows) == (10_000, 999)
    assert [each.resets for each in map(form, ("knox", "zero-touch", "table"))] == [
        True,
        True,
        False,
    ]


def test_an_operators_own_format_is_used_by_its_files_name(tmp_path: Path) -> None:
    assert loaded(tmp_path, GOOD) == ""
    own = find_format(str(tmp_path / "mine.toml"), FORMATS)
    assert [column.title for column in own.columns] == ["IMEI", "who"]
    assert len(own.fingerprint) == 64


@pytest.mark.parametrize("name", ["nonsense", "../profiles/device-check", "", "Knox"])
def test_a_format_that_is_not_there_is_said_with_those_that_are(name: str) -> None:
    with pytest.raises(ProblemError, match="knox"):
        find_format(name, FORMATS)


@pytest.mark.parametrize(
    ("before", "after", "where", "why"),
    [
        ("schema = 1", "schema = 2", "line 2", "schema: this program knows schema 1"),
        ("schema = 1\n", "", "line 1", "schema"),
        ("confirmed = true\n", "", "line 1", "confirmed: it is missing"),
        ("confirmed = true", "confirmed = 1", "line 6", "true or false"),
        ('source = "ours"', 'sauce = "ours"', "line 5", "use one of"),
        ('service = "table"', 'service = "Table!"', "line 4", "small letters"),
        ('identifier = "imei"', 'identifier = "model"', "line 7", "imei, serial"),
        ('identifier = "imei"', 'identifier = "serial"', "line 7", "no column says it"),
        ('identifier = "imei"', 'identifier = "imei"\nrows = -1', "line 8", "whole number"),
        ('identifier = "imei"', 'identifier = "imei"\nprefers = "last"', "line 8", "lowest"),
        ('identifier = "imei"', 'identifier = "imei"\nquotes = "odd"', "line 8", "where-needed"),
        ('["owner"]', '["imei"]', "line 8", "cannot name"),
        ('["owner"]', '["Owner!"]', "line 8", "cannot name"),
        ('["owner"]', '["other"]', "line 17", "{owner} is none of"),
        ('["owner"]', '"owner"', "line 8", "brackets"),
        ("{owner} {model}", "{x}", "line 17", "{x} is none of"),
        ("{owner} {model}", "{imei.__class__}", "line 17", "{imei.__class__} is none of"),
        ("{owner} {model}", "{0} {owner!r}", "line 17", "{0} is none of"),
        ("{owner} {model}", "{owner", "line 17", "{owner is none of"),
        ("{owner} {model}", "owner}", "line 17", "} is none of"),
        ('title = "who"', 'title = ""', "line 16", "one line"),
        ('title = "who"', 'title = "who"\nlongest = true', "line 17", "whole number"),
        ('title = "who"', 'title = "who"\nformula = "=1"', "line 17", "use one of"),
        ('["qr"]', '["post"]', "line 20", "'post' is none of"),
        ("[[column]]", "[[colum]]", "line 10", "use one of"),
        ("[[not_needed]]", "[not_needed]", "line 19", "give [[not_needed]] tables"),
        ("[format]", "[format", "", "file"),
    ],
)
def test_what_is_wrong_in_a_format_is_said_with_its_line_and_remedy(
    tmp_path: Path, before: str, after: str, where: str, why: str
) -> None:
    assert GOOD.count(before) >= 1
    said = loaded(tmp_path, GOOD.replace(before, after))
    assert said.startswith(ProblemCode.UPLOAD_FORMAT_UNUSABLE)
    assert where in said
    assert why in said


def test_a_place_is_filled_in_once_and_never_again() -> None:
    column = Column("title", "{model} {imei}")
    assert column.filled({"imei": "1", "model": "{imei}"}) == "{imei} 1"


def test_a_format_of_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(ProblemError, match="file"):
        load_format(tmp_path / "mine.toml")


def test_a_format_that_is_too_large_is_refused_and_never_read_in_part(tmp_path: Path) -> None:
    fits = GOOD + "#" * ((1 << 20) - len(GOOD))
    assert loaded(tmp_path, fits) == ""
    assert "larger than 1 MiB" in loaded(tmp_path, fits + "\n[unknown]\n")
