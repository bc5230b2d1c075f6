"""Who a handset is, asked in one command and read from its answer. Pure.

One command line instead of several, because each round trip costs as much as the answer. The parts
are parted by a mark that the handset could not know when its properties were written, so no
property can pass for another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bench.events.device import HandsetIdentity
from bench.identity.identifiers import IdentifierError, Imei, SerialNumber
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

_PROPERTIES = (
    "ro.serialno",
    "ro.boot.serialno",
    "ro.product.model",
    "ro.build.display.id",
    "ro.build.version.release",
    "ro.build.version.security_patch",
    "ro.build.version.sdk",
)
_CALLS = (
    "service call iphonesubinfo 1 s16 com.android.shell",
    "service call iphonesubinfo 3 i32 1 s16 com.android.shell",
    "service call iphonesubinfo 4 i32 1 s16 com.android.shell",
)
"""First IMEI; second up to Android 11; second from Android 12 on, which numbers its calls anew.

The numbers follow the order of the methods in AOSP `IPhoneSubInfo.aidl`, and makers may differ:
therefore only what is an IMEI by itself is taken for one.
"""
_LAST_OLD = 30
"""The SDK of Android 11."""


def question(mark: str) -> str:
    """Return the command line that asks everything; each part ends in a line of `mark`."""
    asked = (*(f"getprop {name}" for name in _PROPERTIES), *_CALLS)
    return "; ".join(f"{words}; echo {mark}" for words in asked)


def read_answer(out: str, mark: str) -> HandsetIdentity:
    """Return the identity in an answer; no usable serial number is IDENTITY_UNREAD."""
    parts = [part.removesuffix("\n") for part in out.split(f"{mark}\n")]
    if len(parts) != len(_PROPERTIES) + len(_CALLS) + 1:
        raise unread("the answer was cut short")
    said = dict(zip(_PROPERTIES, parts, strict=False))
    first, second_old, second_new = parts[len(_PROPERTIES) : -1]
    second = second_old if _is_old(said["ro.build.version.sdk"]) else second_new
    return HandsetIdentity(
        serial=_serial((said["ro.serialno"], said["ro.boot.serialno"])),
        imeis=tuple(dict.fromkeys(_imeis((first, second)))),
        model=plain(said["ro.product.model"]),
        build=plain(said["ro.build.display.id"]),
        android=plain(said["ro.build.version.release"]),
        patch=plain(said["ro.build.version.security_patch"]),
    )


def parcel_text(dump: str) -> str:
    """Return the text that `service call` shows between quotes, without dots and white space.

    Each line shows 16 bytes in hexadecimal and once more as characters between single quotes, a
    dot for what has no character; a text of 16-bit characters has a dot behind each of its own.
    """
    shown = re.findall(r"'(.*)'", dump)
    return re.sub(r"[.\s]", "", "".join(shown))


def unread(detail: str) -> ProblemError:
    """Return the problem of a handset that does not say who it is."""
    return ProblemError(Problem(ProblemCode.IDENTITY_UNREAD, detail=plain(detail)))


def _serial(candidates: Iterable[str]) -> SerialNumber:
    for text in candidates:
        try:
            return SerialNumber.parse(text)
        except IdentifierError:
            continue
    raise unread("no serial number")


def _imeis(dumps: Iterable[str]) -> Iterator[Imei]:
    for dump in dumps:
        try:
            yield Imei.parse(parcel_text(dump))
        except IdentifierError:
            continue


def _is_old(sdk: str) -> bool:
    return re.fullmatch(r"[0-9]{1,3}", sdk.strip(), re.ASCII) is not None and int(sdk) <= _LAST_OLD
