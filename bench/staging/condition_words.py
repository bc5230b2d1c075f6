"""A handset's condition in a few words each, what to look at first among them."""

from __future__ import annotations

from bench.events.condition import HandsetCondition
from bench.events.device import HandsetIdentity
from bench.events.modem import ModemIdentity


def condition_words(identity: HandsetIdentity) -> tuple[str, ...]:
    """Return what is to be said of a handset: warnings, then battery, software and set-up."""
    said = (*_warnings(identity.condition), *_battery(identity.condition), *_software(identity))
    return tuple(word for word in said if word)


def foreseen_words(identity: ModemIdentity) -> tuple[str, ...]:
    """Return what is to be said of a handset that is known by its modem only."""
    lock, region = identity.lock, identity.sales_code
    said = (
        "locked by its last owner" if identity.reactivation_locked else "",
        f"network lock {lock}" if lock not in ("", "NONE") else "",
        f"region {region}" if region else "",
        f"software {identity.firmware.ap}" if identity.firmware.ap else "",
    )
    return tuple(word for word in said if word)


def _warnings(condition: HandsetCondition) -> tuple[str, ...]:
    boot = condition.verified_boot
    return (
        "Knox fuse blown" if condition.knox_tripped else "",
        "bootloader unlocked" if condition.bootloader_locked is False else "",
        f"boot chain {boot}" if boot not in ("", "green") else "",
        "storage not encrypted" if condition.encryption_state == "unencrypted" else "",
        "OEM unlock allowed" if condition.oem_unlock_allowed else "",
        "has an owner" if condition.device_owner else "",
        _counted(condition.accounts, "account", usual=0),
        _counted(condition.users, "user", usual=1),
    )


def _battery(condition: HandsetCondition) -> tuple[str, ...]:
    if condition.battery is None:
        return ()
    return (f"battery {condition.battery} %{', charging' if condition.charging else ''}",)


def _software(identity: HandsetIdentity) -> tuple[str, ...]:
    condition = identity.condition
    set_up = {True: "set up", False: "not set up", None: ""}[condition.setup_complete]
    return (
        f"Android {identity.android}" if identity.android else "",
        f"patch {identity.patch}" if identity.patch else "",
        f"region {condition.sales_code}" if condition.sales_code else "",
        set_up,
    )


def _counted(count: int | None, what: str, *, usual: int) -> str:
    if count is None or count == usual:
        return ""
    return f"{count} {what}{'' if count == 1 else 's'}"
