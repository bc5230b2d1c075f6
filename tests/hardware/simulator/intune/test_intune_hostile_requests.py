"""Whatever the simulated Intune is asked, it answers; it is the client that is to be tried."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from hardware.simulator.intune.asking import ServerClock
from hardware.simulator.intune.certificates import make_papers
from hardware.simulator.intune.faults import Faults
from hardware.simulator.intune.front_desk import FrontDesk, Letter
from hardware.simulator.intune.graph import MAY_CHANGE_PROFILES, MAY_IMPORT, Graph
from hardware.simulator.intune.registration import Registration
from hardware.simulator.intune.sign_in import ASSERTION, DEVICE_CODE, SignIn
from hardware.simulator.intune.tenant import Tenant

WORDS = some.sampled_from(
    ["serialNumber", "imei", "eq", "ne", "gt", "or", "and", "not", "(", ")", ",", "'x'", "null",
     "contains", "lastSyncDateTime", "2026-01-01T00:00:00Z", "0001-01-01", "7", "model", "userId"]
)  # fmt: skip
FILTERS = some.lists(WORDS, max_size=9).map(" ".join) | some.text(max_size=20)
QUERIES = some.dictionaries(
    some.sampled_from(["$filter", "$select", "$top", "$skiptoken", "$skip", "x"]) | some.text(),
    FILTERS, max_size=3,
)  # fmt: skip
JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=9),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(
        some.sampled_from(
            ["importedDeviceIdentities", "importedDeviceIdentifier", "requests", "id", "url",
             "importedDeviceIdentityType", "method", "dependsOn", "tokenValidityInSeconds"]
        ) | some.text(max_size=5),
        inner, max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip
BODIES = some.binary(max_size=30) | JSON.map(json.dumps).map(str.encode)
PATHS = some.sampled_from(
    ["deviceManagement/managedDevices", "deviceManagement/androidDeviceOwnerEnrollmentProfiles",
     "deviceManagement/androidDeviceOwnerEnrollmentProfiles/PROFILE/createToken", "$batch",
     "deviceManagement/importedDeviceIdentities/importDeviceIdentityList"]
) | some.text(max_size=20)  # fmt: skip
FORMS = some.fixed_dictionaries(
    {"client_id": some.just("CLIENT") | some.text(max_size=5)},
    optional={
        "grant_type": some.sampled_from(["client_credentials", "refresh_token", DEVICE_CODE]),
        "client_assertion": some.text(max_size=40) | some.just("e30.e30.e30"),
        "client_assertion_type": some.just(ASSERTION),
        "scope": some.text(max_size=20),
        "device_code": some.text(max_size=5),
        "refresh_token": some.text(max_size=5),
    },
)


@cache
def desk() -> tuple[FrontDesk, SignIn, Tenant, str]:
    """One for all, with a token that may do everything."""
    tenant, clock = Tenant(), ServerClock()
    tenant.make_profile("A32")
    tenant.add_fleet(30)
    certificate = make_papers().registered
    app = Registration("https://x", tenant.tenant, tenant.client, certificate, tenant.granted)
    sign_in = SignIn(app, clock, timedelta(0))
    graph = Graph(tenant.profiles, tenant.devices, tenant.identities, clock)
    token = sign_in.tokens.give_access(MAY_CHANGE_PROFILES | MAY_IMPORT, "", clock.now())
    said: list[Any] = []
    front = FrontDesk(app, sign_in, graph, Faults(clock), clock, lambda *entry: said.append(entry))
    return front, sign_in, tenant, token


@settings(max_examples=60, deadline=None)
@given(some.sampled_from(["GET", "POST", "DELETE", "?"]), PATHS, QUERIES, BODIES)
def test_whatever_graph_is_asked_it_answers(
    method: str, path: str, query: dict[str, str], body: bytes
) -> None:
    front, _, tenant, token = desk()
    whole = "/beta/" + path.replace("PROFILE", tenant.profiles.named("A32").id)
    letter = Letter(method, whole, query, body, {"authorization": f"Bearer {token}"})
    answer = front.answer(letter)
    assert answer.status in {200, 204, 400, 404, 405}
    json.dumps(answer.body)


@settings(max_examples=60, deadline=None)
@given(FORMS)
def test_whatever_the_sign_in_is_told_it_answers(form: dict[str, str]) -> None:
    _, sign_in, tenant, _ = desk()
    told = {name: value.replace("CLIENT", tenant.client) for name, value in form.items()}
    for answer in (sign_in.token(told), sign_in.device_code(told)):
        assert answer.status in {200, 400, 401}
