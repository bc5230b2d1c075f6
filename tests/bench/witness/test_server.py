"""The witness behind its port: what HTTP may bring, and thousands of things it should not."""

from __future__ import annotations

import hashlib
import random
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.custody.proof.checkpoint import cosigned_at
from bench.custody.proof.note import SignedNote
from bench.witness.client import WitnessUnreachableError
from bench.witness.requests import BODY_LIMIT
from bench.witness.server import Patience
from tests.bench.custody.proof.grown import leaves
from tests.bench.custody.proof.signers import ORIGIN
from tests.bench.witness.standing import (
    HISTORY,
    IMPATIENT,
    VKEY,
    LoggingBench,
    Standing,
    asked,
    standing_witness,
)

_ASKED = str(asked(0, 100)).encode()
_AGAIN = str(asked(100, 100)).encode()
_NEXT = str(asked(100, 300)).encode()
_FORKED = str(asked(100, 300, HISTORY[:99] + leaves(201, "fork "))).encode()
_FUZZED = 4000
_ANSWERS = {200, 400, 403, 404, 409, 411, 413, 422, 431, 501}


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Standing]:
    with standing_witness(tmp_path / "w.db") as standing:
        yield standing
        assert not [line for line in standing.minutes.lines if "fault" in line]


def _posted(body: bytes, target: str = "/add-checkpoint", *more: str) -> bytes:
    head = (f"POST {target} HTTP/1.1", "Host: w", f"Content-Length: {len(body)}", *more)
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def _exchange(witness: Standing, data: bytes) -> bytes:
    """Send bytes, say that this was all, and return everything that comes back."""
    with socket.create_connection(("127.0.0.1", witness.port), 20) as peer:
        try:
            peer.sendall(data)
            peer.shutdown(socket.SHUT_WR)
        except OSError:  # it has hung up already, and perhaps said why
            pass
        return _all(peer)


def _all(peer: socket.socket) -> bytes:
    heard = b""
    try:
        while chunk := peer.recv(65536):
            heard += chunk
    except ConnectionResetError:
        pass
    return heard


def _status(heard: bytes) -> int:
    assert heard.startswith(b"HTTP/1.1 ")
    return int(heard[9:12])


def test_an_answer_is_a_short_plain_text(witness: Standing) -> None:
    head, _, body = _exchange(witness, _posted(_ASKED)).partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "HTTP/1.1 200 OK"
    assert "Content-Type: text/plain; charset=utf-8" in lines
    assert f"Content-Length: {len(body)}" in lines
    assert body.startswith("— witness.example/w1 ".encode())


def test_a_conflict_has_its_own_media_type(witness: Standing) -> None:
    _exchange(witness, _posted(_ASKED))
    head, _, body = _exchange(witness, _posted(_ASKED)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 409 Conflict\r\nContent-Type: text/x.tlog.size\r\n")
    assert body == b"100\n"


def test_one_connection_carries_many_requests(witness: Standing) -> None:
    connection = witness.connection()
    for body, status in ((_ASKED, 200), (_ASKED, 409), (_AGAIN, 200), (_NEXT, 200)):
        connection.request("POST", "/add-checkpoint", body)
        answer = connection.getresponse()
        assert answer.status == status
        answer.read()
    connection.close()
    assert witness.head()[0] == 300


def test_requests_sent_at_once_are_answered_in_order(witness: Standing) -> None:
    heard = _exchange(witness, _posted(_ASKED) + _posted(_AGAIN) + _posted(_ASKED))
    assert [part[:3] for part in heard.split(b"HTTP/1.1 ")[1:]] == [b"200", b"200", b"409"]


def test_who_waits_for_leave_to_send_a_body_gets_it(witness: Standing) -> None:
    head, _, body = _posted(_ASKED, "/add-checkpoint", "Expect: 100-continue").partition(
        b"\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", witness.port), 20) as peer:
        peer.sendall(head + b"\r\n\r\n")
        assert peer.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        peer.sendall(body)
        assert _status(peer.recv(65536)) == 200


