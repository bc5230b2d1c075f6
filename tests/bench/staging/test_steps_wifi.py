"""A handset joins the bench's network: seen on it, or told why not, and never with the password."""

from __future__ import annotations

import asyncio
import shlex
import traceback
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.enrolment.payload.network import wrong_with_network
from bench.enrolment.payload.passphrase import is_key
from bench.enrolment.profiles.profile import Wifi, WifiSecurity
from bench.events.device import HandsetIdentity
from bench.ports import HandsetRefusalError, Progress, ShellReply
from bench.problems import ProblemCode, ProblemError
from bench.staging.steps import wifi as room
from bench.staging.steps.wifi import join_wifi
from bench.staging.steps.wifi_answers import WifiState, read_state, refused
from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.shell import Shell
from hardware.simulator.timing import Work
from hardware.simulator.wifi import NetworkInReach
from tests.bench.staging.bench_talk import handset

CANARY = 'it\'s $(reboot) "no" `x` \\ canary #1'
BENCH = Wifi("bench", WifiSecurity.WPA, "bench-wifi")


@dataclass
class OverTheShell:
    """A simulated handset whose shell is asked without a server between."""

    simulated: SimulatedHandset
    asked: list[tuple[str, ...]] = field(default_factory=list)

    async def identify(self) -> HandsetIdentity:
        return handset()

    async def shell(self, *words: str) -> ShellReply:
        self.asked.append(words)
        work = Work(self.simulated.timing, self.simulated.tally)
        reply = await Shell(self.simulated, None, work).run(shlex.join(words))
        return ShellReply(reply.code, reply.out.decode(), reply.err.decode())

    async def push(self, source: Path, target: str, progress: Progress) -> None:
        raise NotImplementedError

    async def install(self, package: Path, progress: Progress) -> None:
        raise NotImplementedError


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_ASK_EVERY_S", 0.001)


def near(network: NetworkInReach | None = None, sdk: int = 33) -> OverTheShell:
    simulated = make_handset(1, properties={"ro.build.version.sdk": str(sdk)})
    if network:
        simulated.wifi.in_reach["bench"] = network
    return OverTheShell(simulated)


def join(device: OverTheShell, wifi: Wifi = BENCH, password: str = CANARY) -> str:
    return asyncio.run(join_wifi(wifi, password, device))


def last_word(device: OverTheShell, wifi: Wifi = BENCH, password: str = CANARY) -> str:
    """Let the step's limit end the wait; return the note that its end carries."""

    async def work() -> None:
        async with asyncio.timeout(0.05):
            await join_wifi(wifi, password, device)

    with pytest.raises(TimeoutError) as late:
        asyncio.run(work())
    assert "canary" not in "".join(traceback.format_exception(late.value))
    assert isinstance(late.value.__cause__, asyncio.CancelledError)
    (note,) = late.value.__cause__.__notes__
    return str(note)


@pytest.mark.parametrize("sdk", [30, 31, 33, 36])
@pytest.mark.parametrize("asks", [0, 3])
def test_a_handset_is_on_the_network_once_it_says_so(sdk: int, asks: int) -> None:
    device = near(NetworkInReach("wpa2", CANARY, asks=asks), sdk)
    assert join(device) == "on bench"
    assert device.asked.count(("cmd", "wifi", "status")) == asks + 2


def test_an_open_network_is_joined_without_a_password() -> None:
    device = near(NetworkInReach("open"))
    assert join(device, Wifi("bench"), "") == "on bench"
    assert ("cmd", "wifi", "connect-network", "bench", "open") in device.asked


def test_a_hidden_network_is_asked_for_by_name() -> None:
    hidden = replace(BENCH, hidden=True)
    assert join(near(NetworkInReach("wpa2", CANARY, hidden=True)), hidden) == "on bench"
    older = near(NetworkInReach("wpa2", CANARY, hidden=True), 31)
    assert "hidden from an Android before 13" in last_word(older, hidden)


def test_wifi_that_is_off_is_switched_on() -> None:
    device = near(NetworkInReach("wpa2", CANARY))
    device.simulated.wifi.enabled = False
    assert join(device) == "on bench"


@pytest.mark.parametrize(
    "network",
    [
        None,
        NetworkInReach("wpa2", "another password"),
        NetworkInReach("wpa3", CANARY),
        NetworkInReach("wpa2", CANARY, associates=False),
        NetworkInReach("wpa2", CANARY, asks=1_000_000),
    ],
    ids=["out of reach", "wrong password", "other security", "never associates", "takes for ever"],
)
def test_a_network_that_is_not_joined_in_time_is_told_with_the_last_state(
    network: NetworkInReach | None,
) -> None:
    assert last_word(near(network)) == (
        "it is on no network, not on bench: out of reach, another password or security"
    )


def test_another_network_is_not_the_benchs() -> None:
    device = near(NetworkInReach("wpa2", CANARY, associates=False))
    device.simulated.wifi.in_reach["home"] = NetworkInReach("open")
    device.simulated.wifi.join("home", "open", "", hidden=False)

    class StaysThere(OverTheShell):
        async def shell(self, *words: str) -> ShellReply:
            if "connect-network" in words:
                return ShellReply(0, "", "")  # no answer within the half second that it waits
            return await super().shell(*words)

    assert "it is on home, not on bench" in last_word(StaysThere(device.simulated))


def test_a_handset_that_does_not_say_on_which_network_it_is_is_not_believed() -> None:
    device = near(NetworkInReach("wpa2", CANARY))
    device.simulated.wifi.tells_name = False
    assert "switch its location on" in last_word(device)


def test_an_end_from_elsewhere_is_no_refusal_of_the_handset() -> None:
    async def work() -> None:
        task = asyncio.create_task(join_wifi(BENCH, CANARY, near()))
        await asyncio.sleep(0.02)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(work())


