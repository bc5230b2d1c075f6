"""Access lists of files in the kernel's form (Linux `posix_acl_xattr.h`)."""

from __future__ import annotations

import struct

USER_OWNER, USER, GROUP_OWNER, GROUP, MASK, OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
_NOBODY = 0xFFFFFFFF


def packed(*entries: tuple[int, int, int]) -> bytes:
    """Return a list of tag, permission and id."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def access_list(seat: int, may: int = 6, mask: int = 6) -> bytes:
    """Return the list that the seat gives a node of root: one account more."""
    return packed(
        (USER_OWNER, 6, _NOBODY), (USER, may, seat), (GROUP_OWNER, 6, _NOBODY),
        (MASK, mask, _NOBODY), (OTHER, 0, _NOBODY),
    )  # fmt: skip
