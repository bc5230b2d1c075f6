"""The Wi-Fi commands of a simulated handset, as AOSP `WifiShellCommand.java` answers them.

Up to Android 11 every one of them ends with exit code 255, what it did or not; there is no such
service before (the bench is told so; in AOSP 10 the service is there and refuses).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.toolbox import Reply, encoded, failed

_ANDROID_11, _ANDROID_12, _ANDROID_13 = 30, 31, 33
_PASSWORDS = re.compile(r"((?:connect|add)-network).*", re.DOTALL)
_OPEN, _LOCKED = ("open", "owe"), ("wpa2", "wpa3")
_MAY_NOT = (
    "Exception while executing WifiShellCommand: \njava.lang.SecurityException: WifiService:"
    " Neither user 2000 nor current process has android.permission.NETWORK_SETTINGS.\n"
    "\tat com.android.server.wifi.WifiServiceImpl.connect(WifiServiceImpl.java:2703)\n"
)
_SCANNING = "Wifi scanning is only available when wifi is enabled\n"


def without_password(line: str) -> str:
    """Return a command line as it may be kept: nothing that follows a network's name command."""
    return _PASSWORDS.sub(r"\1 …", line)


def wifi(handset: SimulatedHandset, words: Sequence[str]) -> Reply:
    """Do what `cmd wifi` does."""
    if handset.sdk < _ANDROID_11:
        return failed("cmd: Can't find service: wifi\n", 20)
    match words:
        case ["status"]:
            return _ended(handset, _status(handset))
        case ["set-wifi-enabled", "enabled" | "disabled" as state]:
            handset.wifi.enabled = state == "enabled"
            return Reply()
        case ["connect-network", name, security, *rest]:
            return _connect(handset, name, security, rest)
        case _:
            return Reply(255, encoded(f"Unknown command: {' '.join(words[:1])}\n"))


def _connect(handset: SimulatedHandset, name: str, security: str, rest: Sequence[str]) -> Reply:
    if security not in (*_OPEN, *_LOCKED):
        said = f"IllegalArgumentException: Unknown network type {security}"
        return Reply(255, encoded(f"Invalid args for connect-network: java.lang.{said}\n"))
    if security in _LOCKED and not rest:
        said = 'IllegalArgumentException: Argument expected after "wpa2"'
        return Reply(255, encoded(f"Invalid args for connect-network: java.lang.{said}\n"))
    if not handset.wifi.may_connect:
        return Reply(255, encoded(_MAY_NOT))
    password = rest[0] if security in _LOCKED else ""
    options = rest[1:] if security in _LOCKED else rest
    knows_hidden = handset.sdk >= _ANDROID_13
    is_hidden = "-h" in options and knows_hidden
    handset.wifi.join(name, security, password, hidden=is_hidden)
    ignored = "Ignoring unknown option -h\n" if "-h" in options and not knows_hidden else ""
    return _ended(handset, f"{ignored}Connection initiated \n")


def _status(handset: SimulatedHandset) -> str:
    if not handset.wifi.enabled:
        return f"Wifi is disabled\n{_SCANNING}"
    name = handset.wifi.ask()
    shown = f'"{name}"' if handset.wifi.tells_name else "<unknown ssid>"
    state = "Wifi is not connected\n"
    if name:
        state = (
            f"Wifi is connected to {shown}\nWifiInfo: SSID: {shown}, BSSID: 02:00:00:00:00:00,"
            " Supplicant state: COMPLETED, RSSI: -48\n"
        )
    head = "" if handset.sdk < _ANDROID_12 else "==== Primary ClientModeManager instance ====\n"
    return f"Wifi is enabled\n{_SCANNING}{head}{state}"


def _ended(handset: SimulatedHandset, out: str) -> Reply:
    return Reply(255 if handset.sdk < _ANDROID_12 else 0, encoded(out))
