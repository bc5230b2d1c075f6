"""The Wi-Fi commands of a simulated handset."""

from __future__ import annotations

import asyncio
import shlex

import pytest

from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.shell import Shell
from hardware.simulator.timing import Work
from hardware.simulator.toolbox import Reply
from hardware.simulator.wifi import NetworkInReach

CANARY = "correct horse $(reboot) 'battery'"


def run(handset: SimulatedHandset, *words: str) -> Reply:
    shell = Shell(handset, None, Work(handset.timing, handset.tally))
    return asyncio.run(shell.run(shlex.join(words)))


def near(network: NetworkInReach, sdk: int = 33) -> SimulatedHandset:
    handset = make_handset(1, properties={"ro.build.version.sdk": str(sdk)})
    handset.wifi.in_reach["bench"] = network
    return handset


def joins(handset: SimulatedHandset, *words: str) -> bool:
    said = run(handset, "cmd", "wifi", "connect-network", "bench", *words).out
    assert said.endswith(b"Connection initiated \n")
    return b'Wifi is connected to "bench"\n' in run(handset, "cmd", "wifi", "status").out


def test_a_network_takes_who_has_its_password() -> None:
    handset = near(NetworkInReach("wpa2", CANARY))
    assert joins(handset, "wpa2", CANARY)
    for words in (("wpa2", "another one"), ("wpa3", CANARY), ("open",)):
        assert not joins(near(NetworkInReach("wpa2", CANARY)), *words)
    assert joins(near(NetworkInReach("open")), "open")
    assert not joins(near(NetworkInReach("wpa2", CANARY, associates=False)), "wpa2", CANARY)


def test_it_is_told_only_after_a_while_where_it_takes_a_while() -> None:
    handset = near(NetworkInReach("open", asks=1))
    assert not joins(handset, "open")
    assert b"is connected" in run(handset, "cmd", "wifi", "status").out
    handset.restart()
    assert b"not connected" in run(handset, "cmd", "wifi", "status").out


@pytest.mark.parametrize(("sdk", "found"), [(30, False), (31, False), (33, True)])
def test_a_hidden_network_is_found_from_android_13_on(sdk: int, found: bool) -> None:
    hidden = NetworkInReach("wpa2", CANARY, hidden=True)
    assert joins(near(hidden, sdk), "wpa2", CANARY, "-h") is found
    assert not joins(near(hidden, sdk), "wpa2", CANARY)


def test_android_11_ends_every_command_with_255_and_android_10_has_none() -> None:
    handset = near(NetworkInReach("open"), 30)
    assert joins(handset, "open")
    assert run(handset, "cmd", "wifi", "status").code == 255
    older = near(NetworkInReach("open"), 29)
    reply = run(older, "cmd", "wifi", "status")
    assert (reply.code, reply.err) == (20, b"cmd: Can't find service: wifi\n")


def test_what_cannot_be_done_is_said_on_the_output() -> None:
    handset = near(NetworkInReach("open"))
    handset.wifi.may_connect = False
    reply = run(handset, "cmd", "wifi", "connect-network", "bench", "open")
    assert (reply.code, reply.err) == (255, b"")
    assert b"java.lang.SecurityException: WifiService: Neither user 2000" in reply.out
    for words in (("bench", "wep", "x"), ("bench", "wpa2")):
        assert b"Invalid args" in run(handset, "cmd", "wifi", "connect-network", *words).out
    assert run(handset, "cmd", "wifi", "frob").code == 255


def test_wifi_that_is_off_is_on_no_network() -> None:
    handset = near(NetworkInReach("open"))
    handset.wifi.enabled = False
    assert b"Wifi is disabled\n" in run(handset, "cmd", "wifi", "status").out
    run(handset, "cmd", "wifi", "set-wifi-enabled", "enabled")
    assert joins(handset, "open")
    handset.wifi.tells_name = False
    assert b"connected to <unknown ssid>\n" in run(handset, "cmd", "wifi", "status").out


@pytest.mark.parametrize("command", ["connect-network", "add-network"])
def test_a_password_is_in_no_log_of_the_handset(command: str) -> None:
    handset = near(NetworkInReach("wpa2", CANARY))
    run(handset, "cmd", "wifi", command, "bench", "wpa2", CANARY)
    run(handset, "echo", "before\nafter", "connect-network", CANARY)
    assert list(handset.log)[-2] == f"shell cmd wifi {command} …"
    assert not any("horse" in line for line in (*handset.log, repr(handset)))
