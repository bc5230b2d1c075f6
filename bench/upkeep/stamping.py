"""Once a day a time-stamping authority puts its time on the record's newest head.

So the head was there by then, whoever runs the bench's clock, and the witnesses'.
"""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench.custody.database import Connect, told
from bench.custody.ledger import Ledger
from bench.custody.proof.note import SignedNote
from bench.custody.time_stamps import Stamped, TimeStamp, check_newest, stamped_text
from bench.ports import Clock
from bench.problems import Problem, ProblemCode, ProblemError
from bench.upkeep.notice import Notice
from bench.upkeep.plan import Rhythm
from bench.upkeep.training import refuse_to_leave

if TYPE_CHECKING:
    from bench.custody.proof.timestamp import Authority

DAY = timedelta(days=1)


def read_authority(url: str, roots: Path) -> Authority:
    """Return the authority at `url` whose certificate leads to one of those in the PEM file.

    `ProblemError` (TIMESTAMP_FAILED) where there are none.
    """
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415 - where it is set

    from bench.custody.proof.timestamp import Authority  # noqa: PLC0415 - loads rfc3161-client

    try:
        return Authority(url, tuple(load_pem_x509_certificates(roots.read_bytes())))
    except (OSError, ValueError) as error:
        problem = Problem(ProblemCode.TIMESTAMP_FAILED, roots.name, str(error))
        raise ProblemError(problem) from error


class Stamping:
    """The time stamps of one record; of heads that a witness cosigned, if it is `witnessed`."""

    def __init__(
        self,
        authority: Authority,
        ledger: Ledger,
        clock: Clock,
        notice: Notice,
        connect: Connect,
        *,
        witnessed: bool,
    ) -> None:
        self._authority = authority
        self._where = urlsplit(authority.url).hostname or authority.url
        self._ledger = ledger
        self._clock = clock
        self._notice = notice
        self._connect = connect
        self._witnessed = witnessed

    async def follow(self, rhythm: Rhythm) -> None:
        """See to it, until cancelled."""
        while True:
            await self.see_to_it()
            await asyncio.sleep(rhythm.look)

    async def see_to_it(self) -> None:
        """Have the newest head stamped if none was for a day, or say what stands in the way."""
        try:
            refuse_to_leave(self._ledger.header, self._authority.url, self._where)
            head = self._ledger.last_checkpoint(cosigned=self._witnessed)
            if head and self._is_due(await asyncio.to_thread(self._last), head.size):
                token = await asyncio.to_thread(self._asked, head.note)
                self._ledger.keep_time_stamp(TimeStamp(head.size, token))
        except ProblemError as error:
            self._notice.show(error.problem)
        else:
            self._notice.show(None)

    def _is_due(self, last: Stamped | None, size: int) -> bool:
        """Whether this head is to be stamped; a stamp that does not hold does not count."""
        if last is None or last.at is None:
            return True
        return size > last.size and self._clock.moment().at - last.at >= DAY

    def _last(self) -> Stamped | None:
        path = self._ledger.path
        with told(path), closing(self._connect(path)) as connection:
            return check_newest(connection, self._authority.roots)

    def _asked(self, note: SignedNote) -> bytes:
        """On a thread: return a time stamp that holds."""
        from bench.custody.proof import timestamp as stamps  # noqa: PLC0415 - loads rfc3161-client

        text = stamped_text(note)
        query = stamps.request(text)
        try:
            reply = stamps.fetch(self._authority.url, query.der, deadline=self._authority.deadline)
            stamps.check(reply, text, self._authority.roots, query.nonce)
        except stamps.TimestampError as error:
            problem = Problem(ProblemCode.TIMESTAMP_FAILED, self._where, str(error))
            raise ProblemError(problem) from error
        return reply
