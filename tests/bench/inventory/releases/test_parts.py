"""The parts of a release: read strictly, spelled in one way."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from bench.inventory.releases.form import FormError, parsed
from bench.inventory.releases.parts import elsewhere, people, profiles, tags
from bench.inventory.releases.parts.elsewhere import KnownThere, Place, SentElsewhere
from bench.inventory.releases.parts.kinds import VERSIONS, read_part
from bench.inventory.releases.parts.profiles import SentProfile
from tests.bench.inventory.releases.shelf import PROFILE, imei, line_of, parts

SECRET = "CANARY"
TEXTS = parts(3)


def read(kind: str, text: str) -> object:
    return read_part(line_of(kind, text), text)


def changed(kind: str, change: Callable[[Any], object]) -> str:
    said = json.loads(TEXTS[kind])
    change(said)
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


@pytest.mark.parametrize("kind", sorted(VERSIONS))
def test_what_is_written_is_read_back(kind: str) -> None:
    assert read(kind, TEXTS[kind])
    assert changed(kind, lambda _: None) == TEXTS[kind]


def test_a_kind_that_is_not_known_is_skipped() -> None:
    assert read_part(line_of("weather", "not even JSON"), "not even JSON") is None


@pytest.mark.parametrize("kind", sorted(VERSIONS))
def test_another_version_of_a_known_kind_is_refused(kind: str) -> None:
    text = changed(kind, lambda said: said.update(v=2))
    with pytest.raises(FormError, match="version"):
        read(kind, text)
    with pytest.raises(FormError, match="version 2"):
        read_part(line_of(kind, text, 2), text)


@pytest.mark.parametrize("kind", sorted(VERSIONS))
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('"v":1', '"v":1,"v":1'),
        lambda text: text.replace('"v":1', '"v":1.0'),
        lambda text: text.replace('"v":1', '"v":true'),
        lambda text: text.replace('"v":1', '"v": 1'),
        lambda text: text + " ",
        lambda text: text[:-1],
        lambda text: f"[{text}]",
        lambda text: text.replace('"v":1', '"v":1,"z":1'),
        lambda _: "[" * 100_000,
        lambda _: '{"v":' * 50_000,
        lambda _: '{"v":{"v":{"v":{"v":{"v":1}}}}}',
        lambda _: "",
        lambda _: '{"v":NaN}',
        lambda _: '{"v":' + "9" * 5000 + "}",
        lambda _: '"\\ud800"',
    ],
)
def test_nonsense_is_refused_whatever_it_is(kind: str, change: Callable[[str], str]) -> None:
    text = change(TEXTS[kind])
    assert text != TEXTS[kind]
    with pytest.raises(FormError):
        read(kind, text)


def test_a_key_that_stands_twice_is_refused_at_any_depth() -> None:
    with pytest.raises(FormError, match="twice"):
        parsed('{"a":[{"b":1,"b":1}]}')


def _of_people(**change: object) -> str:
    return changed("people", lambda said: said["people"][0].update(change))


@pytest.mark.parametrize(
    "change",
    [
        {"person": "p-1"},
        {"role": "king"},
        {"standing": "erased"},
        {"standing": "locked"},
        {"name": SECRET + "\n"},
        {"name": SECRET * 20},
        {"name": None},
        {"badge": "04:a2"},
        {"badge": 4},
        {"pin": "123456"},
        {"pin": {"hash": "$argon2i$x", "pepper": "0" * 16}},
        {"pin": {"hash": "$argon2id$x", "pepper": "0" * 15}},
        {"more": 1},
    ],
)
def test_people_that_are_none_are_refused_and_nobody_is_named(change: dict[str, object]) -> None:
    with pytest.raises(FormError) as refused:
        read("people", _of_people(**change))
    assert SECRET not in str(refused.value)


def test_two_people_may_not_have_one_badge_or_one_pseudonym() -> None:
    for key in ("person", "badge"):
        other = {"person": "p-00000000aaaa", "badge": "04A2FFFF"}

        def twice(said: Any, kept: str = key, other: dict[str, str] = other) -> None:
            one = said["people"][0]
            said["people"].append(one | {k: v for k, v in other.items() if k != kept})

        with pytest.raises(FormError, match="twice"):
            read("people", changed("people", twice))


def test_names_badges_and_pins_never_show() -> None:
    pin = people.sent_pin("$argon2id$" + SECRET, "0" * 16)
    text = _of_people(name=SECRET, badge=SECRET, pin={"hash": pin.encoded, "pepper": pin.pepper})
    assert SECRET not in repr(read("people", text))


def test_a_peppers_name_is_its_own_and_tells_nothing_of_it() -> None:
    one, other = people.pepper_id(bytes(32)), people.pepper_id(bytes([1]) * 32)
    assert one != other
    assert len(one) == 16


@pytest.mark.parametrize(
    "name", ["../a.toml", "a/b.toml", ".toml", "a.txt", "a.toml\n", "a\x00.toml", "now", "A" * 70]
)
def test_a_profile_leads_nowhere_out_of_its_folder(name: str) -> None:
    with pytest.raises(FormError):
        read("profiles", changed("profiles", lambda said: said["profiles"][0].update(name=name)))


def test_a_profile_that_is_none_is_named_with_its_line() -> None:
    bad = PROFILE.format(version=1).replace('is = "green"', "is = 4")
    with pytest.raises(FormError, match=r"a32.toml, line 8"):
        read("profiles", profiles.written([SentProfile("a32.toml", bad)]))


def test_a_profile_that_needs_a_file_cannot_be_sent() -> None:
    needs = (
        PROFILE.format(version=1)
        + '\n[[step]]\nname = "App"\ninstall = "app.apk"\npackage = "example.app"\nversion = 1\n'
    )
    with pytest.raises(FormError, match="there is no file of that name"):
        profiles.refuse_faulty(SentProfile("a32.toml", needs))


@pytest.mark.parametrize(
    "blocks",
    [
        [("AST", 1, 10), ("AST", 10, 20)],
        [("AST", 11, 20), ("AST", 1, 10)],
        [("AST", 0, 10)],
        [("AST", 10, 9)],
        [("AST", 1, 100_000_000)],
        [("ast", 1, 10)],
        [("OTH", 1, 10)],
    ],
)
def test_blocks_that_overlap_or_are_none_are_refused(blocks: list[tuple[str, int, int]]) -> None:
    said = [{"prefix": prefix, "first": first, "last": last} for prefix, first, last in blocks]
    with pytest.raises(FormError):
        read("tags", changed("tags", lambda all_: all_.update(blocks=said)))


def test_blocks_side_by_side_and_of_several_prefixes_are_taken() -> None:
    said = [("AST", 1, 10), ("AST", 11, 20), ("BEN", 1, 5)]
    blocks = tuple(tags.TagBlock(*each) for each in said)
    text = tags.written(tags.SentTags(blocks[::-1], frozenset({"AST", "BEN", "ZZ"})))
    assert read("tags", text) == tags.SentTags(blocks, frozenset({"AST", "BEN", "ZZ"}))


@pytest.mark.parametrize(
    ("place", "value"),
    [(0, "12"), (0, 4), (1, "a b"), (2, 1), (2, -1), (2, True), (3, 1), (4, -1), (5, 4), (5, "")],
)
def test_a_row_that_is_none_is_refused(place: int, value: object) -> None:
    def change(said: Any) -> None:
        said["handsets"][0][place] = value

    with pytest.raises(FormError):
        read("elsewhere", changed("elsewhere", change))


def test_forty_thousand_handsets_make_a_part_of_two_megabytes() -> None:
    places = [Place(True, f"bench-{n:02d}") for n in range(20)]
    known = [
        KnownThere(imei(n).digits, f"R58M{n:07d}", places[n % 20], "staged", 1_790_000_000 + n)
        for n in range(40_000)
    ]
    text = elsewhere.written(known)
    assert len(text) < 2_500_000
    found = read("elsewhere", text)
    assert isinstance(found, SentElsewhere)
    assert set(found) == set(known)
    assert elsewhere.written(reversed(known)) == text
