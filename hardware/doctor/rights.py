"""Who may open a node, and through what: its mode, its owners, and its access list. Pure.

Decided here and not asked of the kernel, so that the way in can be named: an entry that the seat
gives is gone when the person leaves, a group is not. Sources: acl(5), "Access check algorithm";
Linux `include/uapi/linux/posix_acl_xattr.h` for the form of the list.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hardware.doctor.machine import Account

ACL = "system.posix_acl_access"
"""The extended attribute that holds the list."""
_VERSION = 2
_HEADER, _ENTRY = struct.Struct("<I"), struct.Struct("<HHI")
_USER, _GROUP_OWNER, _GROUP, _MASK, _OTHER = 0x02, 0x04, 0x08, 0x10, 0x20
_READ_WRITE = 0o6
_GROUP_BITS = 0o070
"""They show a list's mask; where it is nothing the kernel does not look at the list at all (Linux
`fs/namei.c`, `acl_permission_check`)."""


class Way(StrEnum):
    """Through what an account may read and write a node."""

    ROOT = "as root"
    OWNER = "as its owner"
    SEAT = "through the seat"
    GROUP = "through a group"
    EVERYONE = "as everyone may"
    NONE = "not at all"


@dataclass(frozen=True, slots=True)
class Rights:
    """What a node says of who may open it; `acl` is the raw list, empty where it has none."""

    owner: int
    group: int
    mode: int
    acl: bytes = b""

    @property
    def open_to_all(self) -> bool:
        """Whether every account may read and write it."""
        return _allows(self.mode)


def way_in(rights: Rights, account: Account) -> Way:
    """Return through what the account may both read and write."""
    if account.user == 0:
        return Way.ROOT
    if account.user == rights.owner:
        return _if(_allows(rights.mode >> 6), Way.OWNER)
    entries = tuple(_entries(rights.acl)) if rights.mode & _GROUP_BITS else ()
    mask = next((may for tag, may, _ in entries if tag == _MASK), 0o7)
    for tag, may, who in entries:
        if tag == _USER and who == account.user:
            return _if(_allows(may & mask), Way.SEAT)
    groups = _groups(rights, entries, mask)
    if mine := [may for group, may in groups if group in account.groups]:
        return _if(any(map(_allows, mine)), Way.GROUP)
    return _if(_allows(rights.mode), Way.EVERYONE)


def _groups(
    rights: Rights, entries: tuple[tuple[int, int, int], ...], mask: int
) -> Iterator[tuple[int, int]]:
    """Yield each group that is named, and what it may; with a list, the mode shows its mask."""
    if not entries:
        yield rights.group, rights.mode >> 3
    for tag, may, who in entries:
        if tag in (_GROUP, _GROUP_OWNER):
            yield rights.group if tag == _GROUP_OWNER else who, may & mask


def _entries(acl: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield tag, permission and id of each entry; a list in another form has none."""
    body = acl[_HEADER.size :]
    if acl[: _HEADER.size] == _HEADER.pack(_VERSION) and len(body) % _ENTRY.size == 0:
        yield from _ENTRY.iter_unpack(body)


def _allows(mode: int) -> bool:
    return mode & _READ_WRITE == _READ_WRITE


def _if(allowed: bool, way: Way) -> Way:  # noqa: FBT001 - it reads as the sentence it is
    return way if allowed else Way.NONE
