"""In which state a handset says it is, read from answers that may hold anything."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.events.condition import HandsetCondition
from bench.identity.plain import LIMIT
from hardware.adb.condition import ASKED, read_condition
from hardware.adb.identity import question, read_answer
from hardware.simulator.handset import Battery, SimulatedHandset, make_handset
from hardware.simulator.shell import Shell
from hardware.simulator.timing import Work

_MARK = "5d2f0c7a"
_NOTHING = dict.fromkeys(ASKED, "")
_BOOT, _BATTERY, _ACCOUNTS, _USERS, _OWNERS, _PROVISIONED, _SETUP = ASKED[-7:]


def _answer(handset: SimulatedHandset) -> str:
    work = Work(handset.timing, handset.tally)
    return asyncio.run(Shell(handset, None, work).run(question(_MARK))).out.decode()


def _condition(handset: SimulatedHandset) -> HandsetCondition:
    return read_answer(_answer(handset), _MARK).condition


def test_a_handset_tells_its_state_with_its_identity() -> None:
    handset = make_handset(1)
    assert _condition(handset) == HandsetCondition(
        sdk=33,
        battery=76,
        charging=True,
        encryption_state="encrypted",
        encryption_type="file",
        boot_completed=True,
        verified_boot="green",
        bootloader_locked=True,
        knox_tripped=False,
        oem_unlock_allowed=False,
        oem_unlock_supported=True,
        sales_code="EUX",
        accounts=0,
        users=1,
        device_owner=False,
        provisioned=True,
        setup_complete=True,
        boot_id=handset.boot_id,
    )


def test_a_handset_that_somebody_used_tells_so() -> None:
    used = make_handset(2, properties={"ro.boot.warranty_bit": "1", "sys.boot_completed": ""})
    used.battery = Battery(level=9, status=3)
    used.accounts = ("erika@example.org", "Max Mustermann")
    used.users = ("Erika Mustermann", "Kind")
    used.device_owner = "com.example.dpc/.Receiver"
    used.provisioned = False
    told = _condition(used)
    assert (told.battery, told.charging) == (9, False)
    assert (told.accounts, told.users, told.device_owner) == (2, 2, True)
    assert (told.knox_tripped, told.boot_completed) == (True, None)
    assert (told.provisioned, told.setup_complete) == (False, False)


def test_no_name_of_an_account_or_a_user_leaves_the_handset() -> None:
    used = make_handset(3)
    used.accounts, used.users = ("erika@example.org",), ("Erika Mustermann",)
    answer = _answer(used)
    assert "Accounts: 1" in answer
    assert "erika" not in answer.lower()
    assert "account {" not in answer.lower()


def test_a_handset_that_says_nothing_has_no_state() -> None:
    assert read_condition(_NOTHING) == HandsetCondition()


_REFUSALS = (
    "\nException occurred while executing 'get':\njava.lang.SecurityException: Permission Denial\n",
    "/system/bin/sh: dumpsys: inaccessible or not found",
    "Can't find service: account",
    "Kein Zugriff: die Einstellung ist nicht verfügbar",
    "拒绝访问",
    "null",
    "9" * (1 << 20),
    "  level: 50\n" * (1 << 16),
)


@pytest.mark.parametrize("said", _REFUSALS, ids=lambda said: said.strip()[:20])
@pytest.mark.parametrize("asked", ASKED)
def test_an_answer_that_is_none_empties_no_field_but_its_own(asked: str, said: str) -> None:
    honest = dict.fromkeys(ASKED, "1") | {
        _BATTERY: "  status: 2\n  level: 40\n  scale: 80",
        _ACCOUNTS: "  Accounts: 2\n  Accounts: 1",
        _OWNERS: ",DeviceOwner",
    }
    before, after = read_condition(honest), read_condition(honest | {asked: said})
    changed = {
        name for name in HandsetCondition.__slots__ if getattr(before, name) != getattr(after, name)
    }
    assert len(changed - {"charging"}) <= 1
    for name in changed - {"battery"}:
        value = getattr(after, name)
        assert value is None or (isinstance(value, str) and len(value) <= LIMIT)
    assert (before.battery, before.accounts) == (50, 3)


@pytest.mark.parametrize(
    ("said", "battery", "charging"),
    [
        ("  status: 2\n  level: 76\n  scale: 100", 76, True),
        ("  status: 5\n  level: 100\n  scale: 100", 100, True),
        ("  status: 4\n  level: 0\n  scale: 100", 0, False),
        ("  status: 1\n  level: 7", 7, None),
        ("  level: 101\n  scale: 100", None, None),
        ("  level: 5\n  scale: 0", None, None),
        ("  level: -1", None, None),
        ("  Capacity level: 7\nSending ACTION: level:72", None, None),
    ],
)
def test_a_battery_is_read_in_percent(
    said: str, battery: int | None, charging: bool | None
) -> None:
    told = read_condition(_NOTHING | {_BATTERY: said})
    assert (told.battery, told.charging) == (battery, charging)


@pytest.mark.parametrize(
    ("said", "owned"),
    [
        ("no owners", False),
        ("none", False),
        (",DeviceOwner", True),
        ("", None),
        ("no owners\n,DeviceOwner", True),
    ],
)
def test_an_owner_is_told_from_none_and_from_silence(said: str, owned: bool | None) -> None:
    assert read_condition(_NOTHING | {_OWNERS: said}).device_owner is owned


@pytest.mark.parametrize(
    ("locked", "state", "is_locked"),
    [
        ("1", "locked", True),
        ("0", "unlocked", False),
        ("1", "", True),
        ("", "unlocked", False),
        ("1", "unlocked", False),
        ("", "", None),
        ("yes", "open", None),
    ],
)
def test_a_bootloader_is_locked_only_if_nothing_says_otherwise(
    locked: str, state: str, is_locked: bool | None
) -> None:
    names = ("ro.boot.flash.locked", "ro.boot.vbmeta.device_state")
    said = dict(zip((f"getprop {name}" for name in names), (locked, state), strict=True))
    assert read_condition(_NOTHING | said).bootloader_locked is is_locked


def test_a_handset_without_any_user_does_not_say_how_many_it_has() -> None:
    assert read_condition(_NOTHING | {_USERS: "0"}).users is None


def test_a_handset_that_restarted_is_told_from_one_that_did_not() -> None:
    handset = make_handset(1)
    first, second = _condition(handset).boot_id, _condition(handset).boot_id
    assert first == second
    assert len(first) == 36
    handset.restart()
    assert _condition(handset).boot_id not in ("", first)


_BOOT_ID = "5f0c1d9e-0b7a-4f53-9a44-0123456789ab"


@pytest.mark.parametrize(
    "said",
    [
        "",
        "cat: /proc/sys/kernel/random/boot_id: Permission denied",
        _BOOT_ID[:-1],
        f"{_BOOT_ID}0",
        f"{_BOOT_ID}\n{_BOOT_ID}",
        _BOOT_ID.upper(),
        _BOOT_ID.replace("-", "_"),
        "<b>" + _BOOT_ID[3:],
    ],
)
def test_what_is_no_boot_id_is_none(said: str) -> None:
    assert read_condition(_NOTHING | {_BOOT: said}).boot_id == ""
    assert read_condition(_NOTHING | {_BOOT: f"{_BOOT_ID}\n"}).boot_id == _BOOT_ID


@given(st.dictionaries(st.sampled_from(ASKED), st.text(max_size=80)))
def test_no_answer_is_too_strange_to_read(said: dict[str, str]) -> None:
    told = read_condition(_NOTHING | said)
    assert told.battery is None or 0 <= told.battery <= 100
    assert len(told.sales_code) <= LIMIT
    assert len(told.boot_id) in (0, 36)
