"""Who owns a simulated handset: `dpm`, and what `dumpsys device_policy` says of it.

The words differ by version. Sources: AOSP `Dpm.java` (to Android 11: an own program, which ends
with exit code 0 after a bad argument, and lists no owners), `DevicePolicyManagerServiceShell-
Command.java` (from 12), `DevicePolicyManagerService.printAllOwners` (newest: no heading). The two
refusals of an admin that is not there from Android 14 on are not confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence

from hardware.simulator.faults import OwnerTrouble, RefuseOwner
from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.toolbox import Reply, failed, said

_ANDROID_12, _ANDROID_14, _ANDROID_16 = 31, 34, 36
_NOT_ALLOWED = "Not allowed to set the device owner because there are already"
_ALREADY = "Trying to set the device owner, but device owner is already set."
_MAY_NOT = "Neither user 2000 nor current process has android.permission.MANAGE_DEVICE_ADMINS."
_ILLEGAL_STATE = "java.lang.IllegalStateException"
_ILLEGAL_ARGUMENT = "java.lang.IllegalArgumentException"
_SECURITY = "java.lang.SecurityException"
_USAGE = "usage: dpm [subcommand] [options]\nusage: dpm set-active-admin [ --user <USER_ID> ]\n"


def dpm(handset: SimulatedHandset, words: Sequence[str]) -> Reply:
    """Do what `dpm` does."""
    match words:
        case ["list-owners"] if handset.sdk >= _ANDROID_12:
            return said(_owners(handset))
        case ["set-device-owner", component] | ["set-device-owner", "--user", "0", component]:
            return _set_device_owner(handset, component)
        case [word, *_] if handset.sdk < _ANDROID_12:
            return failed(f"{_USAGE}\nError: unknown command '{word}'\n", 0)
        case _:
            return failed("Usage: \n  help\n", 255)


def state_of_owner(handset: SimulatedHandset) -> str:
    """Return what `dumpsys device_policy` says; AOSP `OwnersData.dump`."""
    head = "Current Device Policy Manager state:\n"
    if handset.device_owner is None:
        return f"{head}\nEnabled Device Admins (User 0, provisioningState: 0):\n"
    whole = _info(handset.device_owner)
    package = handset.device_owner.partition("/")[0]
    return (
        f"{head}  Device Owner: \n    admin={whole}\n    name=\n    package={package}\n"
        "    isOrganizationOwnedDevice=true\n    User ID: 0\n\n"
    )


def _owners(handset: SimulatedHandset) -> str:
    owner = handset.device_owner
    if handset.sdk >= _ANDROID_16:
        return f"User 0: admin={_short(owner)},DeviceOwner\n" if owner else ""
    if owner is None:
        return "none\n" if handset.sdk == _ANDROID_12 else "no owners\n"
    return f"1 owner:\nUser  0: admin={_short(owner)},DeviceOwner,Affiliated\n"


def _set_device_owner(handset: SimulatedHandset, component: str) -> Reply:
    fault = handset.faults.take(RefuseOwner)
    if fault is not None:
        return _troubled(handset, component, fault.trouble)
    if not _is_admin(handset, component):
        return _unknown_admin(handset, component)
    if refusal := _precondition(handset):
        return _thrown(handset, _ILLEGAL_STATE, refusal)
    handset.device_owner = _short(component)
    return said(_success(handset, component))


def _precondition(handset: SimulatedHandset) -> str:
    """Return what speaks against an owner, in the order of `checkDeviceOwnerProvisioning…`."""
    if handset.device_owner is not None:
        return _ALREADY
    if not handset.provisioned:
        return ""
    if len(handset.users) > 1:
        return f"{_NOT_ALLOWED} several users on the device."
    return f"{_NOT_ALLOWED} some accounts on the device." if handset.accounts else ""


def _troubled(handset: SimulatedHandset, component: str, trouble: OwnerTrouble) -> Reply:
    match trouble:
        case OwnerTrouble.NOT_ALLOWED:
            return _thrown(handset, _SECURITY, _MAY_NOT)
        case OwnerTrouble.NOT_KEPT:
            return said(_success(handset, component))
        case OwnerTrouble.SILENT:
            return Reply()
        case OwnerTrouble.ENDS_BADLY:
            return Reply(1, _success(handset, component).encode())


def _success(handset: SimulatedHandset, component: str) -> str:
    if handset.sdk < _ANDROID_12:
        info = _info(component)
        admin = info.removeprefix("ComponentInfo")
        return (
            f"Success: Device owner set to package {info}\nActive admin set to component {admin}\n"
        )
    short = _short(component)
    return f"Success: Device owner set to package {short}\nActive admin set to component {short}\n"


def _unknown_admin(handset: SimulatedHandset, component: str) -> Reply:
    info = _info(component)
    if handset.sdk < _ANDROID_14:
        return _thrown(handset, _ILLEGAL_ARGUMENT, f"Unknown admin: {info}")
    already = f"{_short(component)} was already an admin for user 0. No need to set it again.\n"
    is_there = component.partition("/")[0] in handset.packages
    why = f"Not active admin: {info}" if is_there else f"Invalid component {info} for device owner"
    reply = _thrown(handset, _ILLEGAL_ARGUMENT, why)
    return Reply(reply.code, already.encode(), reply.err)


def _thrown(handset: SimulatedHandset, kind: str, message: str) -> Reply:
    """Return what is written of an exception."""
    if handset.sdk >= _ANDROID_12:
        head = "\nException occurred while executing 'set-device-owner':\n"
        trace = "\tat com.android.server.devicepolicy.DevicePolicyManagerService.setDeviceOwner\n"
        return failed(f"{head}{kind}: {message}\n{trace}", 255)
    if kind == _ILLEGAL_ARGUMENT:
        return failed(f"{_USAGE}\nError: {message}\n", 0)
    trace = "\tat android.os.Parcel.createException(Parcel.java:2079)\n"
    return failed(f"{kind}: {message}\n{trace}", 1)


def _is_admin(handset: SimulatedHandset, component: str) -> bool:
    package = component.partition("/")[0]
    known = handset.installed.get(package)
    if known is None:
        return package in handset.packages
    return _short(component) == _short(f"{package}/{known.receiver}")


def _short(component: str) -> str:
    """Return `package/.Class`, as `ComponentName.flattenToShortString`."""
    package, _, name = component.partition("/")
    return f"{package}/{name.removeprefix(package) if name.startswith(f'{package}.') else name}"


def _info(component: str) -> str:
    package, _, name = component.partition("/")
    return f"ComponentInfo{{{package}/{package + name if name.startswith('.') else name}}}"
