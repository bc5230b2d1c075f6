"""Android's own commands, as far as a bench may use them on a handset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hardware.simulator import parcel
from hardware.simulator.condition import CONDITION, users
from hardware.simulator.faults import RefuseSettings
from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.toolbox import Program, Reply, failed, said, unknown
from hardware.simulator.wifi_shell import wifi

_NAMESPACES = ("system", "secure", "global")
_SET_BY_THE_WIZARD = (("global", "device_provisioned"), ("secure", "user_setup_complete"))
_ANDROID_12 = 31
_SHELL_PACKAGE = "com.android.shell"
_REFUSED = "getDeviceId: The user 2000 does not meet the requirements to access device identifiers."
_MAY_NOT_WRITE = (
    "\nException occurred while executing 'put':\njava.lang.SecurityException: Permission denial:"
    " writing to settings requires:android.permission.WRITE_SECURE_SETTINGS\n"
)


def _getprop(handset: SimulatedHandset, words: Sequence[str]) -> Reply:
    match words:
        case []:
            known = sorted(handset.properties.items())
            return said("".join(f"[{name}]: [{value}]\n" for name, value in known))
        case [name]:
            return said(handset.properties.get(name, "") + "\n")
        case [name, default, *_]:
            return said((handset.properties.get(name) or default) + "\n")
        case _:
            return failed("getprop: bad arguments\n")


def _settings(handset: SimulatedHandset, words: Sequence[str]) -> Reply:
    match words:
        case ["put" | "get" | "delete", namespace, *_] if namespace not in _NAMESPACES:
            return failed(f"Invalid namespace '{namespace}'\n", 255)
        case ["put" | "delete", *_] if handset.faults.take(RefuseSettings):
            return failed(_MAY_NOT_WRITE, 255)
        case ["put", namespace, name, value]:
            handset.settings[namespace, name] = value
            return Reply()
        case ["get", namespace, name]:
            value = handset.settings.get((namespace, name), _unset(handset, namespace, name))
            return said(value + "\n")
        case ["delete", namespace, name]:
            gone = handset.settings.pop((namespace, name), None)
            return said(f"Deleted {0 if gone is None else 1} rows\n")
        case _:
            return failed("Bad arguments\n", 255)


def _unset(handset: SimulatedHandset, namespace: str, name: str) -> str:
    is_done = (namespace, name) in _SET_BY_THE_WIZARD
    return str(int(handset.provisioned)) if is_done else "null"


def _pm(handset: SimulatedHandset, words: Sequence[str]) -> Reply:
    match words:
        case ["list", "packages", *rest]:
            wanted = next((word for word in rest if not word.startswith("-")), "")
            names = sorted(name for name in handset.packages if wanted in name)
            return said("".join(f"package:{name}\n" for name in names))
        case ["list", "users"]:
            return said("Users:\n" + "".join(f"\t{user} running\n" for user in users(handset)))
        case ["path", name] if name in handset.packages:
            return said(f"package:/data/app/~~AAAAAAAAAAAAAAAAAAAAAA==/{name}-1/base.apk\n")
        case ["path", _]:
            return Reply(1)
        case ["uninstall", *_, name]:
            handset.installed.pop(name, None)
            known = handset.packages.pop(name, None) is not None
            return (
                said("Success\n") if known else failed("Failure [DELETE_FAILED_INTERNAL_ERROR]\n")
            )
        case _:
            return failed(f"Unknown command: {' '.join(words[:1])}\n", 255)


def _cmd(handset: SimulatedHandset, words: Sequence[str]) -> Reply:
    match words:
        case ["package", *rest]:
            return _pm(handset, rest)
        case ["settings", *rest]:
            return _settings(handset, rest)
        case ["wifi", *rest]:
            return wifi(handset, rest)
        case _:
            return failed(f"cmd: Can't find service: {' '.join(words[:1])}\n", 20)


def _svc(handset: SimulatedHandset, words: Sequence[str]) -> Reply:
    match words:
        case ["power", "stayon", "true" | "false" | "usb" | "ac" | "wireless" as when]:
            bits = {"true": "7", "false": "0", "ac": "1", "usb": "2", "wireless": "4"}
            handset.settings["global", "stay_on_while_plugged_in"] = bits[when]
            return Reply()
        case _:
            return failed("usage: svc power stayon [true|false|usb|ac|wireless]\n")


def _am(_handset: SimulatedHandset, words: Sequence[str]) -> Reply:
    match words:
        case ["start", *rest] if rest:
            return said(f"Starting: Intent {{ {' '.join(rest)} }}\n")
        case ["broadcast" | "force-stop", *_]:
            return Reply()
        case _:
            return failed("Error: bad arguments\n", 255)


def _service(handset: SimulatedHandset, words: Sequence[str]) -> Reply:
    match words:
        case ["call", "iphonesubinfo", code, *rest] if code.isascii() and code.isdigit():
            return said(_phone_information(handset, int(code), rest))
        case ["call", name, *_]:
            return said(f"service: Service {name} does not exist\n")
        case _:
            return failed("service: bad arguments\n", 10)


def _phone_information(handset: SimulatedHandset, code: int, words: Sequence[str]) -> str:
    """Answer IPhoneSubInfo; Android 12 put a method in, which moved those behind it by one."""
    of_phone = 4 if handset.sdk >= _ANDROID_12 else 3
    if code not in (1, of_phone):
        return parcel.text_reply(None)
    if _SHELL_PACKAGE not in words:
        return parcel.refused_reply(_REFUSED)
    match words:
        case ["i32", index, *_] if code == of_phone and index.isdecimal():
            return parcel.text_reply(_imei(handset, int(index[:9])))
        case _:
            return parcel.text_reply(_imei(handset, 0))


def _imei(handset: SimulatedHandset, index: int) -> str | None:
    return handset.imeis[index] if index < len(handset.imeis) else None


def _silent(_handset: SimulatedHandset, _words: Sequence[str]) -> Reply:
    return Reply()


def _logcat(_handset: SimulatedHandset, words: Sequence[str]) -> Reply:
    return Reply() if "-c" in words or "-d" in words else unknown("logcat")


ANDROID: Mapping[str, Program] = {
    **CONDITION,
    "getprop": _getprop,
    "settings": _settings,
    "pm": _pm,
    "cmd": _cmd,
    "svc": _svc,
    "input": _silent,
    "am": _am,
    "logcat": _logcat,
    "service": _service,
}
