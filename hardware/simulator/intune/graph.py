"""Microsoft Graph (beta), the part for device management: requests in, answers out, no I/O."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from hardware.simulator.intune.asking import NO_CONTENT, Answer, Asked, Json, ServerClock
from hardware.simulator.intune.filters import EVERYTHING, Filter, parse_filter
from hardware.simulator.intune.identities import Identities
from hardware.simulator.intune.pages import Entry, Wanted, collection, filtered, single
from hardware.simulator.intune.profiles import IntuneProfile, Profiles
from hardware.simulator.intune.refusals import RefusedError, may_not, not_found, refusal
from hardware.simulator.intune.register import Register

_PROFILES = "androidDeviceOwnerEnrollmentProfiles"
_DEVICES = "managedDevices"
_KEY = r"(?:/([^/']+)|\('([^']+)'\))"
_INT32 = 2**31

MAY_SEE_PROFILES = frozenset(
    {"DeviceManagementConfiguration.Read.All", "DeviceManagementConfiguration.ReadWrite.All"}
)
MAY_CHANGE_PROFILES = frozenset({"DeviceManagementConfiguration.ReadWrite.All"})
MAY_SEE_DEVICES = MAY_SEE_PROFILES | {
    "DeviceManagementManagedDevices.Read.All",
    "DeviceManagementManagedDevices.ReadWrite.All",
}
MAY_IMPORT = frozenset({"DeviceManagementServiceConfig.ReadWrite.All"})

_Way: TypeAlias = Callable[[Asked, str], Answer]


@dataclass(frozen=True, slots=True)
class _Route:
    method: str
    path: re.Pattern[str]
    permissions: frozenset[str]
    way: _Way


class Graph:
    """What stands below the root; `answer` never raises."""

    def __init__(
        self, profiles: Profiles, devices: Register, identities: Identities, clock: ServerClock
    ) -> None:
        self._profiles = profiles
        self._devices = devices
        self._identities = identities
        self._clock = clock
        self._routes = (
            _route("GET", _PROFILES, MAY_SEE_PROFILES, self._list_profiles),
            _route("GET", _PROFILES + _KEY, MAY_SEE_PROFILES, self._get_profile),
            _route("POST", f"{_PROFILES}{_KEY}/createToken", MAY_CHANGE_PROFILES, self._create),
            _route("POST", f"{_PROFILES}{_KEY}/revokeToken", MAY_CHANGE_PROFILES, self._revoke),
            _route("GET", _DEVICES, MAY_SEE_DEVICES, self._list_devices),
            _route("GET", _DEVICES + _KEY, MAY_SEE_DEVICES, self._get_device),
            _route(
                "POST", "importedDeviceIdentities/importDeviceIdentityList", MAY_IMPORT,
                self._import,
            ),
        )  # fmt: skip

    def answer(self, asked: Asked) -> Answer:
        """Answer a request of somebody who has shown who they are."""
        try:
            return self._route(asked)
        except RefusedError as error:
            return self.refused(error, asked)

    def refused(self, error: RefusedError, asked: Asked) -> Answer:
        """Return a refusal as it is sent."""
        return refusal(error, self._clock.now(), asked.client_request)

    def _route(self, asked: Asked) -> Answer:
        fits = [(r, m) for r in self._routes if (m := r.path.fullmatch(asked.path))]
        if not fits:
            segment = asked.path.rsplit("/", 1)[-1][:60]
            raise RefusedError(400, f"Resource not found for the segment '{segment}'.")
        for route, match in fits:
            if route.method == asked.method:
                return self._permitted(route, asked, next(filter(None, match.groups()), ""))
        raise RefusedError(405, "Specified HTTP method is not allowed for the request target.")

    def _permitted(self, route: _Route, asked: Asked, key: str) -> Answer:
        if not asked.roles & route.permissions:
            raise may_not(asked.path, route.permissions)
        return route.way(asked, key)

    # profiles
    def _list_profiles(self, asked: Asked, _key: str) -> Answer:
        wanted = Wanted.parse(asked.query)
        if wanted.filter:
            raise RefusedError(400, "Query option '$filter' is not allowed.")
        every = list(enumerate(profile.json() for profile in self._profiles))
        entries = iter(every[wanted.since :])
        return Answer(200, collection(asked, _PROFILES, wanted, entries))

    def _get_profile(self, asked: Asked, key: str) -> Answer:
        wanted = Wanted.parse(asked.query)
        profile = self._profile(asked, key)
        return Answer(200, single(asked, _PROFILES, wanted.select, profile.json()))

    def _create(self, asked: Asked, key: str) -> Answer:
        lasts = _validity(_parsed(asked))
        self._profiles.create_token(self._profile(asked, key), lasts, self._clock.now())
        return NO_CONTENT

    def _revoke(self, asked: Asked, key: str) -> Answer:
        self._profiles.revoke(self._profile(asked, key), self._clock.now())
        return NO_CONTENT

    def _profile(self, asked: Asked, key: str) -> IntuneProfile:
        try:
            return self._profiles.get(key)
        except KeyError:
            raise not_found(asked.path, "Enrollment profile") from None

    # devices
    def _list_devices(self, asked: Asked, _key: str) -> Answer:
        wanted = Wanted.parse(asked.query)
        looked_for = parse_filter(wanted.filter) if wanted.filter else EVERYTHING
        entries = filtered(self._entries(looked_for, wanted.since), looked_for.test)
        return Answer(200, collection(asked, _DEVICES, wanted, entries))

    def _entries(self, looked_for: Filter, since: int) -> Iterator[Entry]:
        if looked_for.keys is None:
            return ((d.number, d.json()) for d in self._devices.since(since))
        found = self._devices.matching(looked_for.keys)
        return ((d.number, d.json()) for d in found if d.number >= since)

    def _get_device(self, asked: Asked, key: str) -> Answer:
        wanted = Wanted.parse(asked.query)
        device = self._devices.by_id(key)
        if device is None:
            raise not_found(asked.path, "Device")
        return Answer(200, single(asked, _DEVICES, wanted.select, device.json()))

    # identifiers
    def _import(self, asked: Asked, _key: str) -> Answer:
        value = self._identities.take(_parsed(asked), self._clock.now())
        context = f"{asked.root}/$metadata#Collection(microsoft.graph.importedDeviceIdentityResult)"
        return Answer(200, {"@odata.context": context, "value": value})


def _route(method: str, path: str, permissions: frozenset[str], way: _Way) -> _Route:
    pattern = re.compile(f"/deviceManagement/{path}/?", re.IGNORECASE)
    return _Route(method, pattern, permissions, way)


def _validity(body: Json) -> timedelta:
    seconds = body.get("tokenValidityInSeconds") if isinstance(body, dict) else None
    if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < _INT32:
        return timedelta(seconds=seconds)
    raise RefusedError(400, "tokenValidityInSeconds must be a positive 'Edm.Int32'.")


def _parsed(asked: Asked) -> Json:
    try:
        body: Json = json.loads(asked.body)
    except (ValueError, RecursionError):
        raise RefusedError(
            400, "Unable to read JSON request payload. Please ensure Content-Type header is set "
            "and payload is of valid JSON format.",
        ) from None  # fmt: skip
    return body
