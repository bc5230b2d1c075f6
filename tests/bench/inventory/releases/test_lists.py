"""Lists that are imported at the centre: whole or not at all, and the line is named."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from bench.custody.people.roles import Role, Standing
from bench.inventory.releases.making import lists
from bench.inventory.releases.making.contents import SentTo
from bench.inventory.releases.making.fitting import ELSEWHERE, fitted
from bench.inventory.releases.parts.elsewhere import KnownThere, Place
from bench.inventory.releases.parts.orders import Order
from bench.problems import ProblemCode, ProblemError
from tests.bench.inventory.releases.shelf import imei

PERSON = "p-00000000beef"


def of_people(text: str, known: dict[str, str] | None = None) -> tuple[SentTo, ...]:
    return lists.people_list("people.csv", text.encode(), known or {})


def refused(text: str | bytes, read: str = "people") -> str:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(ProblemError) as found:
        lists.people_list("list.csv", data, {}) if read == "people" else lists.orders_list(
            "list.csv", data
        )
    assert found.value.problem.code is ProblemCode.LIST_UNUSABLE
    return f"{found.value.problem.where}: {found.value.problem.detail}"


def test_people_are_read_with_what_is_known_of_them() -> None:
    (one,) = of_people(
        "\ufeffName;Role;badge;person;benches\r\n"
        f'"Ægir; Test";Supervisor;04:a2:1b;{PERSON};bench-01 bench-02\r\n\r\n'
    )
    who = one.person
    assert (who.person, who.role, who.standing) == (PERSON, Role.SUPERVISOR, Standing.ACTIVE)
    assert (who.name, who.badge and who.badge.uid) == ("Ægir; Test", "04A21B")
    assert one.benches == {"bench-01", "bench-02"}


def test_somebody_new_gets_a_pseudonym_and_a_known_badge_keeps_its_own() -> None:
    text = "name,role,badge\nNew,technician,AAAA\nKnown,technician,BBBB\n"
    new, known = of_people(text, {"BBBB": PERSON})
    assert re.fullmatch(r"p-[0-9a-f]{12}", new.person.person)
    assert known.person.person == PERSON


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no column role"),
        ("name\nX\n", "no column role"),
        ("name,role,colour\n", "a column is one of"),
        ("name,role,name\n", "each once"),
        ("name,role,badge\nX,technician\n", "line 2: it has 2 cells"),
        ("name,role,badge\nX,king,AAAA\n", "line 2: a role is one of"),
        ("name,role,badge\nX,technician,\n", "neither a person"),
        ("name,role,badge\nX,technician,!!!!\n", "line 2: A badge"),
        ("name,role,person\nX,technician,x\n", "a pseudonym is"),
        ("name,role,badge,standing\nX,technician,AAAA,erased\n", "neither active nor retired"),
        ("name,role,badge,benches\nX,technician,AAAA,a/b\n", "A bench's name"),
        ("name,role,badge,pin\nX,technician,AAAA,123456\n", "a PIN"),
        ("name,role,badge\nX,technician,AAAA\nY,technician,AAAA\n", "twice"),
        (f"name,role,badge\n{'X' * 101},technician,AAAA\n", "over 100"),
        ('name,role,badge\n"X,technician,AAAA\n', "line"),
        (b"name,role\n\xff,technician\n", "UTF-8"),
        (b"name,role\n\x00,technician\n", "no text has"),
    ],
)
def test_a_list_of_people_with_a_fault_is_named(text: str | bytes, words: str) -> None:
    assert words in refused(text)


def test_orders_are_read() -> None:
    text = "order,model,count,due,closed\nPO-1,SM-A325F,40,2026-12-01,no\nPO-1,SM-X200,2,,yes\n"
    assert lists.orders_list("orders.csv", text.encode()) == (
        Order("PO-1", "SM-A325F", 40, due=date(2026, 12, 1)),
        Order("PO-1", "SM-X200", 2, closed=True),
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("PO-1,SM,many,,", "no number"),
        ("PO-1,SM,0,,", "not from 1"),
        ("PO-1,SM,99999999,,", "not from 1"),
        ("PO-1,SM,4E+14,,", "no number"),
        (",SM,1,,", "the order is empty"),
        ("PO-1,,1,,", "the model is empty"),
        ("PO-1,SM,1,1.12.2026,", "YYYY-MM-DD"),
        ("PO-1,SM,1,,perhaps", "yes or no"),
        ("PO-1,SM,1,,\nPO-1,SM,2,,", "twice"),
    ],
)
def test_a_list_of_orders_with_a_fault_is_named(line: str, words: str) -> None:
    assert words in refused(f"order,model,count,due,closed\n{line}\n", "orders")


def test_a_list_that_is_too_long_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    with path.open("wb") as file:
        file.truncate(lists.LARGEST + 1)
    with pytest.raises(ProblemError, match="over"):
        lists.read(path)


def test_of_too_many_places_those_on_lists_are_not_told_one_by_one() -> None:
    benches = [KnownThere(imei(n).digits, "", Place(True, f"bench-{n}")) for n in range(3)]
    lists = [KnownThere(imei(n).digits, "", Place(False, f"room {n}")) for n in range(3)]
    every = [*benches, *lists]
    assert fitted(every) == {*every}
    found = fitted(every, 5)
    assert {each.imei for each in found} == {each.imei for each in every}
    assert {each.place for each in found} == {*(each.place for each in benches), ELSEWHERE}
