"""What the simulated Intune takes of OData's filters, and what it refuses."""

from __future__ import annotations

import pytest

from hardware.simulator.intune.filters import Filter, parse_filter
from hardware.simulator.intune.fleet import fleet_device
from hardware.simulator.intune.refusals import RefusedError

DEVICE = fleet_device(7).json()
KEYS = frozenset({("serialNumber", "r59f000007xy"), ("imei", "004400090000074")})


@pytest.mark.parametrize(
    "looked_for",
    [
        "serialNumber", "serialNumber eq", "serialNumber eq R58N", "serialNumber like 'x'",
        "serialNumber eq 'x", "serialNumber eq 'x' or", "eq 'x'", "(serialNumber eq 'x'",
        "iccid eq 'x'", "nothing eq 'x'", "serialNumber eq 'x' imei eq 'y'", "{}", ")", "'x'",
        "enrolledDateTime gt 2020-99-99", "enrolledDateTime gt 2020-01-01",
        "(" * 60 + "serialNumber eq 'x'" + ")" * 60,
        "contains(serialNumber 'x')", "serialNumber in ('x')", "not", "contains", "nothing('x')",
    ],
)  # fmt: skip
def test_a_filter_that_is_none_is_a_bad_request(looked_for: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        parse_filter(looked_for)
    assert refusal.value.status == 400


@pytest.mark.parametrize(
    ("looked_for", "fits"),
    [
        ("lastSyncDateTime ge 2026-01-02T00:35:00Z", True),
        ("lastSyncDateTime ge 2026-01-02T00:35:01+00:00", False),
        ("lastSyncDateTime le 2026-01-02T01:35:00+01:00", True),
        ("endswith(serialNumber,'7xy') and not contains(model,'B')", True),
        ("userPrincipalName eq null", False),
        ("serialNumber eq 'a' or serialNumber eq 'b' and model eq 'SM-A325F'", False),
        ("model eq 'SM-A325F' or serialNumber eq 'a' and serialNumber eq 'b'", True),
    ],
)
def test_a_filter_means_what_odata_says(looked_for: str, fits: bool) -> None:
    assert parse_filter(looked_for).test(DEVICE) is fits


@pytest.mark.parametrize(
    ("looked_for", "keys"),
    [
        ("serialNumber eq 'R59F000007XY' or imei eq '004400090000074'", KEYS),
        ("imei eq '1' and model eq 'x'", frozenset({("imei", "1")})),
        ("model eq 'x' and imei eq '1'", frozenset({("imei", "1")})),
        ("imei eq '1' or model eq 'x'", None),
        ("not imei eq '1'", None),
        ("imei ne '1'", None),
        ("contains(imei,'1')", None),
    ],
)
def test_a_filter_by_keys_alone_need_not_look_at_every_device(
    looked_for: str, keys: frozenset[tuple[str, str]] | None
) -> None:
    found: Filter = parse_filter(looked_for)
    assert found.keys == keys
