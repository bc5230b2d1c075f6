"""What the management service of handsets says of them, in the bench's words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bench.identity.identifiers import Imei


class Compliance(StrEnum):
    """Whether a managed handset keeps to its policies; the values are Graph's `complianceState`.

    Source: Microsoft Graph, resource type `managedDevice`, `complianceState`.
    """

    UNKNOWN = "unknown"
    COMPLIANT = "compliant"
    NONCOMPLIANT = "noncompliant"
    CONFLICT = "conflict"
    ERROR = "error"
    IN_GRACE_PERIOD = "inGracePeriod"
    CONFIG_MANAGER = "configManager"


@dataclass(frozen=True, slots=True)
class ManagedHandset:
    """A handset as its management sees it; every text is `plain`, "" where it did not say.

    `name` is the one it was given there (`Staging_<serial>_…` while only staged); `mode` is how it
    was enrolled (Graph's `enrollmentProfileName`). Times are UTC.
    """

    id: str
    name: str
    serial: str
    imei: Imei | None
    model: str = ""
    mode: str = ""
    compliance: Compliance = Compliance.UNKNOWN
    enrolled_at: datetime | None = None
    synced_at: datetime | None = None


class TokenKind(StrEnum):
    """What an enrolment token is for; the values are Graph's `enrollmentTokenType`."""

    DEFAULT = "default"
    SHARED = "corporateOwnedDedicatedDeviceWithAzureADSharedMode"
    STAGING = "deviceStaging"


@dataclass(frozen=True, slots=True)
class EnrolmentContent:
    """What a handset is enrolled with: the whole text of its QR code, which holds the token.

    `profile` is the name of the enrolment profile at the service; `expires` is UTC, None where the
    service does not say. The text is a secret: no repr shows it.
    """

    text: str = field(repr=False)
    profile: str
    kind: TokenKind = TokenKind.DEFAULT
    expires: datetime | None = None
