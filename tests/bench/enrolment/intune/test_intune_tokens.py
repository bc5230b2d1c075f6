"""Profiles and token files: what a handset can enrol with, and what is said where it cannot."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.enrolment.intune.fallback import COMPONENT_KEY, EXTRAS_KEY, TOKEN_KEY, built
from bench.enrolment.intune.profiles import (
    Overview,
    chosen,
    entity,
    overview,
    profile_of,
)
from bench.enrolment.intune.profiles import content_of as content_of_profile
from bench.enrolment.intune.token_file import LIMIT, content_of, decoded
from bench.events.management import TokenKind
from bench.problems import ProblemCode, ProblemError

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TOKEN = "CANARYCANARYCANARYCA"
ROW: dict[str, Any] = {
    "id": "a8d0245e-245e-a8d0-5e24-d0a85e24d0a8",
    "displayName": "A32 fully managed",
    "enrollmentMode": "corporateOwnedFullyManaged",
    "enrollmentTokenType": "deviceStaging",
    "tokenValue": TOKEN,
    "tokenCreationDateTime": "2026-11-01T00:00:00Z",
    "tokenExpirationDateTime": "2026-12-01T00:00:00Z",
    "enrolledDeviceCount": 3,
    "qrCodeContent": '{ "as": "it is" }',
}


def _refused(work: Any, *words: Any) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        work(*words)
    assert TOKEN not in f"{caught.value!r} {caught.value} {caught.value.problem!r}"
    return caught.value


# ── profiles ────────────────────────────────────────────────────────────────────────────────────
def test_what_a_code_says_is_taken_as_the_service_gives_it() -> None:
    found = content_of_profile(profile_of(ROW), NOON)
    assert found.text == '{ "as": "it is" }'
    assert (found.profile, found.kind) == ("A32 fully managed", TokenKind.STAGING)
    assert found.expires == datetime(2026, 12, 1, tzinfo=UTC)


def test_a_token_without_a_code_is_made_into_the_least_that_enrols() -> None:
    found = content_of_profile(profile_of(ROW | {"qrCodeContent": None}), NOON)
    assert found.text == built(TOKEN)
    assert len(found.text) < 550
    assert json.loads(found.text)[EXTRAS_KEY] == {TOKEN_KEY: TOKEN}


@pytest.mark.parametrize("left", [timedelta(), timedelta(days=-1), timedelta(days=-9000)])
def test_a_token_that_has_expired_is_said_before_a_handset_is_touched(left: timedelta) -> None:
    row = ROW | {"tokenExpirationDateTime": (NOON + left).isoformat()}
    problem = _refused(content_of_profile, profile_of(row), NOON).problem
    assert problem.code is ProblemCode.TOKEN_EXPIRED
    assert f"{NOON + left:%Y-%m-%d}" in problem.detail


def test_a_token_holds_to_its_last_moment_and_one_without_an_end_for_ever() -> None:
    soon = ROW | {"tokenExpirationDateTime": (NOON + timedelta(seconds=1)).isoformat()}
    assert content_of_profile(profile_of(soon), NOON).text
    never = ROW | {"tokenExpirationDateTime": "0001-01-01T00:00:00Z"}
    assert content_of_profile(profile_of(never), NOON).expires is None


def test_a_token_that_was_revoked_is_said_before_a_handset_is_touched() -> None:
    row = ROW | {"tokenValue": "", "qrCodeContent": None, "tokenExpirationDateTime": None}
    assert (
        _refused(content_of_profile, profile_of(row), NOON).problem.code
        is ProblemCode.TOKEN_EXPIRED
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", ""), ("id", "../x"), ("id", "a" * 101), ("id", 7), ("qrCodeContent", 7),
        ("qrCodeContent", "\ud800"), ("tokenValue", ["x"]), ("enrolledDeviceCount", "many"),
        ("tokenExpirationDateTime", "soon"),
    ],
)  # fmt: skip
def test_a_profile_of_other_types_is_refused(key: str, value: object) -> None:
    assert _refused(profile_of, ROW | {key: value}).problem.code is ProblemCode.SERVICE_GARBLED


def test_a_profile_is_read_inside_a_value_too() -> None:
    assert entity({"value": ROW}) == ROW
    assert entity(ROW) == ROW


def test_no_secret_stands_in_a_profiles_repr() -> None:
    found = profile_of(ROW | {"qrCodeContent": TOKEN})
    assert TOKEN not in repr(found)
    assert TOKEN not in repr(content_of_profile(found, NOON))


def test_a_kind_of_token_that_came_later_enrols_all_the_same() -> None:
    assert profile_of(ROW | {"enrollmentTokenType": "newer"}).kind is TokenKind.DEFAULT


def _named(*names: str) -> Overview:
    return overview(ROW | {"displayName": name} for name in names)


def test_a_profile_that_cannot_be_read_keeps_no_other_from_being_chosen() -> None:
    there = overview([ROW, {}, ROW | {"displayName": 7}, ROW | {"displayName": "B\ud83d"}])
    assert chosen(there, "A32 fully managed").id == ROW["id"]
    assert (chosen(there, "B").name, there.unreadable) == ("B", 2)
    problem = _refused(chosen, there, "C").problem
    assert problem.code is ProblemCode.SERVICE_GARBLED
    assert "2 profiles cannot be read" in problem.detail


def test_a_profile_is_chosen_by_its_whole_name() -> None:
    assert chosen(_named("A32", "A32 B"), " A32 ").name == "A32"
    for names in ((), ("A32 B",), ("A32", "A32")):
        problem = _refused(chosen, _named(*names), "A32").problem
        assert problem.code is ProblemCode.PROFILE_UNUSABLE
        assert "A32" in problem.detail


# ── token files ─────────────────────────────────────────────────────────────────────────────────
CODE = json.dumps({COMPONENT_KEY: "x/.Y", EXTRAS_KEY: {TOKEN_KEY: TOKEN}}, indent=2)


def test_what_a_code_says_is_kept_as_it_is_in_the_file() -> None:
    assert content_of(CODE, "intune-token", NOON).text == CODE


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        json.dumps({TOKEN_KEY: TOKEN}),
        json.dumps({"tokenValue": TOKEN}),
        json.dumps([{"enrollmentToken": TOKEN, "name": "x"}]),
        json.dumps({"value": [{"tokenValue": TOKEN, "x": {TOKEN_KEY: TOKEN}}]}),
    ],
)
def test_a_token_alone_is_made_into_a_code(text: str) -> None:
    assert content_of(text, "intune-token", NOON).text == built(TOKEN)


def test_an_exported_profile_says_its_kind_and_end() -> None:
    found = content_of(json.dumps(ROW), "intune-token", NOON)
    assert (found.text, found.kind) == ('{ "as": "it is" }', TokenKind.STAGING)
    assert found.expires == datetime(2026, 12, 1, tzinfo=UTC)
    assert found.profile == "intune-token"


def test_a_file_whose_token_has_expired_is_told_of() -> None:
    text = json.dumps(ROW | {"tokenExpirationDateTime": "2026-11-23T12:00:00Z"})
    problem = _refused(content_of, text, "intune-token", NOON).problem
    assert problem.code is ProblemCode.TOKEN_EXPIRED
    assert "2026-11-23" in problem.detail


_Told = TypeVar("_Told")
_END = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        _END.timestamp(), int(_END.timestamp()), int(_END.timestamp()) * 1000,
        str(int(_END.timestamp())), str(int(_END.timestamp() * 1000)), "2026-12-01T00:00:00Z",
    ],
)  # fmt: skip
def test_an_expiry_is_read_as_a_time_or_as_a_count_since_1970(written: object) -> None:
    text = json.dumps({"tokenValue": TOKEN, "expirationTimestamp": written})
    assert content_of(text, "intune-token", NOON).expires == _END
    late = _refused(content_of, text, "intune-token", _END)
    assert late.problem.code is ProblemCode.TOKEN_EXPIRED


@pytest.mark.parametrize(
    "written", [True, False, 0, -1, 1, 1e300, float("inf"), float("nan"), [1], {"at": 1}, "9" * 40]
)
def test_an_expiry_that_is_none_is_refused_and_never_passed_over(written: object) -> None:
    text = json.dumps({"tokenValue": TOKEN, "expirationTimestamp": written})
    error = _refused(content_of, text, "intune-token", NOON)
    assert error.problem.code is ProblemCode.SECRET_UNUSABLE


_KEYS = st.sampled_from([
    TOKEN_KEY, "tokenValue", "enrollmentToken", "expirationDateTime", "expirationTimestamp",
    "enrollmentTokenType", "qrCodeContent", COMPONENT_KEY, EXTRAS_KEY, "x",
])  # fmt: skip
_LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from([TOKEN, f"{TOKEN} {TOKEN}", "2026-12-01", "\ud800", "1764547200000"])
)  # fmt: skip
_FILES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=5)
).map(json.dumps) | st.text(max_size=60)


def _outcome(work: Callable[[], _Told]) -> _Told | ProblemError:
    try:
        return work()
    except ProblemError as error:
        return error


@settings(max_examples=100, deadline=None)
@given(_FILES)
def test_any_file_is_either_a_code_that_can_be_shown_or_a_problem_in_words(text: str) -> None:
    found = _outcome(lambda: content_of(text, "intune-token", NOON))
    if isinstance(found, ProblemError):
        assert found.problem.code in (ProblemCode.SECRET_UNUSABLE, ProblemCode.TOKEN_EXPIRED)
        assert TOKEN not in f"{found} {found!r} {found.__context__!r}"
        assert str(found).isprintable()
    else:
        assert found.text.encode()
        assert found.expires is None or found.expires > NOON
        assert TOKEN not in repr(found)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=60) | _FILES.map(lambda text: text.encode("utf-16", "replace")))
def test_any_bytes_are_text_or_a_problem(file: bytes) -> None:
    found = _outcome(lambda: decoded(file, "t.json"))
    if isinstance(found, ProblemError):
        assert found.problem.code is ProblemCode.SECRET_UNUSABLE
    else:
        assert found == found.strip()


@pytest.mark.parametrize(
    "text",
    [
        "", "short", f"{TOKEN} {TOKEN}", "{", "[]", "7", "[" * 50_000, "{}", f'["{TOKEN}"]',
        json.dumps({TOKEN_KEY: "has space " + TOKEN}), json.dumps({TOKEN_KEY: 7}),
        json.dumps({TOKEN_KEY: TOKEN, "tokenValue": "B" + TOKEN}),
        json.dumps({COMPONENT_KEY: "x/.Y"}), json.dumps({COMPONENT_KEY: "x/.Y", EXTRAS_KEY: TOKEN}),
        json.dumps({TOKEN_KEY: TOKEN, "expirationDateTime": "soon " + TOKEN}),
        json.dumps({"a": {"b": {"c": {"d": {"tokenValue": TOKEN}}}}}),
    ],
)  # fmt: skip
def test_what_is_no_token_file_is_refused_without_a_word_of_it(text: str) -> None:
    assert (
        _refused(content_of, text, "intune-token", NOON).problem.code is ProblemCode.SECRET_UNUSABLE
    )


def test_files_of_windows_are_read() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert decoded(f"{TOKEN}\r\n".encode(encoding), "t.json") == TOKEN


def test_a_file_that_is_no_text_or_too_large_is_refused() -> None:
    for file in (b"\xff\xfe\x00", b"\x80" + TOKEN.encode(), b" " * (LIMIT + 1)):
        error = _refused(decoded, file, "t.json")
        assert error.problem.code is ProblemCode.SECRET_UNUSABLE
        assert error.__context__ is None
