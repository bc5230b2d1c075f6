"""In which state a handset is, read from its answers. Pure.

Each answer stands for itself: one that is missing, refused, in another language or without end
leaves its own field empty. Names are counted on the handset and never cross the cable.

Sources: AOSP `BatteryService` and `BatteryManager` (status), `AccountManagerService` (`Accounts: n`
a user), `UserManagerServiceShellCommand` (a `UserInfo{` a user), `DevicePolicyManagerServiceShell-
Command` (`no owners`, in Android 12 `none`; else a line an owner); `random(4)` (the boot id).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bench.events.condition import HandsetCondition
from bench.identity.plain import plain

_BOOT = "cat /proc/sys/kernel/random/boot_id"
_BATTERY = "dumpsys battery | grep -E '^  (level|scale|status): '"
_ACCOUNTS = "dumpsys account | grep -E '^ *Accounts: [0-9]+$'"
_USERS = "pm list users | grep -c 'UserInfo{'"
_OWNERS = "dpm list-owners | grep -E -o '^no owners$|^none$|,DeviceOwner'"
_PROVISIONED = "settings get global device_provisioned"
_SETUP = "settings get secure user_setup_complete"
_SALES_CODES = ("ro.csc.sales_code", "ro.boot.sales_code", "ril.sales_code")
_FUSES = ("ro.boot.warranty_bit", "ro.warranty_bit")
_PROPERTIES = (
    "ro.build.version.sdk",
    "ro.crypto.state",
    "ro.crypto.type",
    "sys.boot_completed",
    "ro.boot.verifiedbootstate",
    "ro.boot.flash.locked",
    "ro.boot.vbmeta.device_state",
    "sys.oem_unlock_allowed",
    "ro.oem_unlock_supported",
    *_FUSES,
    *_SALES_CODES,
)
ASKED = (
    *(f"getprop {name}" for name in _PROPERTIES),
    *(_BOOT, _BATTERY, _ACCOUNTS, _USERS, _OWNERS, _PROVISIONED, _SETUP),
)
"""The command lines to ask; `read_condition` takes the answer to each."""
_BATTERY_LINE = re.compile(r"^  (level|scale|status): ([0-9]{1,9})$", re.MULTILINE)
_ACCOUNTS_LINE = re.compile(r"^ *Accounts: ([0-9]{1,6})$", re.MULTILINE)
_BOOT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CHARGING = {2: True, 3: False, 4: False, 5: True}
"""AOSP `BatteryManager`: charging, discharging, not charging, full; 1 is unknown."""
_FLAGS = {"0": False, "1": True}
_WORD = 40
_LONGEST = 9
_FULL = 100
_MISSING = (("level", -1), ("scale", _FULL))


def read_condition(said: Mapping[str, str]) -> HandsetCondition:
    """Return the state that the answers tell of."""
    battery = dict(_BATTERY_LINE.findall(said[_BATTERY]))
    return HandsetCondition(
        sdk=_number(_property(said, "ro.build.version.sdk")),
        battery=_percent(battery),
        charging=_CHARGING.get(int(battery.get("status", 0))),
        encryption_state=_word(said, "ro.crypto.state"),
        encryption_type=_word(said, "ro.crypto.type"),
        boot_completed=_flag(said, "sys.boot_completed"),
        verified_boot=_word(said, "ro.boot.verifiedbootstate"),
        bootloader_locked=_is_locked(said),
        knox_tripped=_any_flag(said, *_FUSES),
        oem_unlock_allowed=_flag(said, "sys.oem_unlock_allowed"),
        oem_unlock_supported=_flag(said, "ro.oem_unlock_supported"),
        sales_code=next(filter(None, (_word(said, name) for name in _SALES_CODES)), ""),
        accounts=_accounts(said[_ACCOUNTS]),
        users=_number(said[_USERS]) or None,  # a handset without its first user does not exist
        device_owner=_owned(said[_OWNERS]),
        provisioned=_FLAGS.get(said[_PROVISIONED].strip()),
        setup_complete=_FLAGS.get(said[_SETUP].strip()),
        boot_id=_boot_id(said[_BOOT]),
    )


def _property(said: Mapping[str, str], name: str) -> str:
    return said[f"getprop {name}"]


def _word(said: Mapping[str, str], name: str) -> str:
    return plain(_property(said, name), _WORD)


def _flag(said: Mapping[str, str], name: str) -> bool | None:
    return _FLAGS.get(_property(said, name).strip())


def _is_locked(said: Mapping[str, str]) -> bool | None:
    """Return what either property says; where they differ, the bootloader is not locked."""
    words = {"locked": True, "unlocked": False}
    state = words.get(_property(said, "ro.boot.vbmeta.device_state").strip())
    told = {_flag(said, "ro.boot.flash.locked"), state} - {None}
    return all(told) if told else None


def _any_flag(said: Mapping[str, str], *names: str) -> bool | None:
    """Return True when any says so, None when none says anything."""
    flags = {_flag(said, name) for name in names} - {None}
    return any(flags) if flags else None


def _number(text: str) -> int | None:
    digits = text.strip() if len(text) < _WORD else ""
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST
    return int(digits) if is_number else None


def _percent(battery: Mapping[str, str]) -> int | None:
    level, scale = (int(battery.get(name, default)) for name, default in _MISSING)
    return level * _FULL // scale if 0 <= level <= scale and scale else None


def _accounts(lines: str) -> int | None:
    """Add up the counts of all users."""
    counts = _ACCOUNTS_LINE.findall(lines)
    return sum(map(int, counts)) if counts else None


def _boot_id(text: str) -> str:
    line = text.strip() if len(text) <= _WORD else ""
    return line if _BOOT_ID.fullmatch(line) else ""


def _owned(lines: str) -> bool | None:
    words = set(lines.split("\n"))
    if ",DeviceOwner" in words:
        return True
    return False if words & {"no owners", "none"} else None
