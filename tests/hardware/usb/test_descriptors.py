"""Descriptors are read as far as they can be, and never further."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.usb.descriptors import (
    Configuration,
    Interface,
    Kind,
    container_id,
    parse_descriptors,
)
from tests.hardware.usb.blobs import (
    ACM,
    ADB,
    COMPOSITE,
    INTERRUPT_IN,
    LINE,
    MTP,
    Part,
    bos,
    configuration,
    descriptors,
    device_descriptor,
)

_BLOB = descriptors(COMPOSITE)
_CONTAINER = bytes(range(1, 17))


def test_both_configurations_of_a_handset_are_read() -> None:
    described = parse_descriptors(_BLOB)
    assert described.kind == Kind(0, 0, 0)
    assert described.count == 2
    assert described.configurations == (
        Configuration(1, (Interface(0, 0, Kind(*MTP.kind), 3),), 250),
        Configuration(
            2,
            (
                Interface(0, 0, Kind(*MTP.kind), 3),
                Interface(1, 0, Kind(*ACM.kind), 1),
                Interface(2, 0, Kind(*LINE.kind), 2),
                Interface(3, 0, Kind(*ADB.kind), 2),
            ),
            250,
        ),
    )


def test_what_a_class_adds_between_interface_and_endpoint_is_passed_over() -> None:
    assert ACM.extra
    (one,) = parse_descriptors(device_descriptor(1) + configuration(1, (ACM,))).configurations
    assert [interface.endpoints for interface in one.interfaces] == [1]


def test_a_composite_handset_needs_the_endpoints_of_all_its_interfaces() -> None:
    files, all_of_it = parse_descriptors(_BLOB).configurations
    assert (files.endpoints, all_of_it.endpoints) == (3, 8)


def test_of_alternate_settings_the_largest_counts() -> None:
    idle = Part((1, 2, 0), (INTERRUPT_IN,), number=0)
    playing = Part((1, 2, 0), setting=1, number=0)
    (one,) = parse_descriptors(descriptors(((idle, playing),))).configurations
    assert [interface.setting for interface in one.interfaces] == [0, 1]
    assert one.endpoints == 2


@pytest.mark.parametrize("length", range(len(_BLOB)))
def test_descriptors_cut_at_any_byte_leave_what_came_before(length: int) -> None:
    whole, cut = parse_descriptors(_BLOB), parse_descriptors(_BLOB[:length])
    assert cut.count in (0, whole.count)
    for mine, full in zip(cut.configurations, whole.configurations, strict=False):
        assert mine.interfaces == full.interfaces[: len(mine.interfaces)]


@pytest.mark.parametrize("length", [0, 1, 8, 255])
def test_a_descriptor_that_lies_about_its_length_ends_the_reading(length: int) -> None:
    blob = bytearray(_BLOB)
    blob[18] = length
    described = parse_descriptors(bytes(blob))
    assert described.count == 2
    assert described.configurations == ()


def test_a_megabyte_of_descriptors_is_read_in_part() -> None:
    blob = device_descriptor(255) + configuration(1, (MTP,)) * 40_000
    assert 0 < len(parse_descriptors(blob).configurations) < 2000


def test_an_interface_before_any_configuration_is_nobodys() -> None:
    assert parse_descriptors(configuration(1, (MTP,))[9:]).configurations == ()


@given(st.binary(max_size=512))
def test_any_bytes_are_read_without_a_crash(blob: bytes) -> None:
    described = parse_descriptors(blob)
    assert all(0 <= one.number <= 255 for one in described.configurations)


_parts = st.builds(
    Part,
    st.tuples(*[st.integers(0, 255)] * 3),
    st.lists(st.tuples(st.integers(1, 255), st.integers(0, 3)), max_size=6),
    st.integers(0, 3),
    st.sampled_from([b"", ACM.extra]),
)


@given(st.lists(st.lists(_parts, max_size=5), max_size=4))
def test_what_was_written_is_read_back(configurations: list[list[Part]]) -> None:
    described = parse_descriptors(descriptors(configurations))
    assert [
        [(one.kind, one.setting, one.endpoints) for one in configuration.interfaces]
        for configuration in described.configurations
    ] == [
        [(Kind(*part.kind), part.setting, len(part.endpoints)) for part in parts]
        for parts in configurations
    ]


def test_a_container_id_is_read() -> None:
    assert container_id(bos(_CONTAINER)) == _CONTAINER.hex()


@pytest.mark.parametrize("length", range(len(bos(_CONTAINER))))
def test_a_container_id_cut_at_any_byte_is_none(length: int) -> None:
    assert container_id(bos(_CONTAINER)[:length]) == ""


def test_a_container_id_of_zeros_says_nothing() -> None:
    assert container_id(bos(bytes(16))) == ""
