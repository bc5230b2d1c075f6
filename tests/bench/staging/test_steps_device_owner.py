"""An owner over ADB: asked before, made once, seen afterwards, and each refusal put into words."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.enrolment.profiles.vocabulary import OwnDevice, VerifyOwner
from bench.events.condition import HandsetCondition
from bench.events.device import HandsetIdentity
from bench.identity.identifiers import SerialNumber
from bench.ports import HandsetRefusalError, Progress, ShellReply
from bench.problems import ProblemCode, ProblemError
from bench.staging.steps import owners
from bench.staging.steps.device_owner import own_device, verify_owner
from hardware.adb.identity import question, read_answer
from hardware.simulator.faults import OwnerTrouble, RefuseOwner
from hardware.simulator.handset import InstalledPackage, SimulatedHandset, make_handset
from hardware.simulator.shell import Shell
from hardware.simulator.timing import Work

OWNER = "org.example.training/.AdminReceiver"
WHOLE = "org.example.training/org.example.training.AdminReceiver"
SDKS = [29, 30, 31, 33, 34, 36]


@dataclass
class OverTheShell:
    """A simulated handset whose shell is asked without a server between."""

    simulated: SimulatedHandset
    asked: list[str] = field(default_factory=list)

    async def identify(self) -> HandsetIdentity:
        return read_answer((await self._run(question("5d2f0c7a"))).out, "5d2f0c7a")

    async def shell(self, *words: str) -> ShellReply:
        self.asked.append(" ".join(words))
        return await self._run(shlex.join(words))

    async def push(self, source: Path, target: str, progress: Progress) -> None:
        raise NotImplementedError

    async def install(self, package: Path, progress: Progress) -> None:
        raise NotImplementedError

    async def _run(self, line: str) -> ShellReply:
        work = Work(self.simulated.timing, self.simulated.tally)
        reply = await Shell(self.simulated, None, work).run(line)
        return ShellReply(reply.code, reply.out.decode(), reply.err.decode())


def with_agent(sdk: int = 33) -> OverTheShell:
    simulated = make_handset(1, properties={"ro.build.version.sdk": str(sdk)})
    simulated.packages["org.example.training"] = "1"
    simulated.installed["org.example.training"] = InstalledPackage("00", ".AdminReceiver")
    return OverTheShell(simulated)


def own(device: OverTheShell, component: str = OWNER) -> str:
    async def work() -> str:
        return await own_device(OwnDevice(component), device, await device.identify())

    return asyncio.run(work())


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(HandsetRefusalError) as refused:
        work()
    return refused.value.reason


def has_begun(device: OverTheShell) -> bool:
    return any("set-device-owner" in words for words in device.asked)


@pytest.mark.parametrize("component", [OWNER, WHOLE])
@pytest.mark.parametrize("sdk", SDKS)
def test_a_handset_is_owned_and_that_is_seen(sdk: int, component: str) -> None:
    device = with_agent(sdk)
    assert own(device, component) == f"{component} owns it, set-up done"
    assert device.simulated.device_owner == OWNER
    assert asyncio.run(verify_owner(VerifyOwner(OWNER), device)) == f"{OWNER} owns it"


@pytest.mark.parametrize("sdk", SDKS)
def test_an_owner_that_is_there_already_is_done_and_another_one_is_refused(sdk: int) -> None:
    device = with_agent(sdk)
    own(device)
    device.asked.clear()
    assert own(device, WHOLE) == f"{WHOLE} owns it already, set-up done"
    other = "org.example.other/.Receiver"
    said = refusal(lambda: own(device, other))
    assert said == f"{OWNER} owns it already: reset it to factory settings"
    assert not has_begun(device)
    wrong = refusal(lambda: asyncio.run(verify_owner(VerifyOwner(other), device)))
    assert wrong == f"{OWNER} owns it, not {other}"


@pytest.mark.parametrize("sdk", SDKS)
def test_a_handset_without_owner_is_told_as_that(sdk: int) -> None:
    device = with_agent(sdk)
    said = refusal(lambda: asyncio.run(verify_owner(VerifyOwner(OWNER), device)))
    assert said == f"nobody owns it, not {OWNER}"


def test_whatever_speaks_against_it_is_said_at_once_and_before_anything_is_changed() -> None:
    device = with_agent()
    device.simulated.accounts = ("erika@example.org", "Max Mustermann")
    device.simulated.users = ("Erika Mustermann", "Secure Folder")
    said = refusal(lambda: own(device))
    assert "accounts are on it" in said
    assert "(accounts: 2)" in said
    assert "several users" in said
    assert "(users: 2)" in said
    assert "erika" not in said.lower()
    assert "mustermann" not in said.lower()
    assert not has_begun(device)


def test_no_account_of_the_handset_is_asked_for_by_name() -> None:
    device = with_agent()
    device.simulated.accounts = ("erika@example.org",)
    refusal(lambda: own(device))
    assert not any("account" in words or "list users" in words for words in device.asked)


def test_an_app_that_is_not_there_is_asked_for_before() -> None:
    device = with_agent()
    assert "is not installed" in refusal(lambda: own(device, "org.example/.AdminReceiver"))
    assert not has_begun(device)


@pytest.mark.parametrize("sdk", SDKS)
def test_a_receiver_that_the_app_does_not_have_is_refused_by_the_handset(sdk: int) -> None:
    device = with_agent(sdk)
    said = refusal(lambda: own(device, "org.example.training/.Other"))
    assert said.startswith("it knows no such device admin:")
    assert device.simulated.device_owner is None


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (OwnerTrouble.NOT_ALLOWED, "its shell is not allowed to"),
        (OwnerTrouble.NOT_KEPT, f"nobody owns it, not {OWNER}"),
        (OwnerTrouble.SILENT, "it said nothing (exit code 0)"),
        (OwnerTrouble.ENDS_BADLY, "ends with exit code 1"),
    ],
)
@pytest.mark.parametrize("sdk", [30, 33])
def test_an_owner_that_was_not_made_is_never_taken_for_one(
    trouble: OwnerTrouble, words: str, sdk: int
) -> None:
    device = with_agent(sdk)
    device.simulated.faults.add(RefuseOwner(trouble=trouble, once=True))
    assert words in refusal(lambda: own(device))
    assert own(device).startswith(f"{OWNER} owns it")


def test_the_set_up_wizard_is_told_and_decides_nothing() -> None:
    device = with_agent()
    device.simulated.provisioned = False
    device.simulated.settings["secure", "user_setup_complete"] = "1"
    assert own(device) == f"{OWNER} owns it, set-up not done, of the user done"


def test_another_handset_than_that_of_the_run_is_left_alone() -> None:
    async def work(before: HandsetIdentity) -> str:
        return await own_device(OwnDevice(OWNER), device, before)

    device = with_agent()
    honest = asyncio.run(device.identify())
    imeis = asyncio.run(OverTheShell(make_handset(2)).identify()).imeis
    for other in (
        replace(honest, serial=SerialNumber("R58N00002XY")),
        replace(honest, imeis=imeis),
        replace(honest, serial=SerialNumber(""), imeis=imeis),
    ):
        with pytest.raises(ProblemError) as changed:
            asyncio.run(work(other))
        assert changed.value.problem.code == ProblemCode.IDENTITY_CHANGED
    assert not has_begun(device)
    assert asyncio.run(work(replace(honest, serial=SerialNumber(""))))


# ── what is read ────────────────────────────────────────────────────────────────────────────────
def reply(out: str = "", err: str = "", code: int = 0) -> ShellReply:
    return ShellReply(code, out, err)


@pytest.mark.parametrize(
    ("said", "owner"),
    [
        (reply("no owners\n"), ""),
        (reply("none\r\n"), ""),
        (reply(""), ""),
        (reply(f"1 owner:\nUser  0: admin={OWNER},DeviceOwner\n"), OWNER),
        (reply(f"User 0: admin={OWNER},DeviceOwner\n"), OWNER),
        (reply(f"User 10: admin=a/.B,ProfileOwner\nUser  0: admin={OWNER},DeviceOwner\n"), OWNER),
        (reply("1 owner:\nUser 10: admin=a/.B,ManagedProfileOwner(parentUserId=0)\n"), ""),
        (reply("1 owner:\nUser 10: admin=a/.DeviceOwner,ProfileOwner\n"), ""),
        (reply("", "Error: unknown command 'list-owners'\n"), None),
        (reply("", "\nException occurred while executing 'list-owners':\n", 255), None),
        (reply("", "", 255), None),
        (reply("Liste der Besitzer\n"), None),
        (reply(f"admin={OWNER},DeviceOwner\n"), None),
    ],
)
def test_owners_are_read_in_the_form_of_every_version(said: ShellReply, owner: str | None) -> None:
    assert owners.read_owners(said) == owner


def test_an_owner_in_the_longer_report_is_that_of_the_handset_and_no_other() -> None:
    head = "Current Device Policy Manager state:\n"
    whole = f"{head}  Device Owner: \n    admin=ComponentInfo{{{WHOLE}}}\n    name=x\n"
    profile = f"{head}  Profile Owner (User 10): \n    admin=ComponentInfo{{{WHOLE}}}\n"
    assert owners.read_dumped_owner(reply(whole)) == OWNER
    assert owners.read_dumped_owner(reply(profile)) == ""
    assert owners.read_dumped_owner(reply("Permission Denial")) is None


_STATE = "java.lang.IllegalStateException: "
_TRYING = f"{_STATE}Trying to set the device owner, but"
_CANNOT = f"{_STATE}Cannot set the device owner if the device is already"
_BECAUSE = f"{_STATE}Not allowed to set the device owner because there are already"
_NEITHER = (
    "java.lang.SecurityException: Neither user 2000 nor current process has android.permission"
)
_ARGUMENT = "java.lang.IllegalArgumentException:"
_NEW = "\nException occurred while executing 'x':\na.b.NewException: new \x1b[1m one\n\tat a"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (f"{_BECAUSE} some accounts on the device.", owners.ACCOUNTS),
        (f"{_BECAUSE} several users on the device", owners.USERS),
        (f"{_TRYING} device owner is already set.", "another app owns it"),
        (f"{_TRYING} the user already has a profile owner.", "work profile"),
        (f"{_CANNOT} set-up.", "set up before"),
        (f"{_CANNOT} provisioned", "set up before"),
        (f"{_STATE}User 0 not running.", "not running"),
        (f"{_NEITHER}.MANAGE_DEVICE_ADMINS.", "not allowed"),
        (f"{_ARGUMENT} Unknown admin: ComponentInfo{{a/a.B}}", "no such"),
        (f"{_ARGUMENT} Not active admin: ComponentInfo{{a/a.B}}", "no such"),
        (f"{_ARGUMENT} Bad admin: a/b", "no such"),
        ("Error: Invalid component a", "no such"),
        ("Error: Could not access the Device Policy Manager. Is the system running?", "starting"),
        ("cmd: Can't find service: device_policy", "starting"),
        ("/system/bin/sh: dpm: inaccessible or not found", "left out dpm"),
        ("java.lang.RuntimeException: Can't set package a/b as device owner.", "did not take"),
        (_NEW, "new [1m one"),
    ],
)
def test_each_refusal_is_put_into_words_whatever_the_exit_code(said: str, words: str) -> None:
    for code in (0, 1, 255):
        for answer in (reply(said, "", code), reply("", said, code)):
            assert words in owners.refused(answer)
            assert "Exception" not in owners.refused(answer)


def test_a_refusal_that_nobody_knows_names_no_person() -> None:
    said = (
        "a.XException: Account {name=erika@example.org, type=com.google} of max@example.org is in"
    )
    words = owners.refused(reply("", said, 1))
    assert "erika" not in words
    assert "max@" not in words
    assert words.endswith("is in")


TEXT = st.text(max_size=60) | st.sampled_from(
    ["User 0: admin=", ",DeviceOwner", "Success: Device owner set", "\n", "no owners", OWNER,
     "Device Owner: \n  admin=ComponentInfo{", "name=", "Account {", "@", "java.lang.X: ", "{", "}"]
)  # fmt: skip
PIECES = st.lists(TEXT, max_size=12).map("".join)


@given(PIECES, PIECES, st.integers(0, 255))
def test_no_answer_makes_it_do_more_than_refuse(out: str, err: str, code: int) -> None:
    said = reply(out, err, code)
    for told in (owners.read_owners(said), owners.read_dumped_owner(said)):
        assert told is None or told == told.strip()
    words = owners.refused(said)
    assert len(words) <= 200
    assert words.isprintable()
    assert words or (code == 0 and "Success: Device owner set" in out)


@given(st.builds(HandsetCondition, accounts=st.none() | st.integers(0, 9),
                 users=st.none() | st.integers(1, 9)))  # fmt: skip
def test_what_is_not_told_hinders_nobody(condition: HandsetCondition) -> None:
    found = owners.hindrances(condition, None)
    speaks = [(condition.accounts or 0) > 0, (condition.users or 0) > 1]
    assert len(found) == sum(speaks)
