"""The shell of a simulated handset: how a line is read, and what the commands say."""

from __future__ import annotations

import asyncio
import hashlib
import shlex
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.identity.identifiers import Imei, SerialNumber
from hardware.simulator import parcel
from hardware.simulator.faults import ExitCode, Fault, Faults, RefuseSettings
from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.shell import Shell
from hardware.simulator.shell_line import (
    Joint,
    ShellCommand,
    ShellSyntaxError,
    parse_line,
)
from hardware.simulator.storage import FileWriter, Storage
from hardware.simulator.timing import Work
from hardware.simulator.toolbox import Reply


def run(handset: SimulatedHandset, line: str) -> Reply:
    work = Work(handset.timing, handset.tally)
    return asyncio.run(Shell(handset, None, work).run(line))


def out(line: str, handset: SimulatedHandset | None = None) -> str:
    reply = run(handset or make_handset(1), line)
    assert (reply.code, reply.err) == (0, b"")
    return reply.out.decode()


# ── the line ────────────────────────────────────────────────────────────────────────────────────
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=1))
def test_quoted_words_come_through_as_they_are(words: list[str]) -> None:
    (command,) = parse_line(shlex.join(words))
    assert command == ShellCommand(Joint.ALWAYS, tuple(words))


def test_a_line_is_cut_outside_quotes_only() -> None:
    assert [c.words for c in parse_line("echo 'a;b' && echo \"c && d\"; echo e\\;f")] == [
        ("echo", "a;b"), ("echo", "c && d"), ("echo", "e;f"),
    ]  # fmt: skip


def test_what_joins_commands_decides_whether_they_run() -> None:
    assert out("false && echo 1; true && echo 2; false || echo 3; true || echo 4") == "2\n3\n"


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("printf 'a1\\nb2\\na3\\n' | grep a", Reply(0, b"a1\na3\n")),
        ("printf 'a1\\nb2\\na3\\n' | grep -E '^(a|b)[12]$' | grep -c 1", Reply(0, b"1\n")),
        ("printf 'a1\\nb2\\n' | grep -E -o '[0-9]$'", Reply(0, b"1\n2\n")),
        ("echo x | grep y", Reply(1)),
        ("echo x | grep -c y || echo none", Reply(0, b"0\nnone\n")),
        ("false || echo x | grep x && echo found", Reply(0, b"x\nfound\n")),
        ("true || echo x | grep x", Reply(0)),
        ("frob | grep x", Reply(1, err=b"/system/bin/sh: frob: inaccessible or not found\n")),
        ("echo x | grep -z x", Reply(2, err=b"grep: bad arguments\n")),
        ("echo x | grep '('", Reply(2, err=b"grep: bad REGEX '('\n")),
    ],
)
def test_what_a_command_says_can_be_cut_down_to_some_lines(line: str, reply: Reply) -> None:
    assert run(make_handset(1), line) == reply


def test_outputs_go_where_they_are_sent() -> None:
    handset = make_handset(1)
    assert run(handset, "frob 2>/dev/null") == Reply(127)
    assert b"frob" in run(handset, "frob 2>&1").out
    assert run(handset, "frob >/dev/null 2>&1") == Reply(127)
    assert out("echo kept > /sdcard/note; cat /sdcard/note", handset) == "kept\n"
    assert out("echo 2 >/dev/null; echo a2>/dev/null; echo 5") == "5\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("echo 'open", "no closing quote"),
        ("cat a | sh", "unexpected '|'"),
        ("echo $(reboot)", "unexpected '('"),
        ("echo `reboot`", "unexpected '`'"),
        ("; echo", "unexpected ';'"),
        ("echo &&", "unexpected 'newline'"),
        ("sleep 1 &", "unexpected '&'"),
    ],
)
def test_what_the_shell_does_not_know_it_refuses(line: str, said: str) -> None:
    with pytest.raises(
        ShellSyntaxError, match="(?s)" + said.replace("(", r"\(").replace("|", r"\|")
    ):
        parse_line(line)
    reply = run(make_handset(1), line)
    assert (reply.code, reply.out) == (1, b"")


def test_an_empty_line_does_nothing() -> None:
    assert run(make_handset(1), "") == Reply()
    assert run(make_handset(1), " \n ") == Reply()


def test_exit_ends_the_line_with_its_code() -> None:
    assert run(make_handset(1), "echo a; exit 7; echo b") == Reply(7, b"a\n")
    assert run(make_handset(1), "false; exit").code == 1


