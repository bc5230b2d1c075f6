"""The owner of a simulated handset, in the words of each version of Android."""

from __future__ import annotations

import asyncio

import pytest

from hardware.simulator.faults import OwnerTrouble, RefuseOwner
from hardware.simulator.handset import InstalledPackage, SimulatedHandset, make_handset
from hardware.simulator.shell import Shell
from hardware.simulator.timing import Work
from hardware.simulator.toolbox import Reply

OWNER = "org.example.training/.AdminReceiver"
WHOLE = "org.example.training/org.example.training.AdminReceiver"


def run(handset: SimulatedHandset, line: str) -> Reply:
    return asyncio.run(Shell(handset, None, Work(handset.timing, handset.tally)).run(line))


def with_agent(sdk: int = 33) -> SimulatedHandset:
    handset = make_handset(1, properties={"ro.build.version.sdk": str(sdk)})
    handset.packages["org.example.training"] = "1"
    handset.installed["org.example.training"] = InstalledPackage("00", ".AdminReceiver")
    return handset


@pytest.mark.parametrize(
    ("sdk", "none", "owned"),
    [
        (31, b"none\n", b"1 owner:\nUser  0: admin=%s,DeviceOwner,Affiliated\n"),
        (33, b"no owners\n", b"1 owner:\nUser  0: admin=%s,DeviceOwner,Affiliated\n"),
        (36, b"", b"User 0: admin=%s,DeviceOwner\n"),
    ],
)
def test_owners_are_listed_in_the_form_of_the_version(sdk: int, none: bytes, owned: bytes) -> None:
    handset = with_agent(sdk)
    assert run(handset, "dpm list-owners") == Reply(out=none)
    assert run(handset, f"dpm set-device-owner {WHOLE}").out.startswith(b"Success: Device owner")
    assert run(handset, "dpm list-owners").out == owned % OWNER.encode()


def test_android_11_lists_no_owners_and_says_so_with_exit_code_0() -> None:
    handset = with_agent(30)
    reply = run(handset, "dpm list-owners")
    assert (reply.code, reply.out) == (0, b"")
    assert reply.err.endswith(b"\nError: unknown command 'list-owners'\n")
    run(handset, f"dpm set-device-owner {OWNER}")
    said = run(handset, "dumpsys device_policy").out.decode()
    assert f"  Device Owner: \n    admin=ComponentInfo{{{WHOLE}}}\n" in said


def test_what_keeps_a_handset_from_an_owner_is_said() -> None:
    used = with_agent()
    used.accounts = ("erika@example.org",)
    assert b"already some accounts" in run(used, f"dpm set-device-owner {OWNER}").err
    used.users = ("Owner", "Clone")
    assert b"already several users" in run(used, f"dpm set-device-owner {OWNER}").err
    used.provisioned = False  # nobody has used it yet, so neither is looked at
    assert b"Success" in run(used, f"dpm set-device-owner {OWNER}").out
    assert b"already set" in run(used, f"dpm set-device-owner {OWNER}").err


@pytest.mark.parametrize(
    ("sdk", "component", "code", "words"),
    [
        (30, "org.example.training/.Other", 0, b"Error: Unknown admin: ComponentInfo{org.example."),
        (33, "org.example.training/.Other", 255, b"IllegalArgumentException: Unknown admin:"),
        (34, "org.example.training/.Other", 255, b"Not active admin: ComponentInfo{"),
        (34, "org.example.none/.Other", 255, b"Invalid component ComponentInfo{"),
    ],
)
def test_only_a_declared_admin_can_own(sdk: int, component: str, code: int, words: bytes) -> None:
    handset = with_agent(sdk)
    reply = run(handset, f"dpm set-device-owner {component}")
    assert reply.code == code
    assert words in reply.err
    assert handset.device_owner is None


@pytest.mark.parametrize(
    ("trouble", "code", "words"),
    [
        (OwnerTrouble.NOT_ALLOWED, 255, b"java.lang.SecurityException: Neither user 2000"),
        (OwnerTrouble.NOT_KEPT, 0, b"Success: Device owner set"),
        (OwnerTrouble.SILENT, 0, b""),
        (OwnerTrouble.ENDS_BADLY, 1, b"Success: Device owner set"),
    ],
)
def test_an_owner_can_be_made_to_go_wrong(trouble: OwnerTrouble, code: int, words: bytes) -> None:
    handset = with_agent()
    handset.faults.add(RefuseOwner(trouble=trouble, once=True))
    reply = run(handset, f"dpm set-device-owner {OWNER}")
    assert reply.code == code
    assert words in reply.out + reply.err
    assert handset.device_owner is None
    assert b"Success" in run(handset, f"dpm set-device-owner {OWNER}").out


def test_a_handset_that_is_reset_is_as_new() -> None:
    handset = with_agent()
    run(handset, f"dpm set-device-owner {OWNER}; settings put global a b; echo x > /sdcard/note")
    handset.accounts, handset.users = ("erika@example.org",), ("Owner", "Clone")
    before = handset.boot_id
    handset.reset()
    assert handset.boot_id != before
    assert handset.device_owner is None
    assert (len(handset.accounts), len(handset.users)) == (0, 1)
    assert (handset.packages, handset.installed, handset.settings) == ({}, {}, {})
    assert not handset.provisioned
    assert run(handset, "cat /sdcard/note").code == 1


def test_a_handset_that_restarts_keeps_everything_but_its_start() -> None:
    handset = with_agent()
    run(handset, f"dpm set-device-owner {OWNER}; settings put global a b")
    before = run(handset, "cat /proc/sys/kernel/random/boot_id").out
    handset.restart()
    after = run(handset, "cat /proc/sys/kernel/random/boot_id").out
    assert len(after) == len(before) == 37
    assert after != before
    assert handset.device_owner == OWNER
    assert run(handset, "settings get global a").out == b"b\n"
