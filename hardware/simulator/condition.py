"""What a simulated handset says of its state: battery, accounts, users, owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.toolbox import Program, Reply, failed, said

_BATTERY = """\
Current Battery Service state:
  AC powered: false
  USB powered: true
  Wireless powered: false
  status: {status}
  health: 2
  present: true
  level: {level}
  scale: 100
  voltage: 4105
  temperature: 268
  technology: Li-ion
  Capacity level: -1
[EventLogBuffer]
08-11 18:34:14.721  Sending ACTION_BATTERY_CHANGED: level:3, status:3, scale:50
"""
"""As AOSP `BatteryService` prints it, with what Samsung prints behind."""


def _dumpsys(handset: SimulatedHandset, words: Sequence[str]) -> Reply:
    match words:
        case ["battery"]:
            battery = handset.battery
            return said(_BATTERY.format(status=battery.status, level=battery.level))
        case ["account"]:
            return said(_accounts(handset))
        case _:
            return said(f"Can't find service: {' '.join(words[:1])}\n")


def _accounts(handset: SimulatedHandset) -> str:
    """Source: AOSP `AccountManagerService`, `dumpUser`."""
    blocks = ""
    for number, user in enumerate(users(handset)):
        accounts = () if number else handset.accounts
        names = "".join(f"    Account {{name={name}, type=com.google}}\n" for name in accounts)
        blocks += f"User {user}:\n  Accounts: {len(accounts)}\n{names}\n"
    return blocks


def users(handset: SimulatedHandset) -> list[str]:
    """Return its users as Android prints them."""
    return [f"UserInfo{{{n * 10}:{user}:c13}}" for n, user in enumerate(handset.users)]


def _dpm(handset: SimulatedHandset, words: Sequence[str]) -> Reply:
    match words:
        case ["list-owners"] if handset.device_owner is None:
            return said("no owners\n")
        case ["list-owners"]:
            return said(f"1 owner:\nUser  0: admin={handset.device_owner},DeviceOwner\n")
        case ["set-device-owner", component] | ["set-device-owner", "--user", "0", component]:
            return _set_device_owner(handset, component)
        case _:
            return failed("Error: unknown command\n", 255)


def _set_device_owner(handset: SimulatedHandset, component: str) -> Reply:
    package = component.partition("/")[0]
    if handset.device_owner is not None:
        return failed(
            "java.lang.IllegalStateException: Trying to set the device owner, but device owner"
            " is already set.\n",
            255,
        )
    if package not in handset.packages:
        return failed(f"Error: Unknown admin: ComponentInfo{{{component}}}\n", 255)
    handset.device_owner = component
    return said(
        f"Success: Device owner set to package ComponentInfo{{{component}}}\n"
        f"Active admin set to component ComponentInfo{{{component}}}\n"
    )


CONDITION: Mapping[str, Program] = {"dumpsys": _dumpsys, "dpm": _dpm}
