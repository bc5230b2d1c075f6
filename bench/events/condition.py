"""In which state a handset is, as it says itself: battery, boot chain, owners, set-up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HandsetCondition:
    """What a handset says of its state; None or "" where it does not say. Every text is `plain`.

    `battery` is in percent, and `charging` also says yes of a full one on the cable. Accounts and
    users are counted on the handset: no name of one is ever asked for.

    From AOSP and public sources that agree (the enrolment notes, section 5): encryption, boot
    chain, Knox fuse, `oem_unlock_allowed` (may be missing from SDK 36 on), `device_owner`.
    Not confirmed on a real handset: the battery, both counts, both set-up flags, `sales_code`,
    `oem_unlock_supported`, and `boot_id`. A handset that was tampered with can say anything.
    """

    sdk: int | None = None
    battery: int | None = None
    charging: bool | None = None
    encryption_state: str = ""
    """`ro.crypto.state`: `encrypted`, `unencrypted`, `unsupported`."""
    encryption_type: str = ""
    """`ro.crypto.type`: `file`, `block`, `none`."""
    boot_completed: bool | None = None
    verified_boot: str = ""
    """`ro.boot.verifiedbootstate`: `green`, `yellow`, `orange`, `red`."""
    bootloader_locked: bool | None = None
    knox_tripped: bool | None = None
    """Whether the fuse is blown: it never recovers."""
    oem_unlock_allowed: bool | None = None
    oem_unlock_supported: bool | None = None
    sales_code: str = ""
    """Samsung's region of sale (CSC), such as `EUX`."""
    accounts: int | None = None
    users: int | None = None
    device_owner: bool | None = None
    """Whether a management app owns the handset."""
    provisioned: bool | None = None
    """Whether the set-up wizard is done, for the handset."""
    setup_complete: bool | None = None
    """Whether the set-up wizard is done, for its first user."""
    boot_id: str = ""
    """The kernel's, 36 characters, new with every start: another one means that it restarted."""
