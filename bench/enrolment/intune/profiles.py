"""Enrolment profiles as the service has them, and what of them a handset can enrol with. Pure.

Source: Microsoft Graph beta, resource type `androidDeviceOwnerEnrollmentProfile`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bench.enrolment.intune.fallback import built
from bench.enrolment.intune.fields import Row, raw, text, when, whole
from bench.enrolment.intune.troubles import WHERE, garbled
from bench.events.management import EnrolmentContent, TokenKind
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

PATH = "/deviceManagement/androidDeviceOwnerEnrollmentProfiles"
OVERVIEW = (
    "id,displayName,enrollmentMode,enrollmentTokenType,tokenCreationDateTime,"
    "tokenExpirationDateTime,enrolledDeviceCount"
)
"""What a list asks for: nothing that enrols."""
_FEW = 5
_ID_LIMIT = 100


@dataclass(frozen=True, slots=True)
class ServiceProfile:
    """An enrolment profile there; every shown text is plain, times are UTC.

    `mode` is how handsets are owned (`corporateOwnedFullyManaged` …), `enrolled` how many have come
    by it. `token` and `content` are secrets, "" in an overview and where there is none (any more).
    """

    id: str
    name: str
    mode: str
    kind: TokenKind
    enrolled: int
    made: datetime | None = None
    expires: datetime | None = None
    token: str = field(default="", repr=False)
    content: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Overview:
    """The profiles there are, and how many more cannot be read."""

    profiles: list[ServiceProfile]
    unreadable: int = 0


def overview(rows: Iterable[Row]) -> Overview:
    """Read each by itself."""
    found: list[ServiceProfile] = []
    unreadable = 0
    for row in rows:
        try:
            found.append(profile_of(row))
        except ProblemError:
            unreadable += 1
    return Overview(found, unreadable)


def entity(row: Row) -> Row:
    """Return the one profile of an answer; the documentation prints it inside a `value`."""
    inner = row.get("value")
    return inner if isinstance(inner, dict) and "id" not in row else row


def profile_of(row: Row) -> ServiceProfile:
    """Read one; `ProblemError` SERVICE_GARBLED where a field is not what it is to be."""
    name = raw(row, "id")
    if not name or len(name) > _ID_LIMIT or not name.replace("-", "").isalnum():
        raise garbled("a profile without its id")
    return ServiceProfile(
        id=name,
        name=text(row, "displayName", 200),
        mode=text(row, "enrollmentMode"),
        kind=_kind(text(row, "enrollmentTokenType")),
        enrolled=whole(row, "enrolledDeviceCount"),
        made=when(row, "tokenCreationDateTime"),
        expires=when(row, "tokenExpirationDateTime"),
        token=raw(row, "tokenValue").strip(),
        content=raw(row, "qrCodeContent"),
    )


def chosen(there: Overview, name: str) -> ServiceProfile:
    """Return the one of that name; PROFILE_UNUSABLE where there is none, or several.

    SERVICE_GARBLED where it may be one that cannot be read.
    """
    wanted = plain(name, 200)
    found = [each for each in there.profiles if each.name == wanted]
    if len(found) == 1:
        return found[0]
    if there.unreadable and not found:
        raise garbled(f"{there.unreadable} profiles cannot be read; no other is named {wanted}")
    known = ", ".join(sorted({each.name for each in there.profiles})[:_FEW]) or "none"
    reason = f"{len(found)} profiles there are" if found else f"there are {known}; none is"
    raise ProblemError(Problem(ProblemCode.PROFILE_UNUSABLE, WHERE, f"{reason} named {wanted}"))


def content_of(profile: ServiceProfile, now: datetime) -> EnrolmentContent:
    """Return what its code says, verbatim; TOKEN_EXPIRED where no handset can enrol with it.

    `now` is the service's time. A token's expiry is what the service says; that it is gone after a
    revocation, or has expired then, is not confirmed: either is taken for it.
    """
    if profile.expires is not None and profile.expires <= now:
        raise _spent(profile.name, f"since {profile.expires:%Y-%m-%d %H:%M} UTC")
    if not profile.token and not profile.content:
        raise _spent(profile.name, "it has no token")
    text = profile.content or built(profile.token)
    return EnrolmentContent(text, profile.name, profile.kind, profile.expires)


def _spent(name: str, why: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.TOKEN_EXPIRED, WHERE, f"{name}, {why}"))


def _kind(value: str) -> TokenKind:
    """A kind that came later counts as the usual one: it enrols all the same."""
    return TokenKind(value) if value in set(TokenKind) else TokenKind.DEFAULT
