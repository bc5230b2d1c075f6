"""Managed devices, as Graph (beta) is published, and seen, to answer of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from bench.events.management import Compliance, TokenKind
from hardware.simulator.intune import SimulatedIntune
from tests.peers.intune.intune_room import DEVICES, Asker, told

ONE, TWO = "004400000000016", "004400000000024"


def two_handsets(intune: SimulatedIntune) -> None:
    token = intune.make_profile("A32")
    intune.enrol(token, serial="R58N00001XY", imeis=(ONE, "004400010000014"), model="SM-A325F")
    intune.enrol(token, serial="R58N00002XY", imeis=(TWO,), model="SM-A325F")


async def serials(asker: Asker, looked_for: str) -> list[str]:
    said = await asker.get(DEVICES, filter=looked_for)
    assert said.status == 200, said.raw
    return [device["serialNumber"] for device in said.json["value"]]


def test_a_device_has_the_published_properties_with_their_types() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        two_handsets(intune)
        device = (await asker.get(DEVICES)).json["value"][0]
        expected: dict[str, type] = {
            "id": str, "deviceName": str, "serialNumber": str, "imei": str, "meid": str,
            "model": str, "manufacturer": str, "complianceState": str, "enrolledDateTime": str,
            "lastSyncDateTime": str, "managementState": str, "enrollmentProfileName": str,
            "deviceEnrollmentType": str, "operatingSystem": str, "osVersion": str,
            "managedDeviceOwnerType": str, "userPrincipalName": str, "isEncrypted": bool,
            "totalStorageSpaceInBytes": int, "roleScopeTagIds": list, "ownerType": str,
            "managementAgent": str, "azureADRegistered": bool, "jailBroken": str,
        }  # fmt: skip
        assert {name: type(device[name]) for name in expected} == expected
        assert device["deviceEnrollmentType"] == "androidEnterpriseFullyManaged"
        assert device["managedDeviceOwnerType"] == "company"
        assert device["enrollmentProfileName"] == "A32"
        for name in ("enrolledDateTime", "lastSyncDateTime"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", device[name])
        enrolled = datetime.fromisoformat(device["enrolledDateTime"])
        assert abs(enrolled - datetime.now(UTC)) < timedelta(minutes=2)

    told(story)


FILTERS: list[tuple[str, list[int]]] = [
    ("serialNumber eq 'R58N00001XY'", [1]),
    ("serialNumber eq 'r58n00001xy'", [1]),
    (f"imei eq '{TWO}'", [2]),
    ("imei eq '004400010000014'", []),
    (f"serialNumber eq 'R58N00001XY' or imei eq '{TWO}'", [1, 2]),
    (f"serialNumber eq 'R58N00001XY' and imei eq '{TWO}'", []),
    (f"(serialNumber eq 'R58N00001XY' or imei eq '{TWO}') and model eq 'SM-A325F'", [1, 2]),
    ("not serialNumber eq 'R58N00001XY'", [2]),
    ("serialNumber ne 'R58N00001XY'", [2]),
    ("startswith(serialNumber,'R58N')", [1, 2]),
    ("contains(serialNumber, '0002')", [2]),
    ("operatingSystem eq 'Android'", [1, 2]),
    ("complianceState eq 'compliant'", [2]),
    ("enrolledDateTime gt 2020-01-01T00:00:00Z", [1, 2]),
    ("lastSyncDateTime lt 2020-01-01T00:00:00Z", []),
    ("serialNumber eq 'it''s'", []),
    ("userId eq 'nobody'", [1, 2]),
    ("wiFiMacAddress eq '00'", [1, 2]),
    ("contains(skuFamily, 'Pro')", [1, 2]),
]


def test_a_filter_finds_what_it_says_or_is_silently_ignored_as_intune_does() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        two_handsets(intune)
        intune.check_in("R58N00002XY")
        for looked_for, found in FILTERS:
            expected = [f"R58N0000{n}XY" for n in found]
            assert await serials(asker, looked_for) == expected, looked_for

    told(story)


def test_a_filter_that_is_not_supported_is_a_bad_request() -> None:
    async def story(_intune: SimulatedIntune, asker: Asker) -> None:
        for looked_for in ("iccid eq 'x'", "serialNumber eq", "serialNumber in ('x')"):
            said = await asker.get(DEVICES, filter=looked_for)
            assert (said.status, said.error["code"]) == (400, "BadRequest")

    told(story)


def test_only_what_is_selected_comes_and_only_what_there_is() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        two_handsets(intune)
        said = (await asker.get(DEVICES, select="serialNumber, complianceState")).json
        assert said["value"][0] == {"serialNumber": "R58N00001XY", "complianceState": "unknown"}
        assert said["@odata.context"].endswith("managedDevices(serialNumber,complianceState)")
        wrong = await asker.get(DEVICES, select="serialNumber,nothing")
        assert wrong.status == 400
        assert "'nothing'" in wrong.error["message"]

    told(story)


def test_options_that_are_not_taken_are_a_bad_request() -> None:
    async def story(_intune: SimulatedIntune, asker: Asker) -> None:
        for name, value in (
            ("top", "0"), ("top", "-1"), ("top", "x"), ("skiptoken", "???"), ("skiptoken", "eHg="),
            ("orderby", "id"), ("expand", "users"), ("search", "x"),
        ):  # fmt: skip
            said = await asker.get(DEVICES, **{name: value})
            assert (said.status, said.error["code"]) == (400, "BadRequest"), name

    told(story)


def test_a_page_holds_a_thousand_at_most_and_skip_is_ignored() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.add_fleet(1001)
        for query in ({}, {"top": "5000"}, {"skip": "7"}):
            page = (await asker.get(DEVICES, **query, select="id")).json
            assert (len(page["value"]), page["@odata.count"]) == (1000, 1000)
            last = (await asker.ask("GET", page["@odata.nextLink"])).json
            assert len(last["value"]) == 1
            assert "@odata.nextLink" not in last

    told(story)


def test_the_next_page_keeps_what_was_asked_and_goes_on_where_this_ended() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.add_fleet(3)
        two_handsets(intune)
        link = f"{intune.address.graph}{DEVICES}?$top=2&$select=serialNumber"
        found: list[dict[str, Any]] = []
        while link:
            assert urlsplit(link).netloc == urlsplit(intune.address.graph).netloc
            page = (await asker.ask("GET", link)).json
            assert len(page["value"]) <= 2
            found += page["value"]
            link = page.get("@odata.nextLink", "")
        assert [device["serialNumber"] for device in found] == list(intune.devices)
        assert {frozenset(device) for device in found} == {frozenset({"serialNumber"})}

    told(story)


def test_a_filter_holds_over_pages() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        intune.add_fleet(60)
        page = (await asker.get(DEVICES, filter="complianceState eq 'noncompliant'", top="2")).json
        rest = (await asker.ask("GET", page["@odata.nextLink"])).json
        names = [device["deviceName"] for device in page["value"] + rest["value"]]
        assert names == ["FLEET-000019", "FLEET-000039", "FLEET-000059"]

    told(story)


def test_one_device_is_read_by_its_id_in_either_spelling() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        two_handsets(intune)
        intune.add_fleet(5)
        for serial in ("R58N00001XY", "R59F000004XY"):
            name = intune.devices[serial].id
            one = (await asker.get(f"{DEVICES}/{name}")).json
            other = (await asker.get(f"/devicemanagement/manageddevices('{name}')")).json
            assert one["serialNumber"] == other["serialNumber"] == serial
            assert one["@odata.context"].endswith("#deviceManagement/managedDevices/$entity")
        few = (await asker.get(f"{DEVICES}/{name}", select="imei")).json
        assert set(few) == {"@odata.context", "imei"}

    told(story)


def test_a_handset_that_is_enrolled_again_has_two_entries_and_the_newest_is_its_own() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        two_handsets(intune)
        intune.enrol(intune.token("A32"), serial="R58N00001XY", imeis=(ONE,), model="SM-A325F")
        found = (await asker.get(DEVICES, filter=f"imei eq '{ONE}'")).json["value"]
        assert len({device["id"] for device in found}) == 2
        intune.check_in("R58N00001XY")
        found = (await asker.get(DEVICES, filter=f"imei eq '{ONE}'")).json["value"]
        assert [device["complianceState"] for device in found] == ["unknown", "compliant"]
        assert len(intune.devices) == 2
        intune.forget("R58N00001XY")
        assert await serials(asker, f"imei eq '{ONE}'") == []

    told(story)


def test_a_staged_handset_is_named_so_until_its_officer_signs_in() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        token = intune.make_profile("vendor", kind=TokenKind.STAGING)
        name = intune.enrol(token, serial="R58N00001XY", imeis=(ONE,), model="SM-A325F")
        device = (await asker.get(DEVICES)).json["value"][0]
        assert device["deviceName"] == name
        assert name.startswith("Staging_R58N00001XY_AndroidForWork_")
        assert device["userPrincipalName"] == ""
        intune.officer_signs_in("R58N00001XY", "officer@training.example")
        device = (await asker.get(DEVICES)).json["value"][0]
        assert device["deviceName"].startswith("officer@training.example_AndroidForWork_")

    told(story)


def test_every_state_of_compliance_can_be_shown() -> None:
    async def story(intune: SimulatedIntune, asker: Asker) -> None:
        two_handsets(intune)
        for state in Compliance:
            intune.comply("R58N00001XY", state)
            device = (await asker.get(DEVICES)).json["value"][0]
            assert device["complianceState"] == state

    told(story)
