"""What a bench makes of the answers of peers that are no witnesses, or bad ones."""

from __future__ import annotations

import socket
import threading

import pytest

from bench.custody.proof.checkpoint import cosign, log_key, witness_key
from bench.custody.proof.note import NoteSignature
from bench.problems import ProblemCode
from bench.witness.client import (
    WitnessClient,
    WitnessConflictError,
    WitnessRefusedError,
    WitnessUnreachableError,
)
from tests.bench.custody.proof.signers import NOON, ORIGIN, WITNESS, made_up_key, signed_head
from tests.bench.witness.answering import Reply, answers, parrot, says
from tests.bench.witness.standing import HISTORY, VKEY

_NOTE = signed_head(HISTORY, 9)
_LINE = cosign(_NOTE, WITNESS, made_up_key(WITNESS), NOON)
_OTHER = cosign(_NOTE, "other", made_up_key("other"), NOON)
_SIZE = "Content-Type: text/x.tlog.size"


def _ask(port: int, timeout: float = 20, path: str = "") -> NoteSignature:
    client = WitnessClient(f"http://127.0.0.1:{port}{path}", VKEY, timeout)
    return client.add_checkpoint(0, (), _NOTE)


def _lines(*lines: NoteSignature | str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


@pytest.mark.parametrize("prefix", ["", "/", "/witness/v1", "/witness/v1/"])
def test_a_cosignature_is_asked_for_where_the_witness_takes_them(prefix: str) -> None:
    with parrot(answers("200 OK", _lines(_LINE))) as witness:
        assert _ask(witness.port, path=prefix) == _LINE
    (heard,) = witness.heard
    where = prefix.rstrip("/").encode()
    assert heard.startswith(b"POST " + where + b"/add-checkpoint HTTP/1.1\r\n")
    assert heard.endswith(f"\r\n\r\nold 0\n\n{_NOTE}".encode())


def test_lines_of_other_keys_are_ignored() -> None:
    older = f"\u2014 {WITNESS} AAAAAAECAw=="
    for lines in ((_OTHER, _LINE), (_LINE, _OTHER), (older, _LINE, _OTHER)):
        with parrot(answers("200 OK", _lines(*lines))) as witness:
            assert _ask(witness.port) == _LINE


_WRONG_KEY = cosign(_NOTE, WITNESS, made_up_key("wrong"), NOON)
_FORGED = NoteSignature(WITNESS, VKEY.key_id, _WRONG_KEY.signature)
_OF_ANOTHER = cosign(signed_head(HISTORY, 8), WITNESS, made_up_key(WITNESS), NOON)
_BY_LOG = NoteSignature(ORIGIN, VKEY.key_id, made_up_key(WITNESS).sign(_NOTE.text.encode()))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n",
        b"OK\n",
        b"\xff\xfe\n",
        b"<html></html>",
        _lines(_LINE)[:-1],
        _lines(_LINE) + b"\n",
        b"\n" + _lines(_LINE),
        _lines(_LINE).replace(b"\n", b"\r\n"),
        _lines(_LINE) + b"and more\n",
        _lines(_OTHER),
        _lines(_WRONG_KEY),
        _lines(_FORGED),
        _lines(_LINE, _FORGED),
        _lines(_OF_ANOTHER),
        _lines(_BY_LOG),
        str(_NOTE.with_signature(_LINE)).encode(),
        _lines(*[_LINE] * 200),
        _lines(_LINE, f"\u2014 huge {'A' * 80_000}"),
        b"x" * 100_000,
    ],
)
def test_what_is_no_cosignature_is_none(body: bytes) -> None:
    with (
        parrot(answers("200 OK", body)) as witness,
        pytest.raises(WitnessUnreachableError) as refused,
    ):
        _ask(witness.port)
    assert refused.value.problem.code is ProblemCode.WITNESS_UNREACHABLE


@pytest.mark.parametrize(
    ("status", "said"),
    [("400 Bad Request", 400), ("403 No", 403), ("404 No", 404), ("422 No", 422)],
)
def test_a_refusal_is_passed_on_in_plain_words(status: str, said: int) -> None:
    with (
        parrot(answers(status, b"<b>no\x1b[31m\x00\n" + b"x" * 5000)) as witness,
        pytest.raises(WitnessRefusedError) as refused,
    ):
        _ask(witness.port)
    assert refused.value.status == said
    assert refused.value.reason.startswith("<b>no")
    assert len(refused.value.reason) <= 200
    assert "\x1b" not in str(refused.value)


