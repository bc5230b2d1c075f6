"""What a WPA password may be: the one rule for a code and for a network joined over ADB.

Source: IEEE 802.11-2020, annex J.4: a passphrase of 8 to 63 ASCII characters (32 to 126), or the
key itself as 64 hexadecimal digits. Who can be given a key says so itself: a handset's shell takes
passphrases only (AOSP `WifiShellCommand`).
"""

from __future__ import annotations

SHORTEST, LONGEST = 8, 63
_KEY = 64
_HEX = frozenset("0123456789abcdefABCDEF")


def wrong_with_passphrase(text: str) -> str:
    """Return what keeps a text from being a WPA passphrase, without anything of it; "" for nothing.

    The words go on from what names it: "the Wi-Fi password …".
    """
    if not text.isprintable():
        return "has a line end or another character that nobody can type"
    if not text.isascii():
        return "has letters that WPA does not know"
    if not SHORTEST <= len(text) <= LONGEST:
        return f"is not {SHORTEST} to {LONGEST} characters long"
    return ""


def is_key(text: str) -> bool:
    """Whether it is a WPA key in hexadecimal, which is no passphrase."""
    return len(text) == _KEY and set(text) <= _HEX
