"""What a simulated handset says of its state: battery, accounts, users, owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hardware.simulator.device_policy import dpm, state_of_owner
from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.toolbox import Program, Reply, said

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
        case ["device_policy"]:
            return said(state_of_owner(handset))
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


CONDITION: Mapping[str, Program] = {"dumpsys": _dumpsys, "dpm": dpm}
