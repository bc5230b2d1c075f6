"""The handset that was scanned, as what is done with it needs it."""

from __future__ import annotations

from bench.identity.scans import ScanReading
from bench.stock.desk.means import Means
from bench.stock.handing import meeting
from bench.stock.packing.queries import Box
from bench.stock.returns.entries import House, Subject
from bench.stock.sims.queries import sims_of_handset


def met(means: Means, reading: ScanReading) -> Subject:
    """Return the handset that was scanned; `ProblemError` where it is none, or one of several."""
    return subject(means, meeting.met(means, reading))


def subject(means: Means, box: Box) -> Subject:
    """Return a handset with what is known of it."""
    house = House(means.place("stock"), means.place("quarantine"))
    sims = sims_of_handset(means.book.connection, box.uid)
    return Subject(meeting.ref(means, box), box, sims, house)
