"""What a handset says of its owner, and why it takes none: read from its answers. Pure.

Sources: AOSP `DevicePolicyManagerServiceShellCommand.java` (`list-owners`: a line an owner; with a
heading, `no owners`, in Android 12 `none`, in the newest version nothing at all), `Dpm.java` (to
Android 11: no such list, an unknown word ends with exit code 0), `OwnersData.java` (`dumpsys
device_policy`), `DevicePolicyManagerService.computeProvisioningErrorString` (the refusals; seen in
four public tools). What Android 14 and later say to an admin that is not there is not confirmed.
No refusal here repeats an account or a user of the handset.
"""

from __future__ import annotations

import re

from bench.events.condition import HandsetCondition
from bench.identity.plain import plain
from bench.ports import ShellReply

_OWNER = re.compile(r"^User +[0-9]{1,9}: admin=([^,\s]+)([^\n]*)$", re.MULTILINE)
_NONE = frozenset({"no owners", "none", ""})
_DUMPED = re.compile(r"^ *Device Owner: *\n +admin=ComponentInfo\{([^}\s]+)\}", re.MULTILINE)
_DUMP_HEAD = "Device Policy Manager state"
_SUCCESS = re.compile(r"^Success: Device owner set", re.MULTILINE)
_SAID = re.compile(r"^(?:[\w.$]*(?:Exception|Error): |Error: )(.+)$", re.MULTILINE)
_PERSONAL = re.compile(r"\S+@\S+|name=[^,}\n]*|(?i:account)s?\s*\{[^}\n]*\}?")
_LONGEST = 200

ACCOUNTS = "accounts are on it: take every account off under Settings, Accounts"
USERS = (
    "it has several users: take off guests, the work profile, Secure Folder and Dual Messenger"
    " (cloned apps)"
)
_OWNED = "another app owns it already: reset it to factory settings"
_UNKNOWN_ADMIN = (
    "it knows no such device admin: have the app installed before, and its receiver named as the"
    " app names it"
)
_NOT_ALLOWED = (
    "its shell is not allowed to: some makers want a further switch for USB debugging under"
    " developer options"
)
_REFUSALS = (
    ("already some accounts on the device", ACCOUNTS),
    ("already several users on the device", USERS),
    ("device owner is already set", _OWNED),
    ("already has a profile owner", "a work profile is on it: reset it to factory settings"),
    ("already set-up", "it was set up before: reset it to factory settings"),
    ("already set up", "it was set up before: reset it to factory settings"),
    ("already provisioned", "it was set up before: reset it to factory settings"),
    ("already paired", "it is paired with another device: reset it to factory settings"),
    ("not running", "its first user is not running: unlock it and try again"),
    ("is not system user", "its first user is not the system's: it cannot be owned this way"),
    ("BIND_DEVICE_ADMIN", "the app's receiver is no device admin: have the app mended"),
    ("Unknown admin", _UNKNOWN_ADMIN),
    ("Not active admin", _UNKNOWN_ADMIN),
    ("Invalid component", _UNKNOWN_ADMIN),
    ("Bad admin", _UNKNOWN_ADMIN),
    ("Can't set package", "it did not take the app as its owner: start it again and try again"),
    ("Could not access the Device Policy Manager", "it is still starting: try again"),
    ("Can't find service", "it is still starting, or has no device policy: try again"),
    ("inaccessible or not found", "its maker left out dpm: it cannot be owned this way"),
    ("SecurityException", _NOT_ALLOWED),
)
"""What a refusal contains, and what it means: the first that fits."""


def read_owners(reply: ShellReply) -> str | None:
    """Return the component in an answer to `dpm list-owners`; "" for none, None if not told."""
    owners = _OWNER.findall(reply.out)
    devices = [admin for admin, roles in owners if "DeviceOwner" in roles.split(",")]
    if devices:
        return str(devices[0])
    is_told = bool(owners) or (reply.out.strip() in _NONE and not reply.err.strip())
    return "" if is_told and not reply.code else None


def read_dumped_owner(reply: ShellReply) -> str | None:
    """Return the component in an answer to `dumpsys device_policy`; "" for none, None likewise."""
    found = _DUMPED.search(reply.out)
    if found:
        return _short(found[1])
    return "" if _DUMP_HEAD in reply.out and not reply.code else None


def is_same(component: str, other: str) -> bool:
    """Whether two names mean the same component: `.Receiver` is short for `package.Receiver`."""
    return _whole(component) == _whole(other)


def hindrances(condition: HandsetCondition, owner: str | None) -> tuple[str, ...]:
    """Return what keeps a handset from an owner, as far as it tells."""
    told = (
        (bool(owner), f"{plain(owner or '')} owns it already: reset it to factory settings"),
        ((condition.accounts or 0) > 0, f"{ACCOUNTS} (accounts: {condition.accounts})"),
        ((condition.users or 0) > 1, f"{USERS} (users: {condition.users})"),
    )
    return tuple(words for is_so, words in told if is_so)


def refused(reply: ShellReply) -> str:
    """Return why `dpm set-device-owner` made no owner, in words; "" where it says that it did.

    The exit code alone says nothing: up to Android 11 it is 0 after a bad argument.
    """
    text = f"{reply.err}\n{reply.out}"
    known = next((words for said, words in _REFUSALS if said in text), "")
    if known:
        return known
    if _SUCCESS.search(reply.out):
        end = f"it says that it has an owner, and ends with exit code {reply.code}: try again"
        return end if reply.code else ""
    return _own_words(text) or f"it said nothing (exit code {reply.code}): try again"


def wizard_words(condition: HandsetCondition) -> str:
    """Return how far the set-up wizard is, as the handset says it: not confirmed on a real one."""
    names = {True: "done", False: "not done", None: "not told"}
    handset, user = names[condition.provisioned], names[condition.setup_complete]
    return f"set-up {handset}" if handset == user else f"set-up {handset}, of the user {user}"


def _whole(component: str) -> tuple[str, str]:
    package, _, name = component.partition("/")
    return package, f"{package}{name}" if name.startswith(".") else name


def _short(component: str) -> str:
    """Return a component as the list of owners names it: AOSP `flattenToShortString`."""
    package, _, name = component.partition("/")
    return f"{package}/{name.removeprefix(package) if name.startswith(f'{package}.') else name}"


def _own_words(text: str) -> str:
    """Return the one line that says something, without what names a person."""
    said = _SAID.search(text)
    lines = [line for line in text.splitlines() if line.strip()]
    line = said[1] if said else next(iter(lines), "")
    return plain(_PERSONAL.sub("…", line[:2000]), _LONGEST)