@given(st.text(max_size=60))
def test_no_line_breaks_the_shell(line: str) -> None:
    if "sleep" not in line:
        run(make_handset(1), line)


# ── the commands ────────────────────────────────────────────────────────────────────────────────
def test_files_are_made_listed_and_removed() -> None:
    handset = make_handset(1)
    out("mkdir -p /sdcard/a/b; printf '%s-%d\\n' x 5 > /sdcard/a/b/c", handset)
    assert out("ls /sdcard/a/b; cat /sdcard/a/b/c", handset) == "c\nx-5\n"
    digest = hashlib.sha256(b"x-5\n").hexdigest()
    assert out("sha256sum /sdcard/a/b/c", handset) == f"{digest}  /sdcard/a/b/c\n"
    assert run(handset, "rm /sdcard/a").err == b"rm: /sdcard/a: Is a directory\n"
    assert run(handset, "mkdir /sdcard/a").err == b"mkdir: /sdcard/a: File exists\n"
    out("rm -rf /sdcard/a", handset)
    assert run(handset, "ls /sdcard/a").err == b"ls: /sdcard/a: No such file or directory\n"
    assert handset.storage.kept_bytes == 0


def test_settings_are_kept_until_deleted() -> None:
    handset = make_handset(1)
    out("settings put global adb_enabled '1 or so'", handset)
    assert out("settings get global adb_enabled", handset) == "1 or so\n"
    assert out("settings delete global adb_enabled", handset) == "Deleted 1 rows\n"
    assert out("settings get global adb_enabled", handset) == "null\n"
    assert run(handset, "settings put wrong a b").code == 255


def test_settings_may_be_refused_once_or_for_good() -> None:
    handset = make_handset(1, faults=[RefuseSettings(once=True)])
    assert b"WRITE_SECURE_SETTINGS" in run(handset, "settings put global a b").err
    assert out("settings put global a b; settings get global a", handset) == "b\n"
    handset.faults.add(RefuseSettings(once=False))
    for _ in range(2):
        assert run(handset, "settings put global a b").code == 255


def test_a_command_can_be_made_to_fail() -> None:
    fault: Fault = ExitCode(pattern="pm list *", code=9, err="no\n", once=False)
    handset = make_handset(1, faults=[fault])
    assert run(handset, "pm list packages; echo after; pm list users") == Reply(
        9, b"after\n", b"no\nno\n"
    )


def test_an_owner_is_set_once_and_only_an_installed_one() -> None:
    handset = make_handset(1)
    owner = "org.example.agent/.Admin"
    assert out("dpm list-owners", handset) == "no owners\n"
    assert b"Unknown admin" in run(handset, f"dpm set-device-owner {owner}").err
    handset.packages["org.example.agent"] = "1"
    assert out(f"dpm set-device-owner {owner}", handset).startswith("Success: Device owner set")
    assert b"already set" in run(handset, f"dpm set-device-owner {owner}").err
    assert f"admin={owner},DeviceOwner" in out("dpm list-owners", handset)


def test_properties_are_listed_as_android_lists_them() -> None:
    lines = out("getprop").splitlines()
    assert "[ro.product.model]: [SM-A325F]" in lines
    assert "[ro.boot.verifiedbootstate]: [green]" in lines
    assert lines == sorted(lines)
    assert out("getprop nothing; getprop nothing default") == "\ndefault\n"


def test_android_chores_are_taken_quietly() -> None:
    handset = make_handset(1)
    assert out("svc power stayon true; input keyevent 82; logcat -c; am force-stop x") == ""
    assert out("am start -a android.settings.SETTINGS", handset).startswith("Starting: Intent")
    assert "  level: 76\n" in out("dumpsys battery", handset)
    assert run(handset, "pm path org.example.none") == Reply(1)
    assert list(handset.log)[-1] == "shell pm path org.example.none"


# ── IMEIs ───────────────────────────────────────────────────────────────────────────────────────
def test_an_imei_comes_in_the_layout_of_service_call() -> None:
    handset = make_handset(1)
    assert handset.imeis[0] == "004400000000016"
    assert out("service call iphonesubinfo 1 s16 com.android.shell", handset) == (
        "Result: Parcel(\n"
        "  0x00000000: 00000000 0000000f 00300030 00340034 '........0.0.4.4.'\n"
        "  0x00000010: 00300030 00300030 00300030 00300030 '0.0.0.0.0.0.0.0.'\n"
        "  0x00000020: 00310030 00000036                   '0.1.6...        ')\n"
    )


