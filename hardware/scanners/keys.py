"""Key presses of a scanner that is a keyboard, read as a US layout: pure, no I/O.

A scanner presses keys, and the kernel tells which ones, before any layout (Linux
`input-event-codes.h`; the codes follow the USB HID Usage Tables, page 0x07). So the scanner's own
"country" must be US, as it is from the factory. A keyboard has no key for GS, nor for most letters
beyond ASCII: scanners press Control and `]`, or Alt and digits, where they are set to, and leave
the character out where they are not.
"""

from __future__ import annotations

from contextlib import suppress

KEY_ENTER, KEY_TAB, KEY_KPENTER, KEY_CAPSLOCK = 28, 15, 96, 58
SHIFTS, CONTROLS, ALTS = {42, 54}, {29, 97}, {56, 100}
_OTHERS = {125, 126, 69}
"""The logo keys, which some scanners hold beside Alt, and NumLock: they change no character here,
because digits of the keypad are digits."""

_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
)
"""Code of the first key of a row, and what its keys say without and with Shift."""
_KEYPAD = {71: "7", 72: "8", 73: "9", 75: "4", 76: "5", 77: "6", 79: "1", 80: "2", 81: "3", 82: "0",
           83: ".", 55: "*", 98: "/", 74: "-", 78: "+"}  # fmt: skip
_PLAIN = {first + n: said for first, row, _ in _ROWS for n, said in enumerate(row)} | _KEYPAD
_SHIFTED = {first + n: said for first, _, row in _ROWS for n, said in enumerate(row)} | _KEYPAD
_ENDS = {KEY_ENTER: "\r", KEY_KPENTER: "\r", KEY_TAB: "\t"}
RELEASED, PRESSED = 0, 1
_CONTROL_RANGE = range(0x40, 0x60)
"""With Control a letter or one of `@[\\]^_` is a control character (ISO/IEC 646): GS is `]`."""
_WITHOUT_SHIFT = {"2": "@", "6": "^", "-": "_"}
"""Scanners leave Shift out where Control is held."""
_ALT_LONGEST = 4


class UnknownKeyError(ValueError):
    """A key was pressed that says nothing in a US layout, so that a character is missing."""


class Keys:
    """The keys of one keyboard: what is held now, and Caps Lock as its own key has set it.

    The lock of the desktop's keyboards is theirs: a grabbed keyboard does not know it.
    """

    def __init__(self) -> None:
        self._held: set[int] = set()
        self._is_locked = False
        self._alt = ""

    def press(self, code: int, value: int) -> str:
        """Take what happened to a key: 0 released, 1 pressed, 2 repeated; return what it says.

        A repeat says nothing: it is the kernel's, when a scanner lets go late.

        Raises:
            UnknownKeyError: what it says is not known, and what was scanned is not whole.
        """
        if code in SHIFTS | CONTROLS | ALTS:
            return self._modify(code, value)
        if value != PRESSED or code in _OTHERS:
            return ""
        if code == KEY_CAPSLOCK:
            self._is_locked = not self._is_locked
            return ""
        if self._held & ALTS:
            return self._with_alt(code)
        return self._control(code) if self._held & CONTROLS else self._said(code)

    def release_all(self) -> None:
        """Forget what is held: presses or releases were lost."""
        self._held.clear()
        self._alt = ""

    def _modify(self, code: int, value: int) -> str:
        if value != RELEASED:
            self._held.add(code)
            return ""
        self._held.discard(code)
        return self._alt_said() if code in ALTS else ""

    def _said(self, code: int) -> str:
        if code in _ENDS:
            return _ENDS[code]
        is_shifted = bool(self._held & SHIFTS)
        plain = _PLAIN.get(code, "")
        if plain.isalpha():
            is_shifted ^= self._is_locked
        said = _SHIFTED.get(code) if is_shifted else plain
        if not said:
            raise UnknownKeyError(f"key {code} says nothing in a US layout")
        return said

    def _control(self, code: int) -> str:
        said = self._said(code)
        place = ord(_WITHOUT_SHIFT.get(said, said.upper()))
        if place not in _CONTROL_RANGE:
            raise UnknownKeyError(f"key {code} with Control says nothing")
        return chr(place - 0x40)

    def _with_alt(self, code: int) -> str:
        """Alt and digits of the keypad is a character's number, as on Windows."""
        digit = _KEYPAD.get(code, "")
        if not digit.isdigit() or len(self._alt) == _ALT_LONGEST:
            raise UnknownKeyError(f"key {code} with Alt says nothing")
        self._alt += digit
        return ""

    def _alt_said(self) -> str:
        """With a leading 0 the number is one of Windows-1252, without one of code page 437."""
        digits, self._alt = self._alt, ""
        if not digits:
            return ""
        page = "cp1252" if digits[0] == "0" or int(digits) < 32 else "cp437"  # noqa: PLR2004 - space
        with suppress(ValueError, OverflowError):
            return bytes([int(digits)]).decode(page)
        raise UnknownKeyError(f"Alt and {digits} is no character")
