"""Time stamps from OpenSSL's authority, over HTTP on loopback."""

from __future__ import annotations

import random
import ssl
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from bench.custody.proof.timestamp import (
    REPLY_LIMIT,
    TimestampError,
    TimestampRequest,
    check,
    fetch,
    request,
)
from tests.bench.custody.proof.authority import Asked, TestAuthority, on_the_net, served

NOTE = b"custody.example/bench-07/e1\n300\nSBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TestAuthority:
    return TestAuthority.make(tmp_path_factory.mktemp("tsa") / "one")


@pytest.fixture(scope="module")
def asked() -> TimestampRequest:
    return request(NOTE)


@pytest.fixture(scope="module")
def reply(authority: TestAuthority, asked: TimestampRequest) -> bytes:
    return authority.reply(asked.der)


def test_an_authority_on_the_net_says_when_the_note_was_there(authority: TestAuthority) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    asked = request(NOTE)
    with on_the_net(authority) as url:
        reply = fetch(url, asked.der, deadline=30)
    stamped = check(reply, NOTE, [authority.root], asked.nonce)
    assert before <= stamped <= datetime.now(UTC)
    assert stamped.tzinfo is UTC


def test_a_time_stamp_over_another_note_is_refused(reply: bytes, authority: TestAuthority) -> None:
    with pytest.raises(TimestampError, match="Mismatch between messages"):
        check(reply, NOTE + b"\n", [authority.root])


def test_an_answer_to_another_request_is_refused(reply: bytes, authority: TestAuthority) -> None:
    with pytest.raises(TimestampError, match="Nonce mismatch"):
        check(reply, NOTE, [authority.root], request(NOTE).nonce)


def test_a_time_stamp_of_an_authority_nobody_trusts_is_refused(
    reply: bytes, tmp_path: Path
) -> None:
    other = TestAuthority.make(tmp_path / "other", "other")
    with pytest.raises(TimestampError, match="does not hold"):
        check(reply, NOTE, [other.root])
    with pytest.raises(TimestampError, match="name a root"):
        check(reply, NOTE, [])


@pytest.mark.parametrize("days", [(-30, -1), (1, 30)])
def test_a_time_stamp_from_outside_its_certificates_time_is_refused(
    tmp_path: Path, days: tuple[int, int]
) -> None:
    late = TestAuthority.make(tmp_path / "late", days=days)
    with pytest.raises(TimestampError, match="does not hold"):
        check(late.reply(request(NOTE).der), NOTE, [late.root])


def test_certificates_out_of_order_are_refused_with_what_to_do(
    asked: TimestampRequest, tmp_path: Path
) -> None:
    """OpenSSL sends the TSA's certificate first, and its root's, which is shorter, behind it."""
    chained = TestAuthority.make(tmp_path / "chained")
    chained.chain = True
    with pytest.raises(TimestampError, match=r"out of order.*without its chain"):
        check(chained.reply(asked.der), NOTE, [chained.root])


def test_a_request_for_another_digest_is_refused(authority: TestAuthority) -> None:
    builder = TimestampRequestBuilder(data=NOTE, hash_algorithm=HashAlgorithm.SHA512)
    with pytest.raises(TimestampError, match="not over a SHA-256"):
        check(authority.reply(builder.build().as_bytes()), NOTE, [authority.root])


def test_a_refusal_of_the_authority_is_no_time_stamp(authority: TestAuthority) -> None:
    with pytest.raises(TimestampError, match="cannot be read"):
        check(b"\x30\x05\x30\x03\x02\x01\x02", NOTE, [authority.root])


def test_no_reply_with_a_changed_or_missing_byte_passes(
    reply: bytes, authority: TestAuthority
) -> None:
    chance = random.Random(3161)
    true_time = check(reply, NOTE, [authority.root])
    for place in chance.sample(range(len(reply)), 400):
        changed = bytearray(reply)
        changed[place] ^= 1 << chance.randrange(8)
        for bad in (bytes(changed), reply[:place], reply[:place] + b"\x00" + reply[place:]):
            try:
                assert check(bad, NOTE, [authority.root]) == true_time  # only unsigned bytes differ
            except TimestampError:
                continue


@pytest.mark.parametrize("junk", [b"", b"no", b"\x30\x80", b"<html>", b"\xff" * 4000])
def test_what_is_no_reply_is_refused(junk: bytes, authority: TestAuthority) -> None:
    with pytest.raises(TimestampError, match="no time stamp reply"):
        check(junk, NOTE, [authority.root])


def test_a_redirect_is_not_followed(authority: TestAuthority) -> None:
    def elsewhere(asked: Asked, _: bytes) -> None:
        asked.send_response(307)
        asked.send_header("Location", url)
        asked.end_headers()

    with (
        on_the_net(authority) as url,
        served(elsewhere) as away,
        pytest.raises(TimestampError, match="HTTP status 307"),
    ):
        fetch(away, request(NOTE).der, deadline=30)


def test_a_reply_without_end_is_not_taken_in() -> None:
    def endless(asked: Asked, _: bytes) -> None:
        asked.begin()
        with suppress(OSError):
            while True:
                asked.wfile.write(b"x" * REPLY_LIMIT)

    with served(endless) as url, pytest.raises(TimestampError, match=f"more than {REPLY_LIMIT}"):
        fetch(url, request(NOTE).der, deadline=30)


def test_a_page_in_place_of_a_reply_is_refused() -> None:
    def portal(asked: Asked, _: bytes) -> None:
        asked.send(b"<html>sign in</html>", kind="text/html")

    with served(portal) as url, pytest.raises(TimestampError, match="no time stamp reply"):
        fetch(url, request(NOTE).der, deadline=30)


def test_an_authority_that_drips_is_cut_off_at_the_deadline() -> None:
    def dripping(asked: Asked, _: bytes) -> None:
        asked.begin()
        with suppress(OSError):
            while True:
                asked.wfile.write(b"0")
                time.sleep(0.05)

    with served(dripping) as url, pytest.raises(TimestampError, match=r"not within 0\.5 s"):
        fetch(url, request(NOTE).der, deadline=0.5)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "tsa", "http:///x", "http://127.0.0.1:no/"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(TimestampError, match="gave no time stamp"):
        fetch(url, b"", deadline=1)


def test_an_authority_that_is_not_there_is_an_error_in_words() -> None:
    with served(lambda asked, _: asked.send(b"")) as url:
        pass
    with pytest.raises(TimestampError, match="gave no time stamp"):
        fetch(url, b"", deadline=5)


def test_an_authority_whose_own_certificate_nobody_knows_is_not_spoken_to(tmp_path: Path) -> None:
    tsa = TestAuthority.make(tmp_path / "tsa")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tsa.folder / "tsa.pem", tsa.folder / "tsa.key")
    asked_for: list[bytes] = []
    with served(lambda _, query: asked_for.append(query), context) as url:
        assert url.startswith("https://")
        with pytest.raises(TimestampError, match="certificate verify failed"):
            fetch(url, request(NOTE).der, deadline=30)
    assert asked_for == []
