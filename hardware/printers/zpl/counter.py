"""The printer's own count of the labels it ever printed, where it keeps one and can be trusted.

It tells what no status can: a printer that takes a label, says that it is ready, and prints none.
Older printers have no such count and do not answer; whether one counts at once is only known after
it has done so for a label. Until then its count proves nothing, and is not held against it.
Source: Zebra, P1099958, SGD `odometer.total_label_count`.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from hardware.printers.zpl.conversation import ZplConversation

_LOOK_AGAIN = 0.1
_TRIAL = 1.0
"""Seconds that the first label seen may take to be counted."""


class LabelCounter:
    """What is known of one printer's count; `patience` is how long an answer may take."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._answers = True
        self._trusted = False

    async def ask(self, printer: ZplConversation) -> int | None:
        """Return the count; None, and no second question ever, for a printer without one."""
        if not self._answers:
            return None
        try:
            async with asyncio.timeout(self._patience):
                count = await printer.label_count()
        except TimeoutError:
            count = None
        self._answers = count is not None
        return count

    async def until_risen(self, printer: ZplConversation, before: int | None) -> None:
        """Return when it has counted one more; a count that is not trusted is tried for a moment.

        Raises:
            TimeoutError: from the caller's deadline, for a trusted count that does not rise.
        """
        if before is None:
            return
        if self._trusted:
            await self._rise(printer, before)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(_TRIAL):
                await self._rise(printer, before)
                self._trusted = True
        self._answers = self._trusted

    async def _rise(self, printer: ZplConversation, before: int) -> None:
        while True:
            count = await printer.label_count()
            if count is not None and count > before:
                return
            await asyncio.sleep(_LOOK_AGAIN)
