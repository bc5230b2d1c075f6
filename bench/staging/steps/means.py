"""What a step is carried out with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.events.device import HandsetIdentity
from bench.events.enrolment import ShownCode
from bench.ports import Handset, Management, Progress, Secrets, Uploads
from bench.staging.steps.answers import Answers, Earlier


@dataclass(frozen=True, slots=True)
class Means:
    """The profile and handset that a step is of, and what a bench has for it.

    `handset` is None where the handset has no connection; `management` where the bench has no
    service to ask. `show` puts a code up in the handset's slot, None takes it down. `now` is UTC,
    `since` when the handset was met, and `pause` the seconds between two looks at the service.
    `answers` are what the service says in this step, `earlier` what it had before the run.
    """

    profile: EnrolmentProfile
    identity: HandsetIdentity
    handset: Handset | None
    progress: Progress
    show: Callable[[ShownCode | None], None]
    secrets: Secrets
    management: Management | None = None
    uploads: Uploads | None = None
    since: datetime | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    pause: float = 1.0
    quoted_ssid: bool = False
    answers: Answers = field(default_factory=Answers)
    earlier: Earlier = field(default_factory=Earlier)

    def service_now(self) -> datetime:
        """Return this moment by the service's clock, UTC; by this computer's without a service."""
        return self.management.now() if self.management else self.now()

    def met_at(self) -> datetime | None:
        """Return when the handset was met, by the service's clock; None where nobody knows."""
        return self.since + (self.service_now() - self.now()) if self.since else None