@pytest.mark.parametrize(
    ("sdk", "may", "words"),
    [(33, False, "does not let its shell"), (29, True, "before Android 11")],
)
def test_a_handset_that_may_not_or_cannot_says_so(sdk: int, may: bool, words: str) -> None:
    device = near(NetworkInReach("wpa2", CANARY), sdk)
    device.simulated.wifi.may_connect = may
    with pytest.raises(HandsetRefusalError, match=words) as told:
        join(device)
    assert "canary" not in told.value.reason


# ── what cannot be used ─────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "x" * 64,
        "0a" * 32,
        f"{CANARY}\n",
        "canary\0canary",
        "canary\x1bcanary",
        "canary-ü-canary",
        "canary\u2028canary",
    ],
)
def test_a_password_that_wpa_cannot_have_is_refused_before_the_handset_is_touched(
    password: str,
) -> None:
    device = near(NetworkInReach("wpa2", password))
    with pytest.raises(ProblemError) as told:
        join(device, password=password)
    assert told.value.problem.code == ProblemCode.SECRET_UNUSABLE
    assert told.value.problem.where == "bench-wifi"
    assert "canary" not in str(told.value) + told.value.problem.detail
    assert device.asked == []


@given(st.text(max_size=70))
@example("x" * 8)
@example("x" * 63)
@example("0a" * 32)
def test_a_password_that_adb_takes_is_taken_in_a_code_and_the_other_way_round_but_for_keys(
    password: str,
) -> None:
    named = {"WIFI_SSID": "bench", "WIFI_SECURITY_TYPE": "WPA", "WIFI_PASSWORD": password}
    in_code = not [*wrong_with_network(named)]
    over_adb = True
    try:
        join(near(NetworkInReach("wpa2", password)), password=password)
    except ProblemError:
        over_adb = False
    assert in_code is (over_adb or is_key(password))


@pytest.mark.parametrize(
    ("wifi", "words"),
    [
        (replace(BENCH, security=WifiSecurity.EAP), "QR code"),
        (replace(BENCH, security=WifiSecurity.WEP), "QR code"),
        (replace(BENCH, ssid=""), "one line"),
        (replace(BENCH, ssid="a\nb"), "one line"),
    ],
)
def test_a_network_that_adb_has_no_word_for_is_refused_before_the_handset_is_touched(
    wifi: Wifi, words: str
) -> None:
    device = near()
    with pytest.raises(ProblemError, match=words) as told:
        join(device, wifi)
    assert told.value.problem.code == ProblemCode.PROFILE_UNUSABLE
    assert device.asked == []


WPA = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=8, max_size=63)


@given(WPA, st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=32))
def test_every_password_and_name_arrives_whole(password: str, ssid: str) -> None:
    device = near()
    device.simulated.wifi.in_reach[ssid] = NetworkInReach("wpa2", password)
    assert join(device, replace(BENCH, ssid=ssid), password).startswith("on ")
    assert not any(password in line for line in device.simulated.log)


# ── what is read ────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("Wifi is enabled\nWifi is not connected\n", WifiState(is_on=True)),
        ("Wifi is disabled\nWifi scanning is always available\n", WifiState()),
        ('Wifi is connected to "a"\nWifiInfo: x\n', WifiState(is_on=True, network="a")),
        ('Wifi is connected to "a"b"\r\n', WifiState(is_on=True, network='a"b')),
        ("Wifi is connected to 6ca9\n", WifiState(is_on=True, network="6ca9")),
        ('Wifi is connected to "x\nWifi is connected to "bench"\n', WifiState(is_on=True)),
        ("", WifiState(is_on=True, is_told=False)),
        ("cmd: Can't find service: wifi", WifiState(is_on=True, is_told=False)),
    ],
)
def test_a_state_is_read_and_no_network_can_pass_for_another(said: str, state: WifiState) -> None:
    assert read_state(said) == state


def test_a_handset_that_repeats_the_password_is_not_repeated() -> None:
    said = f"java.lang.Odd: Exception at connect-network bench wpa2 {CANARY} -h"
    words = refused(ShellReply(255, said, ""), CANARY)
    assert words == "java.lang.Odd: Exception at connect-network bench wpa2 ••• -h"
    assert refused(ShellReply(255, "Connection initiated \n", ""), CANARY) == ""
    assert refused(ShellReply(255, "", ""), "") == ""
    assert "did not take" in refused(ShellReply(0, "Connection failed\n", ""), CANARY)


@pytest.mark.parametrize(
    "repeat",
    [
        "Exception: canary's bench pass\"word",
        "Exception: 'canary'\"'\"'s bench pass\"word'",
        "Exception: connect-network bench canary\\'s bench pass\\\"word",
        "Exception: Unknown option canarys",
    ],
)
def test_a_handset_that_repeats_the_password_quoted_or_in_parts_is_not_repeated(
    repeat: str,
) -> None:
    said = refused(ShellReply(255, "", repeat), "canary's bench pass\"word")
    assert "Exception" in said
    for part in ("canary", "pass", "word"):
        assert part not in said


def test_a_password_of_short_words_is_not_repeated_as_it_was_quoted() -> None:
    password = "it's a b c"
    said = refused(ShellReply(255, "", f"Exception: {shlex.quote(password)}"), password)
    assert said == "Exception: •••"


@given(st.text(max_size=200), st.text(max_size=200), st.integers(0, 255), WPA)
def test_no_answer_makes_it_do_more_than_refuse(
    out: str, err: str, code: int, password: str
) -> None:
    assert str(read_state(out))
    assert len(refused(ShellReply(code, out, err), password)) <= 160