def test_no_imei_is_a_null_of_one_row() -> None:
    line = "service call iphonesubinfo 1 s16 com.android.shell"
    assert (
        out(line, make_handset(1, imeis=())) == "Result: Parcel(00000000 ffffffff   '........')\n"
    )


def test_the_second_imei_moved_with_android_12() -> None:
    old = make_handset(1, properties={"ro.build.version.sdk": "30"})
    for handset, code, other in ((make_handset(1), 4, 3), (old, 3, 4)):
        second = parcel.text_reply(handset.imeis[1])
        words = "i32 1 s16 com.android.shell"
        assert out(f"service call iphonesubinfo {code} {words}", handset) == second
        assert out(f"service call iphonesubinfo {other} {words}", handset) != second


def test_users_accounts_and_set_up_are_told_as_android_tells_them() -> None:
    handset = make_handset(1)
    handset.users, handset.accounts = ("Owner", "Guest"), ("a@example.org",)
    assert out("pm list users", handset) == (
        "Users:\n\tUserInfo{0:Owner:c13} running\n\tUserInfo{10:Guest:c13} running\n"
    )
    assert out("dumpsys account", handset).startswith(
        "User UserInfo{0:Owner:c13}:\n  Accounts: 1\n    Account {name=a@example.org, type=com."
    )
    assert out("settings get global device_provisioned", handset) == "1\n"
    handset.provisioned = False
    assert out("settings get secure user_setup_complete", handset) == "0\n"


def test_an_imei_is_told_only_to_who_names_the_shells_package() -> None:
    said = out("service call iphonesubinfo 1")
    assert said.startswith("Result: Parcel(\n  0x00000000: ffffffff ")
    assert "0.0.4.4." not in said


def _asks_identity(line: str) -> bool:
    handset = make_handset(1)
    shell = Shell(handset, None, Work(handset.timing, handset.tally))
    asyncio.run(shell.run(line))
    return shell.asked_identity


def test_only_questions_for_the_identity_are_no_work() -> None:
    assert _asks_identity("getprop; echo x")
    assert _asks_identity("true; service call iphonesubinfo 1 s16 com.android.shell")
    assert not _asks_identity("getprop ro.product.model")
    assert not _asks_identity("echo 'service call iphonesubinfo'")
    assert not _asks_identity("echo 'open")


# ── the handset ─────────────────────────────────────────────────────────────────────────────────
def test_made_handsets_have_identities_of_the_test_range() -> None:
    for number in (0, 1, 99_999):
        handset = make_handset(number)
        assert str(SerialNumber.parse_samsung(handset.serial)) == handset.serial
        assert [Imei.parse(text).tac for text in handset.imeis] == ["00440000", "00440001"]
        assert all(Imei.parse(text).is_test for text in handset.imeis)
    assert make_handset(1).imeis != make_handset(2).imeis


def test_a_made_handset_can_be_anything() -> None:
    handset = make_handset(1, serial="same", imeis=("not one",), properties={"ro.x": "\0"})
    assert (handset.serial, handset.imeis) == ("same", ("not one",))
    assert handset.properties["ro.serialno"] == "same"
    assert out("getprop ro.x", handset) == "\0\n"


def test_the_log_is_bounded() -> None:
    handset = make_handset(1)
    for _ in range(1_500):
        handset.note("x" * 5_000)
    assert len(handset.log) == 1_000
    assert len(handset.log[0]) == 2_000


def test_files_beyond_the_cap_give_their_memory_back() -> None:
    storage = Storage(cap=100)
    storage.write("/a", b"x" * 60)
    storage.write("/b", b"y" * 60)
    assert storage.kept_bytes == 60
    assert storage.file("/b").digest("md5") == hashlib.md5(b"y" * 60).hexdigest()
    with pytest.raises(OSError, match="Input/output error"):
        storage.read("/b")
    storage.write("/a", b"z" * 90)
    assert storage.read("/a") == b"z" * 90
    with FileWriter(storage, "/c") as writer:
        writer.feed(b"x" * 10)
        assert storage.kept_bytes == 100
    with pytest.raises(FileNotFoundError):
        storage.status("/c")
    assert storage.kept_bytes == 90


def test_a_fault_that_happens_once_is_used_up() -> None:
    faults = Faults([RefuseSettings(once=True)])
    assert faults.take(ExitCode) is None
    assert faults.take(RefuseSettings) is not None
    assert faults.take(RefuseSettings) is None


def test_sleeping_takes_its_time() -> None:
    started = time.monotonic()
    assert out("sleep 0.05") == ""
    assert time.monotonic() - started >= 0.05
