"""Several requests in one, as Graph's JSON batching is published."""

from __future__ import annotations

from typing import Any

from hardware.simulator.intune import SimulatedIntune
from hardware.simulator.intune.faults import Refuse
from tests.peers.intune.intune_room import DEVICES, PROFILES, Asker, told

JSON = {"Content-Type": "application/json"}


def get(name: str, url: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "method": "GET", "url": url, **more}


async def batch(asker: Asker, *requests: Any) -> dict[str, Any]:
    said = await asker.post("/$batch", {"requests": list(requests)})
    assert said.status == 200, said.raw
    assert set(said.json) == {"responses"}
    return {part["id"]: part for part in said.json["responses"]}


def looked_for(serial: str) -> str:
    return f"{DEVICES}?$filter=serialNumber eq '{serial}'&$select=serialNumber"


def test_twenty_questions_are_answered_at_once_each_with_its_own_status() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.add_fleet(20)
        serials = list(intune.devices)
        asked = [get(str(n), looked_for(serial)) for n, serial in enumerate(serials[:19])]
        parts = await batch(asker, *asked, get("last", f"{DEVICES}/nothing"))
        for n, serial in enumerate(serials[:19]):
            part = parts[str(n)]
            assert part["status"] == 200
            assert part["headers"]["Content-Type"].startswith("application/json")
            assert part["body"]["value"] == [{"serialNumber": serial}]
        assert parts["last"]["status"] == 404
        assert parts["last"]["body"]["error"]["code"] == "ResourceNotFound"

    told(story)


def test_the_answers_do_not_come_in_the_order_of_the_questions() -> None:
    async def story(_intune: SimulatedIntune, asker: Asker) -> None:
        parts = await batch(asker, get("1", DEVICES), get("2", PROFILES), get("3", DEVICES))
        assert list(parts) == ["3", "2", "1"]

    told(story)


def test_a_part_can_be_throttled_while_the_others_are_answered() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.faults.add(Refuse(429, retry_after=7), "*managedDevices")
        parts = await batch(asker, get("1", DEVICES), get("2", DEVICES))
        assert {name: part["status"] for name, part in parts.items()} == {"1": 429, "2": 200}
        assert parts["1"]["headers"]["Retry-After"] == "7"
        assert parts["1"]["body"]["error"]["code"] == "TooManyRequests"
        assert intune.log[-3:] == [
            ("GET", f"/beta{DEVICES}", 429),
            ("GET", f"/beta{DEVICES}", 200),
            ("POST", "/beta/$batch", 200),
        ]

    told(story)


def test_a_part_that_depends_on_one_that_failed_fails_with_it() -> None:
    async def story(_intune: SimulatedIntune, asker: Asker) -> None:
        parts = await batch(
            asker,
            get("a", f"{DEVICES}/nothing"),
            get("b", DEVICES, dependsOn=["a"]),
            get("c", DEVICES, dependsOn=["b"]),
            get("d", DEVICES),
            get("e", DEVICES, dependsOn=["D"]),
        )
        statuses = {name: part["status"] for name, part in parts.items()}
        assert statuses == {"a": 404, "b": 424, "c": 424, "d": 200, "e": 200}

    told(story)


def test_a_token_is_made_in_a_batch_without_a_body_in_return() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        old = intune.make_profile("A32")
        url = f"{PROFILES}/{intune.profiles.named('A32').id}/createToken"
        body = {"tokenValidityInSeconds": 60}
        make = {"id": "1", "method": "post", "url": url, "headers": JSON, "body": body}
        part = (await batch(asker, make))["1"]
        assert part["status"] == 204
        assert "body" not in part
        assert intune.token("A32") != old

    told(story)


def test_a_batch_that_is_malformed_is_refused_whole() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        for requests in (
            [], None, 7, ["x"], [{"id": "1"}], [get("1", DEVICES)] * 2,
            [get("a", DEVICES), get("A", DEVICES)], [get("1", "https://elsewhere.test/x")],
            [get("1", "/$batch")], [get("1", DEVICES, dependsOn="2")],
            [get("1", DEVICES, body={})], [get(str(n), DEVICES) for n in range(21)],
        ):  # fmt: skip
            said = await asker.post("/$batch", {"requests": requests})
            assert (said.status, said.error["code"]) == (400, "BadRequest"), requests
        assert (await asker.ask("POST", "/$batch", data=b"{")).status == 400
        assert not [entry for entry in intune.log if entry[0] == "GET"]

    told(story)


def test_a_batch_needs_a_token_like_everything_else() -> None:
    async def story(_intune: SimulatedIntune, asker: Asker) -> None:
        said = await asker.post("/$batch", {"requests": [get("1", DEVICES)]})
        assert said.status == 401

    told(story, signed_in=False)