def test_a_conflict_names_the_size() -> None:
    for header in (_SIZE, _SIZE + "; charset=utf-8", _SIZE.upper()):
        with (
            parrot(answers("409 Conflict", b"20852014\n", header)) as witness,
            pytest.raises(WitnessConflictError) as conflict,
        ):
            _ask(witness.port)
        assert conflict.value.size == 20852014


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (b"7\n", "Content-Type: text/plain"),
        (b"7\n", "X-None: 1"),
        (b"7", _SIZE),
        (b"", _SIZE),
        (b"07\n", _SIZE),
        (b"-7\n", _SIZE),
        (b"7\n\n", _SIZE),
        (b"seven\n", _SIZE),
        ("\u0667\n".encode(), _SIZE),
        (b"9223372036854775808\n", _SIZE),
        (b"9" * 10_000 + b"\n", _SIZE),
        (b"\xff\n", _SIZE),
    ],
)
def test_a_conflict_without_a_size_is_no_answer(body: bytes, header: str) -> None:
    with (
        parrot(answers("409 Conflict", body, header)) as witness,
        pytest.raises(WitnessUnreachableError),
    ):
        _ask(witness.port)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temp", "308 Perm"])
def test_no_redirect_is_followed(status: str) -> None:
    with parrot(answers("200 OK", _lines(_LINE))) as elsewhere:
        there = f"Location: http://127.0.0.1:{elsewhere.port}/add-checkpoint"
        with (
            parrot(answers(status, b"", there)) as witness,
            pytest.raises(WitnessUnreachableError, match=status[:3]),
        ):
            _ask(witness.port)
    assert elsewhere.heard == []


def _drips(peer: socket.socket) -> None:
    peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(200):
        peer.sendall(b"x")
        threading.Event().wait(0.1)


def _keeps_silent(peer: socket.socket) -> None:
    peer.recv(1)


def _continues_for_ever(peer: socket.socket) -> None:
    while True:
        peer.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def _talks_for_ever(peer: socket.socket) -> None:
    peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        peer.sendall(b"x" * 1000)


@pytest.mark.parametrize("reply", [_drips, _keeps_silent, _continues_for_ever, _talks_for_ever])
def test_a_peer_that_would_hold_on_for_ever_is_left(reply: Reply) -> None:
    with parrot(reply) as witness, pytest.raises(WitnessUnreachableError):
        _ask(witness.port, timeout=0.5)


@pytest.mark.parametrize(
    "reply",
    [
        says(b""),
        says(b"\x15\x03\x03\x00\x02\x02\x16"),
        says(b"SSH-2.0-none\r\n"),
        says(b"HTTP/9.9 200 OK\r\n\r\n"),
        says(b"HTTP/1.1 twohundred OK\r\n\r\n"),
        says(b"HTTP/1.1 999 OK\r\n\r\n"),
        says(b"HTTP/1.1 204 None\r\n\r\n"),
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + _lines(_LINE)),
        says(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"),
        says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n"),
        says(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n"),
        says(b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000 + b"\r\n\r\n"),
        says(b"HTTP/1.1 200 OK\r\n\xff\xfe: \xff\r\n\r\n\xff"),
        answers("500 Oh", b"oh"),
        answers("503 Oh", b"oh"),
        answers("200 OK", b"gzip", "Content-Encoding: gzip"),
    ],
)
def test_what_is_no_answer_is_none(reply: Reply) -> None:
    with parrot(reply) as witness, pytest.raises(WitnessUnreachableError):
        _ask(witness.port)


def _drips_under_tls(peer: socket.socket) -> None:
    for byte in b"\x16\x03\x03\x40\x00" + bytes(200):
        peer.sendall(bytes([byte]))
        threading.Event().wait(0.1)


def test_a_handshake_that_would_never_end_is_left() -> None:
    with parrot(_drips_under_tls, waits=False) as witness:
        client = WitnessClient(f"https://127.0.0.1:{witness.port}", VKEY, 0.5)
        with pytest.raises(WitnessUnreachableError):
            client.add_checkpoint(0, (), _NOTE)


def test_nobody_there_is_a_known_problem() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(WitnessUnreachableError) as refused:
        _ask(port)
    assert str(refused.value).startswith(WITNESS)


def test_a_name_that_nobody_can_have_is_a_known_problem() -> None:
    for url in ("http://a" + "b" * 300, "http://.."):
        with pytest.raises(WitnessUnreachableError):
            WitnessClient(url, VKEY, 20).add_checkpoint(0, (), _NOTE)


@pytest.mark.parametrize(
    "url",
    ["", "witness", "ftp://witness", "file:///etc/passwd", "http://", "http://h?q", "http://h:x"],
)
def test_what_is_no_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - some words are the library's
        WitnessClient(url, VKEY, 20)


def test_a_log_s_key_is_no_witness_key() -> None:
    with pytest.raises(ValueError, match="0x04"):
        WitnessClient("http://h", log_key(ORIGIN, made_up_key(ORIGIN)), 20)
    WitnessClient("http://h", witness_key("w", made_up_key("w")), 20)
