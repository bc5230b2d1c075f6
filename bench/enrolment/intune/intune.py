"""The management service of the bench: Intune, as `ports.Management`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Self

from bench.enrolment.intune.devices import By, Wanted
from bench.enrolment.intune.enrolling import Enrolling
from bench.enrolment.intune.exchange import Exchange, Now, utc_now
from bench.enrolment.intune.graph import Graph
from bench.enrolment.intune.looking import FILTERS, Looking
from bench.enrolment.intune.patience import Patience
from bench.enrolment.intune.pauses import Pauses
from bench.enrolment.intune.permissions import READING, Permission
from bench.enrolment.intune.remembered import Cache
from bench.enrolment.intune.tokens import Tokens
from bench.enrolment.intune.waiting import Waiting
from bench.events.management import EnrolmentContent, ManagedHandset
from bench.identity.identifiers import Imei, SerialNumber
from bench.ports import ManagementAddress


class Intune:
    """Implements `ports.Management`; made on the bench's loop, used and closed there.

    Nothing is asked, and no library loaded, before the first question. `key` returns the address's
    as it is kept now, for when it is renewed. `permissions` are those a person is asked to grant;
    `interval` the seconds between two rounds of `find`; `filters` what the service is trusted to
    filter by.
    """

    def __init__(
        self,
        address: ManagementAddress,
        *,
        cache: Cache | None = None,
        key: Callable[[], str] | None = None,
        permissions: Sequence[Permission] = READING,
        interval: float = 10.0,
        filters: Iterable[By] = FILTERS,
        patience: Patience | None = None,
        now: Now = utc_now,
    ) -> None:
        self.by_person = not address.key
        self._exchange = Exchange(address.certificates, now=now)
        pauses = partial(Pauses, patience or Patience(), self._exchange.service_now)
        self.tokens = Tokens(
            address, self._exchange, permissions=permissions, cache=cache, key=key,
            pauses=pauses(whose="the sign-in: "),
        )  # fmt: skip
        self.graph = Graph(self._exchange, address.graph, self.tokens, pauses())
        self.enrolling = Enrolling(self.graph, self._exchange)
        self._waiting = Waiting(Looking(self.graph, filters), interval)

    async def find(
        self, serial: SerialNumber | None, imeis: tuple[Imei, ...]
    ) -> ManagedHandset | None:
        """Return the handset of that serial number or of one of those IMEIs; None: not seen yet.

        It answers with the next round, at most `interval` seconds later.
        """
        if serial is None and not imeis:
            return None
        return await self._waiting.find(Wanted(serial, imeis))

    async def content(self, profile: str) -> EnrolmentContent:
        """Return what handsets are enrolled with under the profile of that name there."""
        return await self.enrolling.content(profile)

    def now(self) -> datetime:
        """Return this moment by the service's clock, in UTC; by this computer's before it answers.

        The two are never far apart: then whatever is asked ends as CLOCK_WRONG.
        """
        return self._exchange.service_now()

    async def close(self) -> None:
        """End what is asked, and let go of the connection, for good."""
        await self._waiting.close()
        await self.enrolling.close()
        await self.tokens.close()
        await self._exchange.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()
