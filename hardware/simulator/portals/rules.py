"""What a portal takes: names of columns, rows of a file, handsets of an account. Values only.

None of it is confirmed but by the guides and tools named; obtain the portal's own template.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PortalRules:
    """The rules of one portal.

    `imeis` and `serials` are the titles of the columns that name a handset, in lower case; a file
    without any of them has no header, and its first column is the IMEI where `takes_bare` says so.
    `rows` and `account` are the most of a file and of a customer, 0 for no limit known.
    """

    name: str
    imeis: tuple[str, ...]
    serials: tuple[str, ...] = ("serial", "serial number", "serialnumber")
    takes_bare: bool = False
    rows: int = 0
    account: int = 0


KNOX = PortalRules(
    "knox", ("imei", "imei/meid", "imei or meid", "device id", "deviceid"),
    takes_bare=True, account=10_000,
)  # fmt: skip
"""Source: Samsung, KME getting started, enroll-your-devices (10,000 of an account unless support
raises it); Knox Configure's guide (one device id per row). The titles are not confirmed."""
ZERO_TOUCH = PortalRules("zero-touch", ("modemid",), ("serial",), rows=999)
"""Source: open tools of third parties for `modemtype,modemid,serial,…` and for 999 rows; not
confirmed by Google."""
