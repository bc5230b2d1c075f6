from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.custody.proof.checkpoint import Checkpoint
from bench.witness.requests import AddCheckpoint
from tests.bench.witness.standing import asked

# The example of c2sp.org/tlog-witness, "add-checkpoint".
_EXAMPLE = """old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
"""  # noqa: E501 - as it stands there
_HASH = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"


def test_the_specification_s_own_request_is_read_and_written() -> None:
    request = AddCheckpoint.parse(_EXAMPLE.encode())
    assert (request.old, len(request.path)) == (20852014, 4)
    assert [each.name for each in request.note.signatures] == ["example.com/behind-the-sofa"] * 2
    assert str(request) == _EXAMPLE


@pytest.mark.parametrize(("old", "size"), [(0, 1), (0, 300), (1, 2), (100, 300), (300, 300)])
def test_a_request_is_read_as_it_was_written(old: int, size: int) -> None:
    assert AddCheckpoint.parse(str(asked(old, size)).encode()) == asked(old, size)


@pytest.mark.parametrize(
    ("found", "put"),
    [
        ("old 20852014\n", ""),
        ("old 20852014", "old"),
        ("old 20852014", "old  20852014"),
        ("old 20852014", "old 020852014"),
        ("old 20852014", "old -1"),
        ("old 20852014", "old 9223372036854775808"),
        ("old 20852014", "old 20852014 "),
        ("old 20852014", "OLD 20852014"),
        ("old 20852014\n", "old 20852014\r\n"),
        (_HASH, _HASH * 61),
        (_HASH, _HASH.replace("=", "")),
        (_HASH, _HASH.replace("=", "==")),
        (_HASH, _HASH.replace("aw=", "ax=")),
        (_HASH, "AAAA\n"),
        (_HASH, "é\n"),
        (_HASH, "\n"),
        ("\n\nexample", "\nexample"),
        ("\n\nexample", "\n\n\nexample"),
        ("\n\n—", "\n—"),
        ("—", "-"),
        ("aQ8=\n", "aQ8="),
    ],
)
def test_what_is_no_request_is_refused(found: str, put: str) -> None:
    text = _EXAMPLE.replace("YQ8=\n", "aQ8=\n")
    assert found in text
    with pytest.raises(ValueError):  # noqa: PT011 - each part has its own words
        Checkpoint.parse(AddCheckpoint.parse(text.replace(found, put, 1).encode()).note.text)


@given(st.binary(), st.integers(0, 600), st.integers(0, 40))
def test_whatever_is_read_is_a_request_or_a_value_error(junk: bytes, place: int, cut: int) -> None:
    whole = _EXAMPLE.encode()
    for data in (junk, whole[:place] + junk + whole[place + cut :]):
        try:
            request = AddCheckpoint.parse(data)
        except ValueError:
            continue
        assert str(request).encode() == data
