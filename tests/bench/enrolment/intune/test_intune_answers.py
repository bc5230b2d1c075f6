"""What is made of answers: refusals in plain words without secrets, pauses, pages, batches."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bench.enrolment.intune import batches
from bench.enrolment.intune.address import microsoft
from bench.enrolment.intune.batches import Part
from bench.enrolment.intune.fields import parsed, raw, rows, text, when, whole
from bench.enrolment.intune.graph import address, quoted
from bench.enrolment.intune.patience import Patience, asked_pause
from bench.enrolment.intune.permissions import WHY, Permission
from bench.enrolment.intune.signing import refused
from bench.enrolment.intune.skew import FAR, http_time, is_far
from bench.enrolment.intune.trail import NEXT, Trail
from bench.enrolment.intune.troubles import refusal, said, scrubbed
from bench.problems import ProblemCode, ProblemError

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ROOT = "https://127.0.0.1:8443/beta"
JWT = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL2dyYXBoIn0.c2lnbmF0dXJl"


def _code(work: Any, *words: Any) -> ProblemCode:
    with pytest.raises(ProblemError) as caught:
        work(*words)
    return caught.value.problem.code


def test_every_permission_has_its_reason() -> None:
    assert set(WHY) == set(Permission)
    assert all(WHY.values())


# ── refusals ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (302, ProblemCode.SERVICE_GARBLED),
        (400, ProblemCode.SERVICE_REFUSED),
        (401, ProblemCode.SIGN_IN_AGAIN),
        (403, ProblemCode.SERVICE_REFUSED),
        (404, ProblemCode.SERVICE_REFUSED),
        (409, ProblemCode.SERVICE_REFUSED),
        (500, ProblemCode.SERVICE_GARBLED),
    ],
)
def test_each_status_is_a_problem_with_words(status: int, code: ProblemCode) -> None:
    problem = refusal(status, "itemNotFound: no such thing", Permission.READ_DEVICES).problem
    assert problem.code is code
    assert problem.where == "Intune"


def test_a_refusal_for_want_of_a_permission_names_it_and_why_it_is_needed() -> None:
    told = str(refusal(403, "Forbidden", Permission.MAKE_TOKENS))
    assert "DeviceManagementConfiguration.ReadWrite.All" in told
    assert WHY[Permission.MAKE_TOKENS] in told


def test_intunes_message_within_a_message_is_unwrapped() -> None:
    inner = {"_version": 3, "Message": "Device not found. - Operation ID (for support): 0 - Url: x"}
    wrapped = {"ErrorCode": "Forbidden", "Message": json.dumps(inner)}
    for message in (inner, wrapped):
        body = {"error": {"code": "UnknownError", "message": json.dumps(message)}}
        assert said(json.dumps(body).encode()) == "UnknownError: Device not found."


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"{}", b'{"error": "x"}', b'{"error": {"code": 7}}', b"[" * 9999],
)
def test_a_refusal_without_words_is_said_to_have_none(body: bytes) -> None:
    assert said(body) == "no reason given"


@pytest.mark.parametrize(
    "secret", [JWT, "XQBTRWKPNJHZVDMCLGFS", "0.AXoAq8-2_kLm9vW3xYz1aB2cD4eF6gH8iJ", "a1" * 40]
)
def test_what_may_be_a_token_is_masked_in_the_services_own_words(secret: str) -> None:
    shown = scrubbed(f"Bearer {secret} is bad")
    assert not any(secret[at : at + 16] in shown for at in range(len(secret) - 15))
    assert shown.startswith("Bearer ")
    assert shown.endswith("is bad")


def test_words_and_identifiers_of_a_refusal_stay() -> None:
    words = "needs DeviceManagementManagedDevices.Read.All - 8191cc94-6c68-4ae6-a843-dcb7f44d2765"
    assert scrubbed(words) == words
    assert scrubbed("a\n\x1b[31mb <b>") == "a [31mb <b>"


# ── signing in ──────────────────────────────────────────────────────────────────────────────────
def _told(number: int, words: str, error: str = "invalid_client") -> dict[str, object]:
    text = f"AADSTS{number}: {words} Trace ID: 7a84b74b Correlation ID: d7 Timestamp: 2026"
    return {"error": error, "error_description": text, "error_codes": [number]}


def test_an_assertion_out_of_its_time_is_a_wrong_clock_with_both_times() -> None:
    words = "Client assertion is not within its valid time range. Current time: {}, valid from {}"
    times = "2026-11-25T12:00:03.3149355Z", "2026-11-24T12:00:00.0000000Z"
    told = _told(700024, words.format(*times))
    problem = refused(told, None, NOON).problem
    assert problem.code is ProblemCode.CLOCK_WRONG
    assert problem.detail == "here 2026-11-24 12:00 UTC, there 2026-11-25 12:00 UTC"


def test_any_refusal_by_a_service_a_day_ahead_is_a_wrong_clock() -> None:
    told = _told(50013, "Assertion failed signature validation.", "invalid_grant")
    assert refused(told, NOON + timedelta(days=1), NOON).problem.code is ProblemCode.CLOCK_WRONG
    assert refused(told, NOON, NOON).problem.code is ProblemCode.SIGN_IN_AGAIN


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (_told(700016, "Application not found."), ProblemCode.SERVICE_REFUSED),
        (_told(700027, "The certificate is not registered."), ProblemCode.SERVICE_REFUSED),
        (_told(65001, "No consent.", "invalid_grant"), ProblemCode.SIGN_IN_AGAIN),
        (_told(50013, "Assertion is not within its valid time range"), ProblemCode.CLOCK_WRONG),
        ({"error": "authorization_declined"}, ProblemCode.SIGN_IN_AGAIN),
        ({"error": "authorization_pending"}, ProblemCode.SIGN_IN_AGAIN),
        ({"error": "temporarily_unavailable"}, ProblemCode.SERVICE_BUSY),
        ({"error": 7, "error_codes": "x", "error_description": None}, ProblemCode.SERVICE_GARBLED),
        ({}, ProblemCode.SERVICE_GARBLED),
    ],
)
def test_each_refusal_of_a_sign_in_is_a_problem(told: dict[str, object], code: ProblemCode) -> None:
    assert refused(told, NOON, NOON).problem.code is code


def test_a_refused_sign_in_says_its_number_and_not_its_aftermath() -> None:
    problem = refused(_told(700016, "Application not found."), None, NOON).problem
    assert problem.detail == "AADSTS700016: Application not found."


# ── times ───────────────────────────────────────────────────────────────────────────────────────
def test_clocks_may_be_apart_a_little() -> None:
    assert not is_far(NOON + FAR, NOON)
    assert not is_far(None, NOON)
    assert is_far(NOON + FAR + timedelta(seconds=1), NOON)
    assert is_far(NOON - timedelta(days=1), NOON)


@pytest.mark.parametrize(
    "header",
    [None, "", "soon", "Tue, 99 Foo 2026 12:00:00 GMT", "1" * 400, "31 Dec 9999 23:59:59 GMT"],
)
def test_what_is_no_http_date_is_no_time(header: str | None) -> None:
    assert http_time(header) is None


def test_a_pause_is_asked_for_in_seconds_or_by_a_date() -> None:
    assert asked_pause("7", NOON) == 7
    assert asked_pause("Tue, 24 Nov 2026 12:00:30 GMT", NOON) == 30
    assert asked_pause("Tue, 24 Nov 2026 11:00:00 GMT", NOON) == 0
    assert [asked_pause(each, NOON) for each in (None, "", "-3", "later", "٣")] == [None] * 5


def test_patience_waits_as_long_as_it_is_asked_and_ends() -> None:
    patience = Patience(tries=4, base=1, cap=3, longest=60)
    for _ in range(50):
        asked = patience.pause(1, 10)
        unasked = [patience.pause(tried, None) for tried in (1, 2, 3)]
        assert asked is not None
        assert 10 <= asked <= 11
        assert all(
            p is not None and 0 <= p <= most for p, most in zip(unasked, (1, 2, 3), strict=True)
        )
    assert patience.pause(4, None) is None
    assert patience.pause(1, 61) is None


def test_pauses_that_nobody_asked_for_differ() -> None:
    assert len({Patience().pause(3, None) for _ in range(20)}) > 10


# ── fields ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"7", b"{", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    assert _code(parsed, body) is ProblemCode.SERVICE_GARBLED


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (text, 7), (text, ["x"]), (raw, {"a": 1}), (raw, "\ud800"), (whole, "7"), (whole, -1),
        (whole, True), (whole, 1.5), (when, "yesterday"), (when, 7), (rows, {}), (rows, ["x"]),
        (rows, None), (when, "9999-12-31T23:59:59-14:00"),
    ],
)  # fmt: skip
def test_a_field_of_another_type_is_refused(read: Any, value: object) -> None:
    assert _code(read, {"value": value}, "value") is ProblemCode.SERVICE_GARBLED


def test_times_are_read_as_dot_net_writes_them() -> None:
    def read(value: str) -> datetime | None:
        return when({"at": value}, "at")

    assert read("2017-01-01T00:02:43.5775965-08:00") == datetime(2017, 1, 1, 8, 2, 43, 577596, UTC)
    assert read("2026-11-24T12:00:00Z") == NOON
    assert read("2026-11-24T12:00:00") == NOON
    assert read("0001-01-01T00:00:00Z") is None
    assert when({}, "at") is None
    assert when({"at": "9999-12-31T23:59:59.9999999Z"}, "at") is not None


# ── pages ───────────────────────────────────────────────────────────────────────────────────────
def test_pages_are_followed_as_they_are_linked() -> None:
    trail = Trail(ROOT)
    link = f"{ROOT}/deviceManagement/managedDevices?$skiptoken=a%3db"
    assert trail.after({NEXT: link}, [{"id": "1"}]) == link
    assert trail.after({}, [{"id": "2"}]) == ""


def test_empty_pages_may_come_one_after_the_other() -> None:
    trail = Trail(ROOT)
    assert trail.after({NEXT: f"{ROOT}/x?1"}, [])
    assert trail.after({NEXT: f"{ROOT}/x?2"}, [])


def test_a_page_that_repeats_is_refused_under_its_own_link_and_under_another() -> None:
    same, other = f"{ROOT}/x?$skiptoken=1", f"{ROOT}/x?$skiptoken=2"
    trail = Trail(ROOT)
    trail.after({NEXT: same}, [{"id": "1"}])
    assert _code(trail.after, {NEXT: same}, [{"id": "2"}]) is ProblemCode.SERVICE_GARBLED
    trail = Trail(ROOT)
    trail.after({NEXT: same}, [{"id": "1"}])
    assert _code(trail.after, {NEXT: other}, [{"id": "1"}]) is ProblemCode.SERVICE_GARBLED


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1:8443/beta/x", "https://127.0.0.1:8444/beta/x", "https://127.0.0.1/beta/x",
        "https://127.0.0.1:8443/other/x", "https://127.0.0.1:8443/beta/../other",
        "https://127.0.0.1:8443@evil.example/beta/x", "https://user@127.0.0.1:8443/beta/x",
        "//evil.example/beta/x", "/beta/x", "https://[::1/beta/x", "", 7, ["x"],
        "https://127.0.0.1:8443/beta/x\r\nHost: y", f"{ROOT}/{'x' * 9000}", f"{ROOT}x/y",
    ],
)  # fmt: skip
def test_no_page_leads_out_of_the_service(link: object) -> None:
    assert _code(Trail(ROOT).after, {NEXT: link}, []) is ProblemCode.SERVICE_GARBLED


# ── batches ─────────────────────────────────────────────────────────────────────────────────────
def test_a_batch_asks_at_most_twenty() -> None:
    assert [len(each) for each in batches.chunks(list(range(64)))] == [20, 20, 20, 4]


def test_answers_are_told_by_their_number_in_any_order() -> None:
    told = {"responses": [
        {"id": "3", "status": 429, "headers": {"RETRY-after": "9"}},
        {"id": "1", "status": 200, "headers": None, "body": {"value": []}},
    ]}  # fmt: skip
    found = batches.answers(told, {1: "/a", 3: "/b"})
    assert found == {1: Part(200, {"value": []}), 3: Part(429, {}, "9")}


@pytest.mark.parametrize(
    "responses",
    [
        [], [{"id": "2", "status": 200}], [{"id": 1, "status": 200}], [{"id": "1"}],
        [{"id": "1", "status": "200"}], [{"id": "1", "status": 7}], [{"id": "x", "status": 200}],
        [{"id": "1", "status": 200}, {"id": "1", "status": 200}], ["x"], None,
    ],
)  # fmt: skip
def test_a_batch_that_answers_something_else_is_refused(responses: object) -> None:
    told = {"responses": responses}
    assert _code(batches.answers, told, {1: "/a"}) is ProblemCode.SERVICE_GARBLED


# ── addresses ───────────────────────────────────────────────────────────────────────────────────
def test_no_value_can_become_part_of_a_query() -> None:
    assert quoted("a'b") == "'a''b'"
    assert address("/x", {"$filter": "a eq 'b&$top=1 #'"}) == (
        "/x?$filter=a%20eq%20%27b%26%24top%3D1%20%23%27"
    )


def test_microsofts_own_addresses_are_usual() -> None:
    found = microsoft("contoso.example", "client")
    assert found.graph == "https://graph.microsoft.com/beta"
    assert found.authority == "https://login.microsoftonline.com/contoso.example"


def test_a_service_that_is_not_set_is_said_to_be() -> None:
    assert _code(microsoft, "", "client") is ProblemCode.SERVICE_UNSET
    assert _code(microsoft, "tenant", "") is ProblemCode.SERVICE_UNSET


@pytest.mark.parametrize(
    "graph",
    ["http://x/beta", "https://x", "https://x/?q", "https://u:p@x/beta", "x", "https://x:y/b"],
)
def test_an_address_that_is_not_https_with_host_and_path_is_refused(graph: str) -> None:
    with pytest.raises(ProblemError) as caught:
        microsoft("t", "c", graph=graph)
    assert caught.value.problem.code is ProblemCode.SETTINGS_UNUSABLE
