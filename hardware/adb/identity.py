"""Who a handset is and in which state, asked in one command line and read from its answer. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bench.events.device import HandsetIdentity
from bench.identity.identifiers import IdentifierError, Imei, SerialNumber
from bench.identity.plain import plain
from hardware.adb import condition
from hardware.adb.inquiry import answers, command_line, unread

_SERIAL = "getprop ro.serialno"
_BOOT_SERIAL = "getprop ro.boot.serialno"
_MODEL = "getprop ro.product.model"
_BUILD = "getprop ro.build.display.id"
_ANDROID = "getprop ro.build.version.release"
_PATCH = "getprop ro.build.version.security_patch"
_FIRST = "service call iphonesubinfo 1 s16 com.android.shell"
_SECOND_OLD = "service call iphonesubinfo 3 i32 1 s16 com.android.shell"
_SECOND = "service call iphonesubinfo 4 i32 1 s16 com.android.shell"
"""First IMEI; second up to Android 11; second from Android 12 on, which numbers its calls anew.

The numbers follow the order of the methods in AOSP `IPhoneSubInfo.aidl`, and makers may differ:
therefore only what is an IMEI by itself is taken for one.
"""
_LAST_OLD = 30
"""The SDK of Android 11."""
_ASKED = (
    *(_SERIAL, _BOOT_SERIAL, _MODEL, _BUILD, _ANDROID, _PATCH, _FIRST, _SECOND_OLD, _SECOND),
    *condition.ASKED,
)


def question(mark: str) -> str:
    """Return the command line that asks everything; each part ends in a line of `mark`."""
    return command_line(_ASKED, mark)


def read_answer(out: str, mark: str) -> HandsetIdentity:
    """Return the identity in an answer; no usable serial number is IDENTITY_UNREAD."""
    said = answers(_ASKED, out, mark)
    state = condition.read_condition(said)
    is_old = state.sdk is not None and state.sdk <= _LAST_OLD
    dumps = (said[_FIRST], said[_SECOND_OLD if is_old else _SECOND])
    return HandsetIdentity(
        serial=_serial((said[_SERIAL], said[_BOOT_SERIAL])),
        imeis=tuple(dict.fromkeys(_imeis(dumps))),
        model=plain(said[_MODEL]),
        build=plain(said[_BUILD]),
        android=plain(said[_ANDROID]),
        patch=plain(said[_PATCH]),
        condition=state,
    )


def parcel_text(dump: str) -> str:
    """Return the text that `service call` shows between quotes, without dots and white space.

    Each line shows 16 bytes in hexadecimal and once more as characters between single quotes, a
    dot for what has no character; a text of 16-bit characters has a dot behind each of its own.
    """
    shown = re.findall(r"'(.*)'", dump)
    return re.sub(r"[.\s]", "", "".join(shown))


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
