"""What a handset says of its Wi-Fi, read from its answers. Pure.

Source: AOSP `WifiShellCommand.java`, Android 11 to 14. Its exit code says nothing: up to Android 11
it is 255 whatever happened. `-h` for a hidden network is known from Android 13 on (before, it is
told as ignored). None of this was tried on a real handset.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from bench.identity.plain import plain
from bench.ports import ShellReply

_CONNECTED = re.compile(r"^Wifi is connected to (.*?)\r?$", re.MULTILINE)
_UNTOLD = "<unknown ssid>"
_LONGEST = 160
_MASK = "•••"
_SHORTEST_PART = 4
_NOT_ALLOWED = (
    "it does not let its shell join a network: join it by hand, or by the code at its set-up"
)
_TOO_OLD = (
    "it cannot be told to join a network before Android 11: join it by hand, or by the code at its"
    " set-up"
)
_REFUSALS = (
    ("Can't find service: wifi", _TOO_OLD),
    ("does not have access to", _TOO_OLD),
    ("inaccessible or not found", _TOO_OLD),
    ("SecurityException", _NOT_ALLOWED),
    ("Connection failed", "it did not take the network: have its name and security checked"),
    ("Invalid args", "it did not understand the network: have its name and security checked"),
    ("Unknown command", _TOO_OLD),
)
"""What a refusal contains, and what it means: the first that fits."""


@dataclass(frozen=True, slots=True)
class WifiState:
    """Whether a handset's Wi-Fi is on, and on which network it is (None: on none).

    `is_told` is False where the answer is none of the known ones.
    """

    is_on: bool = False
    network: str | None = None
    is_told: bool = True

    def __str__(self) -> str:
        """What a technician is told of it."""
        if not self.is_told:
            return "it does not say whether it is on a network"
        if self.network == _UNTOLD:
            return "it is on a network and does not say on which: switch its location on"
        if self.network is not None:
            return f"it is on {plain(self.network)}"
        return "it is on no network" if self.is_on else "its Wi-Fi is off"


def read_state(out: str) -> WifiState:
    """Return the state in an answer to `cmd wifi status`.

    A network's name can hold line ends: of several names none is taken but one they all agree on.
    """
    names = {_unquoted(name) for name in _CONNECTED.findall(out)}
    if names:
        return WifiState(is_on=True, network=names.pop() if len(names) == 1 else None)
    if "Wifi is disabled" in out:
        return WifiState()
    return WifiState(is_on=True, is_told="Wifi is not connected" in out)


def refused(reply: ShellReply, password: str) -> str:
    """Return why `cmd wifi connect-network` began nothing; "" where it may have.

    No answer in time is no refusal. `password` is masked wherever the handset repeats it.
    """
    text = f"{reply.err}\n{reply.out}"
    known = next((words for said, words in _REFUSALS if said in text), "")
    if known or "Exception" not in text:
        return known
    return plain(without(text, password).strip(), _LONGEST)


def without(text: str, password: str) -> str:
    """Return a text with the password masked, quoted for a shell too, and every long part of it.

    Parts are what a shell that misread the quotes would have taken for words; one of fewer than
    four characters tells too little of a password, and would mask too much.
    """
    parts = {part for part in re.split(r"['\"\s]+", password) if len(part) >= _SHORTEST_PART}
    for known in sorted({password, shlex.quote(password), *parts} - {"", "''"}, key=len)[::-1]:
        text = text.replace(known, _MASK)
    return text


def _unquoted(name: str) -> str:
    is_quoted = len(name) > 1 and name.startswith('"') and name.endswith('"')
    return name[1:-1] if is_quoted else name
