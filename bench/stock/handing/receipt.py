"""The receipt of a hand-over, for whoever took handsets over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bench.stock.desk.means import Means
from bench.stock.desk.turns import Cancelled, Job, Progress
from bench.stock.handing.giving import Acceptance, Given
from bench.stock.handing.paper import Paper, keep

_TAKEN = "The handsets below were taken over by the person whose pseudonym stands here."
_THEN = (
    "The custody record holds the acceptance; this paper names nobody. Bring a handset back with "
    "its SIM and memory card taken out, and report one that is lost or stolen at once."
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was handed over, to which pseudonym, when and accepted by what."""

    to: str
    at: datetime
    accepted: Acceptance
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, to: str, given: Sequence[Given], accepted: Acceptance, at: datetime) -> Receipt:
        """Make the receipt of a hand-over."""
        rows = tuple(
            (each.box.tag, f"…{each.box.imei[-4:]}", each.box.model, each.variant) for each in given
        )
        return cls(to, at, accepted, rows)

    @property
    def paper(self) -> Paper:
        """The receipt as it is printed."""
        return Paper(
            title="Receipt of a hand-over",
            document=f"hand-over-{self.to}",
            at=self.at,
            sentences=(f"To: {self.to}. Accepted by {self.accepted}.", _TAKEN, _THEN),
            columns=("Asset tag", "IMEI", "Model", "Variant"),
            rows=self.rows,
            signs=("Name and signature of whoever took over", "Handed over by"),
        )


def receipt_job(means: Means, receipt: Receipt) -> Job:
    """Return the work that writes a receipt; its result is a `Kept`."""

    def work(progress: Progress, cancelled: Cancelled) -> object:
        kept = keep(means, receipt.paper, cancelled)
        progress(1.0)
        return kept

    return Job("Receipt of a hand-over", work)
