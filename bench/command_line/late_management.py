"""The management service of the settings, made when it is first asked.

So that a secret which is missing, or an address that is wrong, keeps no bench from opening: who
asks is told, and asks again once that was mended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.enrolment.intune.intune import Intune
    from bench.events.management import EnrolmentContent, ManagedHandset
    from bench.identity.identifiers import Imei, SerialNumber
    from bench.ports import ManagementAddress


class LateManagement:
    """Implements `ports.Management`; made on the bench's loop, used and closed there.

    `address` says where the service is, on a thread: it may read a secret, and raise what it lacks.
    """

    def __init__(
        self, address: Callable[[], ManagementAddress], made: Callable[[ManagementAddress], Intune]
    ) -> None:
        self._address = address
        self._made = made
        self._intune: Intune | None = None
        self._making = asyncio.Lock()

    async def find(
        self, serial: SerialNumber | None, imeis: tuple[Imei, ...]
    ) -> ManagedHandset | None:
        """Return the handset of that serial number or of one of those IMEIs; None: not seen yet."""
        return await (await self._service()).find(serial, imeis)

    async def content(self, profile: str) -> EnrolmentContent:
        """Return what handsets are enrolled with under the profile of that name there."""
        return await (await self._service()).content(profile)

    def now(self) -> datetime:
        """Return this moment by the service's clock, UTC; this computer's while it has not said."""
        return self._intune.now() if self._intune else datetime.now(UTC)

    async def close(self) -> None:
        """End what is asked, and let go of the connection."""
        if self._intune:
            await self._intune.close()

    async def _service(self) -> Intune:
        async with self._making:
            if self._intune is None:
                self._intune = self._made(await asyncio.to_thread(self._address))
            return self._intune