def test_curl_can_ask(witness: Standing, tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(_ASKED)
    done = subprocess.run(
        [
            "curl", "--silent", "--show-error", "--noproxy", "*", "--fail",
            "--data-binary", f"@{tmp_path / 'body'}",
            f"http://127.0.0.1:{witness.port}/add-checkpoint",
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    note = SignedNote.parse(f"{asked(0, 100).note.text}\n".encode() + done.stdout)
    assert cosigned_at(note, VKEY) == witness.clock.seconds


def test_a_monitor_reads_the_last_checkpoint(witness: Standing) -> None:
    hashed = hashlib.sha256(ORIGIN.encode()).hexdigest()
    connection = witness.connection()
    for status in (404, 200):
        connection.request("GET", f"/{hashed}/checkpoint")
        answer = connection.getresponse()
        assert answer.status == status
        text = answer.read()
        connection.request("POST", "/add-checkpoint", _ASKED)
        connection.getresponse().read()
    connection.close()
    assert cosigned_at(SignedNote.parse(text), VKEY) is not None


@pytest.mark.parametrize(
    "target",
    [
        "/", "/add-checkpoint/", "/add-checkpoint?x", "/Add-Checkpoint", "/add-checkpointx",
        "/sign-subtree", "/checkpoint", "//checkpoint", "/../checkpoint", "/%00/checkpoint",
        "/add%2dcheckpoint", "//add-checkpoint",
    ],
)  # fmt: skip
def test_there_is_nothing_anywhere_else(witness: Standing, target: str) -> None:
    assert _status(_exchange(witness, _posted(_ASKED, target))) == 404
    assert _status(_exchange(witness, f"GET {target} HTTP/1.1\r\nHost: w\r\n\r\n".encode())) == 404
    assert witness.head()[0] == 0


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET /add-checkpoint HTTP/1.1\r\nHost: w\r\n\r\n", 404),
        (b"PUT /add-checkpoint HTTP/1.1\r\nHost: w\r\n\r\n", 501),
        (b"HEAD / HTTP/1.1\r\nHost: w\r\n\r\n", 501),
        (b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\n\r\n", 411),
        (_posted(b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked"), 411),
        (_posted(_ASKED, "/add-checkpoint", "Transfer-Encoding: chunked"), 411),
        (_posted(_ASKED, "/add-checkpoint", f"Content-Length: {len(_ASKED)}"), 400),
        (_posted(_ASKED, "/add-checkpoint", "Content-Length: 0"), 400),
        (_posted(_ASKED, "/add-checkpoint", "Host: another"), 400),
        (_posted(_ASKED, "/add-checkpoint", "No colon"), 400),
        (_posted(_ASKED, "/add-checkpoint", "Space : x"), 400),
        (_posted(_ASKED, "/add-checkpoint", " folded: x"), 400),
        (_posted(_ASKED, "/add-checkpoint", "A: b\nC: d"), 400),
        (_posted(_ASKED, "/add-checkpoint", "A: b\rC: d"), 400),
        (_posted(_ASKED, "/add-checkpoint", "A: \x00"), 400),
        (_posted(_ASKED).replace(b"Host: w\r\n", b""), 400),
        (_posted(_ASKED).replace(b"HTTP/1.1", b"HTTP/2.0"), 400),
        (_posted(_ASKED).replace(b"HTTP/1.1", b"http/1.1"), 400),
        (_posted(_ASKED).replace(b"POST ", b"POST  "), 400),
        (_posted(_ASKED).replace(b"/add", b"http://w/add"), 400),
        (_posted(_ASKED).replace(b"/add", b"/" + b"a" * 2000), 400),
        (_posted(_ASKED).replace(b"Length: ", b"Length: +"), 400),
        (_posted(_ASKED).replace(b"Length: ", b"Length: 0x"), 400),
        (_posted(_ASKED).replace(b"Length: ", b"Length: 1, "), 400),
        (_posted(b"x" * (BODY_LIMIT + 1)), 413),
        (_posted(b"x").replace(b"Length: 1", b"Length: 9999999999"), 413),
        (_posted(_ASKED, "/add-checkpoint", "A: " + "b" * 20_000), 431),
        (b"\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(
    witness: Standing, data: bytes, status: int
) -> None:
    heard = _exchange(witness, data + _posted(_ASKED))
    assert _status(heard) == status
    assert b"Traceback" not in heard
    if status != 404:
        assert heard.count(b"Connection: ") == 1  # nothing behind it is taken for a request
        assert witness.head()[0] == 0


def test_an_older_client_is_answered_and_parted_with(witness: Standing) -> None:
    old = _posted(_ASKED).replace(b"HTTP/1.1", b"HTTP/1.0").replace(b"Host: w\r\n", b"")
    heard = _exchange(witness, old + old)
    assert heard.count(b"HTTP/1.1 200 OK") == 1
    assert b"Connection: close" in heard


def test_a_largest_body_is_read(witness: Standing) -> None:
    assert _status(_exchange(witness, _posted(b"x" * BODY_LIMIT))) == 400


def test_a_peer_that_goes_in_the_middle_harms_nobody(witness: Standing) -> None:
    whole = _posted(_ASKED)
    for length in range(0, len(whole), 7):
        assert _exchange(witness, whole[:length]) == b""
    assert witness.head()[0] == 0
    assert _status(_exchange(witness, whole)) == 200


def test_slow_and_silent_peers_are_hung_up_on(tmp_path: Path) -> None:
    with standing_witness(tmp_path / "w.db", patience=IMPATIENT) as witness:
        for start in (b"", b"POST /add", _posted(_ASKED)[:-1]):
            with socket.create_connection(("127.0.0.1", witness.port), 20) as peer:
                peer.sendall(start)
                assert _all(peer) == b""
        assert _status(_exchange(witness, _posted(_ASKED))) == 200


def test_no_more_peers_are_heard_than_can_be_borne(tmp_path: Path) -> None:
    with standing_witness(tmp_path / "w.db", patience=Patience(request=60, peers=2)) as witness:
        address = "127.0.0.1", witness.port
        peers = [socket.create_connection(address, 20) for _ in range(2)]
        for peer in peers:
            peer.sendall(_posted(b"x"))
            assert _status(peer.recv(65536)) == 400
        assert _exchange(witness, _posted(_ASKED)) == b""
        for peer in peers:
            peer.shutdown(socket.SHUT_WR)
            assert _all(peer) == b""
            peer.close()
        assert _status(_exchange(witness, _posted(_ASKED))) == 200


def test_who_sends_far_too_much_still_hears_why(witness: Standing) -> None:
    assert _status(_exchange(witness, _posted(b"x" * 8_000_000))) == 413


def _mutated(random_: random.Random, data: bytes) -> bytes:
    spoilt = bytearray(data)
    for _ in range(random_.choice((1, 1, 1, 2, 5, 30))):
        place = random_.randrange(len(spoilt) + 1)
        match random_.randrange(6):
            case 0:
                spoilt[place : place + 1] = bytes([random_.randrange(256)])
            case 1:
                del spoilt[place : place + random_.randrange(1, 40)]
            case 2:
                spoilt[place:place] = random_.randbytes(random_.randrange(1, 40))
            case 3:
                piece = random_.randrange(len(spoilt) + 1)
                spoilt[place:place] = spoilt[piece : piece + random_.randrange(1, 80)]
            case 4:
                spoilt[place:place] = random_.choice(
                    (b"\n", b"\n\n", b"\0", b"=", b" ", "—".encode(), b"9" * 30, b"old 0\n")
                )
            case _:
                spoilt[place : place + 1] = bytes([(spoilt[place : place + 1] or b"0")[0] ^ 1])
    return bytes(spoilt)


def test_no_body_of_garbage_is_ever_a_fault_or_changes_what_is_remembered(
    witness: Standing,
) -> None:
    random_ = random.Random(20261124)
    assert _status(_exchange(witness, _posted(_ASKED))) == 200
    before, connection = witness.head(), witness.connection()
    seen: set[int] = set()
    for number in range(_FUZZED):
        seed = (_ASKED, _AGAIN, _FORKED)[number % 3]
        body = random_.randbytes(number % 400) if number % 10 == 0 else _mutated(random_, seed)
        connection.request("POST", "/add-checkpoint", body)
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status in _ANSWERS, body
        assert b"Traceback" not in text
        assert answer.status != 200 or body == _AGAIN or b"old 100\n" in body
        seen.add(answer.status)
        if answer.will_close:
            connection.close()
    connection.close()
    assert seen >= {400, 403, 404, 409, 422}
    assert witness.head() == before


def test_no_garbage_of_headers_is_ever_a_fault(witness: Standing) -> None:
    random_ = random.Random(4711)
    whole = _posted(b"old 0\n\nnothing", "/add-checkpoint", "Expect: 100-continue", "A: b")
    seen: set[int] = set()
    for number in range(_FUZZED // 4):
        data = random_.randbytes(number % 400) if number % 10 == 0 else _mutated(random_, whole)
        heard = _exchange(witness, data).removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
        assert b"Traceback" not in heard
        if heard:
            assert _status(heard) in _ANSWERS, data
            seen.add(_status(heard))
    assert {400, 404, 501} <= seen
    assert witness.head()[0] == 0


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of its own for the loopback, key and all in one PEM file."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "2", "-subj", "/CN=witness", "-addext",
            "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key", "-out", folder / "cert",
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    pem = folder / "both.pem"
    pem.write_bytes((folder / "key").read_bytes() + (folder / "cert").read_bytes())
    return pem


def test_a_witness_is_asked_over_tls(tmp_path: Path, certificate: Path) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=certificate)
    bench = LoggingBench(ORIGIN, list(HISTORY[:20]))
    with standing_witness(tmp_path / "w.db", tls, IMPATIENT) as witness:
        line = witness.client(tls=trusting).add_checkpoint(0, (), bench.note)
        assert cosigned_at(bench.note.with_signature(line), VKEY) == witness.clock.seconds
        with pytest.raises(WitnessUnreachableError, match="certificate"):
            witness.client().add_checkpoint(20, (), bench.note)
        assert _exchange(witness, _posted(_ASKED))[:5] != b"HTTP/"
        witness.client(tls=trusting).add_checkpoint(20, (), bench.note)


def test_a_client_that_wants_tls_does_not_do_without(tmp_path: Path) -> None:
    with standing_witness(tmp_path / "w.db", patience=IMPATIENT) as witness:
        witness.is_tls = True
        with pytest.raises(WitnessUnreachableError):
            witness.client().add_checkpoint(0, (), asked(0, 5).note)
        assert witness.head()[0] == 0
