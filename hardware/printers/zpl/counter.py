"""The printer's own count of the labels it ever printed, where it keeps one and can be trusted.

It tells what no status can: a printer that takes a label, says that it is ready, and prints none.
Older printers have no such count and do not answer. A label that is not counted is doubtful, and a
scan of it tells; but a printer whose count has never risen, three labels in a row, has a count that
says nothing of its labels, and is not asked for it again. One that has risen once is believed.
Source: Zebra, P1099958, SGD `odometer.total_label_count`.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from hardware.printers.zpl.conversation import ZplConversation

_LOOK_AGAIN = 0.1
_TRIAL = 2.0
"""Seconds that a label may take to be counted by a printer that has counted none yet."""
_TRIALS = 3
"""Labels in a row, from the first, that may be doubtful because a count did not rise."""


class LabelCounter:
    """What is known of one printer's count; `patience` is how long an answer may take."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._answers = True
        self._trusted = False
        self._uncounted = 0

    async def ask(self, printer: ZplConversation) -> int | None:
        """Return the count, or None; a printer that never told one is asked for it once.

        One that has is asked again where it is slow; `~HS` in between, answered in its turn, takes
        along what comes late.
        """
        if not self._answers:
            return None
        count = await self._told(printer)
        if count is None and self._trusted:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._patience):
                    await printer.host_status()
            count = await self._told(printer)
        self._answers = count is not None or self._trusted
        return count

    async def until_risen(self, printer: ZplConversation, before: int | None) -> None:
        """Return when it has counted one more, or is not asked.

        Raises:
            TimeoutError: it does not rise; from the caller's deadline, for a trusted one.
        """
        if before is None:
            return
        if self._trusted:
            await self._rise(printer, before)
            return
        try:
            async with asyncio.timeout(_TRIAL):
                await self._rise(printer, before)
        except TimeoutError:
            self._uncounted += 1
            self._answers = self._uncounted < _TRIALS
            raise
        self._trusted = True

    async def _told(self, printer: ZplConversation) -> int | None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                return await printer.label_count()
        return None

    async def _rise(self, printer: ZplConversation, before: int) -> None:
        while True:
            count = await printer.label_count()
            if count is not None and count > before:
                return
            await asyncio.sleep(_LOOK_AGAIN)
