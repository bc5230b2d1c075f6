"""Handsets that are known outside the record: a list of them catches a copy at the slot."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from bench.enrolment.elsewhere import KnownElsewhere
from bench.events.orders import CustodyKind
from bench.identity.identifiers import SerialNumber
from bench.problems import CATALOGUE, ProblemCode, ProblemError
from tests.bench.staging.bench_talk import handset, imei
from tests.bench.staging.workplace import workplace

OWN, COPY = (handset(number).serial for number in (1, 2))
HEAD = "imei,imei2,serial,where"


def known(folder: Path, *lines: str, head: str = HEAD) -> KnownElsewhere:
    path = folder / "inventory.csv"
    path.write_text("\n".join((head, *lines)) + "\n", encoding="utf-8")
    return KnownElsewhere.read(path)


def refused(path: Path) -> str:
    with pytest.raises(ProblemError) as raised:
        KnownElsewhere.read(path)
    assert raised.value.problem.code is ProblemCode.SETTINGS_UNUSABLE
    return str(raised.value.problem)


def test_an_imei_is_known_with_the_serial_number_and_the_place_that_its_line_says(
    tmp_path: Path,
) -> None:
    inventory = known(tmp_path, f"{imei(1)},{imei(3)},{OWN},depot north")
    for one in (imei(1), imei(3)):
        assert inventory.other_than([one], COPY) == f"depot north, serial {OWN}"
        assert inventory.other_than([one], OWN) == ""
    assert inventory.other_than([imei(9), imei(3)], COPY) == f"depot north, serial {OWN}"
    assert inventory.other_than([imei(9)], COPY) == ""


def test_an_imei_that_stands_twice_is_a_copy_whichever_line_is_first_and_whoever_is_plugged_in(
    tmp_path: Path,
) -> None:
    lines = [f"{imei(1)},,{serial},depot" for serial in (OWN, COPY)]
    for order in permutations(lines):
        inventory = known(tmp_path, *order)
        assert inventory.other_than([imei(1)], OWN) == f"depot, serial {COPY}"
        assert inventory.other_than([imei(1)], COPY) == f"depot, serial {OWN}"
    crossed = known(tmp_path, f"{imei(1)},{imei(2)},{OWN},", f"{imei(2)},,{COPY},")
    assert crossed.other_than([imei(1), imei(2)], OWN) == f"inventory.csv, serial {COPY}"


def test_a_line_that_is_there_twice_is_no_copy(tmp_path: Path) -> None:
    line = f"{imei(1)},{imei(3)},{OWN},depot"
    assert known(tmp_path, line, line).other_than([imei(1), imei(3)], OWN) == ""


def test_a_serial_number_counts_in_any_case(tmp_path: Path) -> None:
    inventory = known(tmp_path, f"{imei(1)},,{OWN.text.lower()},depot")
    assert inventory.other_than([imei(1)], OWN) == ""
    assert inventory.other_than([imei(1)], COPY)


def test_a_line_without_a_serial_number_is_of_another_handset(tmp_path: Path) -> None:
    inventory = known(tmp_path, f"{imei(1)},,,", f"{imei(2)},,{COPY},depot")
    assert inventory.other_than([imei(1)], OWN) == "inventory.csv"
    assert inventory.other_than([imei(2)], SerialNumber("")) == f"depot, serial {COPY}"


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("IMEI;Serial;WHERE", f"{imei(1)};{OWN};depot"),
        (" Imei , colour , Where,SERIAL", f' {imei(1)} ,"red, or not",depot, {OWN} '),
        ("serial;where;imei", f'"{OWN}";"depot";"{imei(1)}"'),
        ("\ufeffimei,serial,where\r", f"{imei(1)},{OWN},depot\r"),
        ("imei,serial,where", f"\n{imei(1)},{OWN},depot,and more"),
        ("serial,where,imei,imei2", f"{OWN},depot,{imei(1)}"),
    ],
)
def test_headings_count_in_any_case_and_order_with_comma_or_semicolon(
    tmp_path: Path, head: str, line: str
) -> None:
    inventory = known(tmp_path, line, head=head)
    assert inventory.other_than([imei(1)], COPY) == f"depot, serial {OWN}"
    assert inventory.other_than([imei(1)], OWN) == ""


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "its first line names no column imei"),
        (b"serial,where\nR58N00001XY,depot\n", "its first line names no column imei"),
        (f"{HEAD}\n{imei(1)},,x,\n4.4E+14,,y,\n".encode(), "inventory.csv, line 3"),
        (f'{HEAD}\n{imei(1)},,"x",\n\n{imei(2)},,"no serial",\n'.encode(), "inventory.csv, line 4"),
        (f"{HEAD}\n,{str(imei(1))[:14]},x,\n".encode(), "inventory.csv, line 2"),
        (f"{HEAD}\n{imei(1)},,x,d\xe9p\xf4t\n".encode("latin-1"), "it is not written in UTF-8"),
        (f'{HEAD}\n{imei(1)},,"x,\n'.encode(), "inventory.csv"),
        (HEAD.encode() + b"\n0\x00,,,\n", "inventory.csv, line 2"),
    ],
)
def test_a_file_that_is_no_list_of_handsets_is_refused_with_its_line(
    tmp_path: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "inventory.csv"
    path.write_bytes(content)
    assert says in refused(path)


def test_a_list_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    assert "No such file" in refused(tmp_path / "inventory.csv")
    assert "Is a directory" in refused(tmp_path)


def test_what_a_line_says_is_shown_as_plain_text_only(tmp_path: Path) -> None:
    inventory = known(tmp_path, f"{imei(1)},,{OWN},\x1b[31m<b>depot\u202e{'x' * 300}")
    said = inventory.other_than([imei(1)], COPY)
    assert said.isprintable()
    assert len(said) <= 61


# ── at the bench ────────────────────────────────────────────────────────────────────────────────
def test_a_handset_whose_imei_the_inventory_knows_as_another_s_is_set_aside(tmp_path: Path) -> None:
    inventory = known(
        tmp_path, f"{imei(1)},,{COPY},depot north", f"{imei(3)},,{handset(3).serial},"
    )
    with workplace(tmp_path, elsewhere=inventory) as bench:
        bench.plug(1)
        problem = bench.slot().problem
        assert problem is not None
        assert (problem.code, problem.detail) == (
            ProblemCode.KNOWN_ELSEWHERE, f"depot north, serial {COPY}",
        )  # fmt: skip
        assert bench.slot().word == CATALOGUE[ProblemCode.KNOWN_ELSEWHERE].word
        kinds = [event.body for event in bench.ledger.events(0, 100)]
        assert any(f'"type":"{CustodyKind.QUARANTINED}"'.encode() in body for body in kinds)
        bench.scan(imei(1))
        assert bench.steps() == []


def test_a_handset_that_the_inventory_knows_as_itself_is_staged(tmp_path: Path) -> None:
    with workplace(tmp_path, elsewhere=known(tmp_path, f"{imei(1)},,{OWN},depot")) as bench:
        bench.stage(1)
        assert bench.slot().problem is None
        assert bench.slot().word == "Done"
