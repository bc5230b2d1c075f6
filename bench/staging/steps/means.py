"""What a step is carried out with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.events.device import HandsetIdentity
from bench.events.enrolment import ShownCode
from bench.ports import Handset, Management, Progress, Secrets, Uploads


@dataclass(frozen=True, slots=True)
class Means:
    """The profile and handset that a step is of, and what a bench has for it.

    `handset` is None where the handset has no connection; `management` where the bench has no
    service to ask. `show` puts a code up in the handset's slot, None takes it down. `now` is UTC,
    `since` when the handset was met, and `pause` the seconds between two looks at the service.
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
