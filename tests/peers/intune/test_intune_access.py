"""The simulated Graph lets in who has shown who they are, as far as they may go."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest

from hardware.simulator.intune import SimulatedIntune
from tests.peers.intune.intune_room import (
    DEVICES,
    IDENTITIES,
    PROFILES,
    Asker,
    Said,
    told,
)

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def refused(said: Said) -> tuple[int, str]:
    """The status and the code, once the body is in Graph's form."""
    assert set(said.json) == {"error"}
    assert set(said.error) == {"code", "message", "innerError"}
    inner = said.error["innerError"]
    assert set(inner) == {"date", "request-id", "client-request-id"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", inner["date"])
    assert re.fullmatch(UUID, inner["request-id"])
    assert said.headers["request-id"] == inner["request-id"]
    assert said.headers["Content-Type"].startswith("application/json")
    return said.status, said.error["code"]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("", "Access token is empty."),
        ("Bearer", "Access token is empty."),
        ("Basic eHg6eHg=", "Access token is empty."),
        ("Bearer nonsense", "CompactToken parsing failed with error code: 80049217"),
    ],
)
def test_nobody_gets_in_without_a_token(header: str, message: str) -> None:
    async def story(_intune: SimulatedIntune, asker: Asker) -> None:
        said = await asker.ask("GET", DEVICES, headers={"Authorization": header} if header else {})
        assert refused(said) == (401, "InvalidAuthenticationToken")
        assert said.error["message"] == message
        assert said.headers["WWW-Authenticate"].startswith("Bearer ")

    told(story, signed_in=False)


def test_a_token_is_good_for_an_hour() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.faults.skew = timedelta(minutes=59)
        assert (await asker.get(DEVICES)).status == 200
        intune.faults.skew = timedelta(hours=1)
        said = await asker.get(DEVICES)
        assert refused(said) == (401, "InvalidAuthenticationToken")
        assert "expired" in said.error["message"]
        intune.faults.skew = timedelta()
        intune.void_tokens()
        assert (await asker.get(DEVICES)).status == 401

    told(story)


@pytest.mark.parametrize(
    ("method", "path", "granted"),
    [
        ("GET", DEVICES, "DeviceManagementServiceConfig.ReadWrite.All"),
        ("GET", f"{DEVICES}/x", "DeviceManagementServiceConfig.ReadWrite.All"),
        ("GET", PROFILES, "DeviceManagementManagedDevices.Read.All"),
        ("POST", f"{PROFILES}/x/createToken", "DeviceManagementConfiguration.Read.All"),
        ("POST", f"{PROFILES}/x/revokeToken", "DeviceManagementConfiguration.Read.All"),
        ("POST", IDENTITIES, "DeviceManagementConfiguration.ReadWrite.All"),
    ],
)
def test_each_thing_takes_its_own_permission(method: str, path: str, granted: str) -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        assert (await asker.ask(method, path)).status in {200, 400, 404}
        intune.granted.clear()
        intune.granted.add(granted)
        await asker.sign_in()
        said = await asker.ask(method, path)
        assert refused(said) == (403, "Forbidden")
        assert "must have one of the following scopes: DeviceManagement" in said.error["message"]

    told(story)


def test_the_least_permission_to_read_is_enough_to_read() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        for granted, path in (
            ("DeviceManagementManagedDevices.Read.All", DEVICES),
            ("DeviceManagementConfiguration.Read.All", PROFILES),
        ):
            intune.granted.clear()
            intune.granted.add(granted)
            await asker.sign_in()
            assert (await asker.get(path)).status == 200

    told(story)


def test_what_there_is_not_is_refused_as_odata_does() -> None:
    async def story(_intune: SimulatedIntune, asker: Asker) -> None:
        said = await asker.get("/deviceManagement/nothings")
        assert refused(said) == (400, "BadRequest")
        assert said.error["message"] == "Resource not found for the segment 'nothings'."
        assert refused(await asker.ask("DELETE", DEVICES)) == (405, "Request_BadRequest")
        assert refused(await asker.get(f"{DEVICES}/nothing")) == (404, "ResourceNotFound")
        assert (
            await asker.get("https://127.0.0.1/x".replace("127.0.0.1", host(asker)))
        ).status == 404

    told(story)


def host(asker: Asker) -> str:
    return asker.intune.address.graph.removeprefix("https://").removesuffix("/beta")


def test_the_callers_number_comes_back_with_every_answer() -> None:
    async def story(_intune: SimulatedIntune, asker: Asker) -> None:
        own = "11111111-2222-4333-8444-555555555555"
        headers = {"client-request-id": own, "Authorization": f"Bearer {asker.token}"}
        for path in (DEVICES, f"{DEVICES}/nothing"):
            said = await asker.ask("GET", path, headers=headers)
            assert said.headers["client-request-id"] == own
        assert said.error["innerError"]["client-request-id"] == own
        assert said.headers["Date"].endswith("GMT")

    told(story)


def test_a_request_of_more_than_four_megabytes_is_too_large() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        said = await asker.ask("POST", IDENTITIES, data=io.BytesIO(b" " * (4 * 1024 * 1024 + 1)))
        assert refused(said) == (413, "RequestEntityTooLarge")
        assert intune.log[-1] == ("POST", f"/beta{IDENTITIES}", 413)

    told(story)
