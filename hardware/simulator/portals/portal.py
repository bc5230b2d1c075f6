"""A portal of one customer: files are handed in, handsets approved, and each gets its profile."""

from __future__ import annotations

from dataclasses import dataclass

from hardware.simulator.portals.rules import PortalRules
from hardware.simulator.portals.upload import Named, RefusedRow, read_upload
from hardware.simulator.wizard.surroundings import PortalProfile


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a file: how many handsets were taken, and the rows that were not."""

    taken: int
    refused: tuple[RefusedRow, ...] = ()


class Portal:
    """Knows handsets by what was handed in; none gets a profile before it was approved.

    `profile` is what every approved handset is assigned; None: none is assigned yet.
    """

    def __init__(self, rules: PortalRules, profile: PortalProfile | None = None) -> None:
        self.rules = rules
        self.profile = profile
        self._listed: dict[str, Named] = {}
        """Each under every name that it goes by."""
        self._approved: set[str] = set()
        """The keys of those that the customer approved."""
        self._keys: set[str] = set()

    @property
    def known(self) -> frozenset[str]:
        """The IMEIs (or serial numbers) of all that were handed in."""
        return frozenset(self._keys)

    def hand_in(self, data: bytes) -> Receipt:
        """Take a file in, row by row; raises `FileRefusedError` where nothing of it was taken."""
        refused: list[RefusedRow] = []
        taken = 0
        for row in read_upload(data, self.rules):
            reason = row.reason if isinstance(row, RefusedRow) else self._why_not(row)
            if reason or isinstance(row, RefusedRow):
                refused.append(RefusedRow(row.row, reason))
                continue
            self._listed |= dict.fromkeys(row.names, row)
            self._keys.add(row.key)
            taken += 1
        return Receipt(taken, tuple(refused))

    def approve(self) -> int:
        """Let the customer approve all that was handed in; return how many those were."""
        count = len(self._keys - self._approved)
        self._approved |= self._keys
        return count

    def remove(self, name: str) -> None:
        """Strike a handset off by its IMEI or serial number; one that is not known is no error."""
        if named := self._listed.get(name):
            self._keys.discard(named.key)
            self._approved.discard(named.key)
            for each in named.names:
                del self._listed[each]

    def profile_for(self, serial: str, imeis: tuple[str, ...]) -> PortalProfile | None:
        """Return the profile of a handset that asks once it is on line, None without one."""
        mine = (self._listed.get(name) for name in (serial, *imeis))
        is_approved = any(named and named.key in self._approved for named in mine)
        return self.profile if is_approved else None

    def _why_not(self, named: Named) -> str:
        if any(name in self._listed for name in named.names):
            return "this handset was handed in before"
        if self.rules.account and len(self._keys) >= self.rules.account:
            return f"the account has room for {self.rules.account} handsets only"
        return ""
