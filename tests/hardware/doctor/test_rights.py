"""Who may open a node: decided here, and the same as the kernel decides."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.doctor.machine import Account
from hardware.doctor.plugged import rights_of
from hardware.doctor.rights import ACL, Rights, Way, way_in
from tests.hardware.doctor.access_list import (
    GROUP,
    GROUP_OWNER,
    MASK,
    OTHER,
    USER,
    USER_OWNER,
    access_list,
    packed,
)

PERSON = Account(1000, frozenset({1000, 46}))
KERNEL = """
import os, sys
folder, name, user, *groups = sys.argv[1:]
os.chdir(folder)
os.setgroups([int(group) for group in groups[1:]])
os.setgid(int(groups[0]))
os.setuid(int(user))
print(os.access(name, os.R_OK | os.W_OK))
"""


@pytest.mark.parametrize(
    ("rights", "way"),
    [
        (Rights(0, 0, 0o660), Way.NONE),
        (Rights(0, 0, 0o664), Way.NONE),
        (Rights(0, 0, 0o666), Way.EVERYONE),
        (Rights(1000, 0, 0o600), Way.OWNER),
        (Rights(1000, 46, 0o460), Way.NONE),  # the owner's own bits count, and nothing else
        (Rights(0, 46, 0o660), Way.GROUP),
        (Rights(0, 46, 0o646), Way.NONE),  # the group's bits count before everyone's
        (Rights(0, 0, 0o660, access_list(1000)), Way.SEAT),
        (Rights(0, 0, 0o660, access_list(1001)), Way.NONE),
        (Rights(0, 0, 0o660, access_list(1000, may=4)), Way.NONE),
        (Rights(0, 0, 0o640, access_list(1000, mask=4)), Way.NONE),
        (Rights(0, 0, 0o660, b"\x02\x00\x00\x00broken"), Way.NONE),
    ],
)
def test_the_way_in_is_named(rights: Rights, way: Way) -> None:
    assert way_in(rights, PERSON) is way


def test_root_may_open_everything() -> None:
    assert way_in(Rights(5, 5, 0), Account(0, frozenset())) is Way.ROOT


@given(st.binary(max_size=200))
def test_a_list_of_any_bytes_opens_nothing_by_breaking(acl: bytes) -> None:
    assert isinstance(way_in(Rights(0, 0, 0o660, acl), PERSON), Way)


@given(st.integers(1, 200))
def test_a_list_that_is_cut_short_gives_nothing(kept: int) -> None:
    whole = access_list(1000)
    cut = whole[: min(kept, len(whole) - 1)]
    if (len(cut) - 4) % 8:
        assert way_in(Rights(0, 0, 0o660, cut), PERSON) is Way.NONE


def test_the_kernel_decides_the_same(tmp_path: Path) -> None:
    """Every decision is compared with that of the kernel, on a file with the same list."""
    assert os.geteuid() == 0, "run the tests as root: files of other accounts are made"
    tmp_path.chmod(0o755)
    choice = random.Random(20261124)
    for number in range(40):
        file = tmp_path / str(number)
        file.touch()
        os.chown(file, choice.choice([0, 1000, 1001]), choice.choice([0, 46, 1001]))
        file.chmod(choice.choice([0o600, 0o660, 0o664, 0o666, 0o606, 0o646]))
        if number % 2:
            os.setxattr(file, ACL, _a_list(choice))
        rights = rights_of(file)
        assert rights
        words = (str(tmp_path), file.name, "1000", "1000", "46")
        said = subprocess.run(
            [sys.executable, "-S", "-c", KERNEL, *words], capture_output=True, text=True, check=True
        )
        assert (way_in(rights, PERSON) is not Way.NONE) is (said.stdout == "True\n"), rights


def _a_list(choice: random.Random) -> bytes:
    nobody = 0xFFFFFFFF
    entries = (
        (USER_OWNER, nobody), (USER, choice.choice([1000, 1001])),
        (GROUP_OWNER, nobody), (GROUP, choice.choice([46, 1001])), (MASK, nobody), (OTHER, nobody),
    )  # fmt: skip
    return packed(*((tag, choice.choice([0, 4, 6, 6]), who) for tag, who in entries))
