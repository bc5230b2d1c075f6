"""Whether somebody sits at this computer, and what that opens to this account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bench.checks import Answer
from bench.identity.plain import plain
from hardware.doctor.machine import Account, Machine
from hardware.doctor.plugged import Kind, Plugged
from hardware.doctor.rights import Way, way_in

_LOGIND = "/run/systemd/seats"
_USERS = "/run/systemd/users"
"""A file for each account that is signed in; what sd_uid_get_seats(3) reads (systemd,
src/libsystemd/sd-login/sd-login.c). A desktop's session may leave XDG_SEAT out."""
_SEATS = ("ACTIVE_SEATS", "SEATS")
_NAMED = 4
"""Nodes named in a line; of more, how many."""
_NOTHING = {
    Kind.HANDSET: "Plug one in and look again.",
    Kind.SCANNER: "Plug one in; until then codes are typed into the scan bar.",
    Kind.PRINTER: "Nothing is to do where the printer has a network cable.",
}
_OPEN = "Install the udev rules, sign in at the computer's own screen, and plug in again."
_OF_ANOTHER_MAKER = (
    "A scanner that only the settings name needs a rule of its own: see "
    "resources/help/check-this-station.md."
)
_ONE, _MANY = ("is", "are")


def seat_answer(machine: Machine, account: Account, environment: Mapping[str, str]) -> Answer:
    """Say whether this session has a seat: only then do the udev rules open anything to it."""
    if account.user == 0:
        return Answer(
            "this is root, who may open everything",
            "Run the bench as an account of its own: what works here may not work there.",
            note=True,
        )
    if seat := environment.get("XDG_SEAT"):
        return Answer(f"this session is at {seat}")
    active, any_seat = (_seats(machine, account, word) for word in _SEATS)
    if active:
        return Answer(f"this account is at {active}")
    if any_seat:
        return Answer(
            f"this account is signed in at {any_seat}, where another session is in front: "
            "the udev rules open nothing to it",
            "Switch back to its session.",
            note=True,
        )
    if any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_TTY")):
        said = "this session is over ssh, which has no seat"
    elif machine.has(_LOGIND):
        said = "this session has no seat"
    else:
        said = "nothing gives seats here: systemd-logind does not run"
    return Answer(
        f"{said}: the udev rules open nothing to it",
        "Sign in at the computer's own screen, or let a group open the nodes.",
        note=True,
    )


def access_answer(kind: Kind, plugged: Iterable[Plugged], account: Account) -> Answer:
    """Say which of the nodes of this kind the account may use, and through what."""
    nodes = [each for each in plugged if each.kind is kind]
    if not nodes:
        return Answer(f"no {kind} is plugged in: not tried", _NOTHING[kind], note=True)
    ways = [_way(each, account) for each in nodes]
    if closed := [each for each, way in zip(nodes, ways, strict=True) if way is Way.NONE]:
        return Answer(
            f"{_named(closed)} {_ONE if len(closed) == 1 else _MANY} closed to this account",
            f"{_OPEN} {_OF_ANOTHER_MAKER}" if kind is Kind.SCANNER else _OPEN,
        )
    count = f"{len(nodes)} {kind}{'' if len(nodes) == 1 else 's'}"
    if exposed := [each for each in nodes if each.rights and each.rights.open_to_all]:
        return Answer(
            f"{count}, but every account of this computer may use {_named(exposed)}",
            'Look in /etc/udev/rules.d for MODE="0666" and remove that rule.',
        )
    said = " and ".join(dict.fromkeys(ways))
    return Answer(f"{count}, open to this account {said}")


def _seats(machine: Machine, account: Account, word: str) -> str:
    """Return the seats of an account as the file about it names them; empty where it has none."""
    for line in (machine.text(f"{_USERS}/{account.user}") or "").splitlines():
        name, _, seats = line.partition("=")
        if name == word:
            return plain(seats.strip())
    return ""


def _way(each: Plugged, account: Account) -> Way:
    return way_in(each.rights, account) if each.rights else Way.NONE


def _named(nodes: list[Plugged]) -> str:
    more = f" and {len(nodes) - _NAMED} more" if len(nodes) > _NAMED else ""
    return ", ".join(f"{each.where} ({each.node})" for each in nodes[:_NAMED]) + more
