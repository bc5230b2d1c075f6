"""Corporate identifiers, as Graph (beta) is published to take them."""

from __future__ import annotations

from typing import Any

from hardware.simulator.intune import SimulatedIntune
from tests.peers.intune.intune_room import IDENTITIES, Asker, told

ONE, TWO = "004400000000016", "004400000000024"


def rows(*identifiers: str, kind: str = "imei", overwrite: bool = False) -> dict[str, Any]:
    listed = [
        {
            "importedDeviceIdentifier": identifier,
            "importedDeviceIdentityType": kind,
            "description": "order 7",
            "platform": "android",
        }
        for identifier in identifiers
    ]
    return {"importedDeviceIdentities": listed, "overwriteImportedDeviceIdentities": overwrite}


async def taken(asker: Asker, body: dict[str, Any]) -> list[bool]:
    said = await asker.post(IDENTITIES, body)
    assert said.status == 200, said.raw
    return [row["status"] for row in said.json["value"]]


def test_each_row_comes_back_with_all_that_is_published_of_it() -> None:
    async def story(_intune: SimulatedIntune, asker: Asker) -> None:
        row = (await asker.post(IDENTITIES, rows(ONE))).json["value"][0]
        assert {name: type(value) for name, value in row.items()} == {
            "@odata.type": str, "id": str, "importedDeviceIdentifier": str,
            "importedDeviceIdentityType": str, "lastModifiedDateTime": str,
            "createdDateTime": str, "lastContactedDateTime": str, "description": str,
            "enrollmentState": str, "platform": str, "status": bool,
        }  # fmt: skip
        assert row["@odata.type"] == "#microsoft.graph.importedDeviceIdentityResult"
        assert (row["importedDeviceIdentifier"], row["description"]) == (ONE, "order 7")

    told(story)


def test_each_row_has_its_own_status() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        wrong = ONE[:-1] + "7"
        assert await taken(asker, rows(ONE, wrong, TWO)) == [True, False, True]
        assert await taken(asker, rows("R58N00001XY", " ", kind="serialNumber")) == [True, False]
        assert await taken(asker, rows("x", kind="unknown")) == [False]
        assert ONE in intune.identities
        assert wrong not in intune.identities
        assert len(intune.identities) == 3

    told(story)


def test_what_is_there_already_is_taken_only_to_overwrite_it() -> None:
    async def story(_intune: SimulatedIntune, asker: Asker) -> None:
        assert await taken(asker, rows(ONE, ONE)) == [True, False]
        assert await taken(asker, rows(ONE, TWO)) == [False, True]
        assert await taken(asker, rows(ONE, TWO, overwrite=True)) == [True, True]

    told(story)


def test_a_list_that_is_none_is_a_bad_request_and_imports_nothing() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        sound = rows(ONE)["importedDeviceIdentities"][0]
        bodies: tuple[Any, ...] = (
            None, [], {}, {"importedDeviceIdentities": []}, {"importedDeviceIdentities": [7]},
            {"importedDeviceIdentities": [sound], "overwriteImportedDeviceIdentities": "yes"},
            {"importedDeviceIdentities": [sound, sound | {"importedDeviceIdentityType": "iccid"}]},
            {"importedDeviceIdentities": [sound, sound | {"platform": "symbian"}]},
            {"importedDeviceIdentities": [sound, sound | {"importedDeviceIdentifier": 7}]},
        )  # fmt: skip
        for body in bodies:
            said = await asker.post(IDENTITIES, body)
            assert (said.status, said.error["code"]) == (400, "BadRequest"), body
        assert len(intune.identities) == 0

    told(story)


def test_how_many_rows_are_taken_at_once_can_be_limited_as_nobody_knows_the_limit() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        assert len(await taken(asker, rows(*map(str, range(5000)), kind="serialNumber"))) == 5000
        intune.identities.limit = 1
        assert (await asker.post(IDENTITIES, rows(ONE, TWO))).status == 400
        assert await taken(asker, rows(ONE)) == [True]

    told(story)
