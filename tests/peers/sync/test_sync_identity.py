"""Who is let in, and who is told anything."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from bench.inventory.central.certificates import Authority, Identity, utc_now
from bench.inventory.doors.postgres import PostgresDoor
from bench.inventory.sync.sending import Outcome
from bench.problems import Problem, ProblemCode, ProblemError
from tests.peers.centre.centre_room import CentreRoom
from tests.peers.sync.sync_room import (
    BenchRoom,
    done,
    is_whole,
    new_bench,
    stopped,
)


def shown(bench: BenchRoom, identity: Identity) -> None:
    """Let the bench show that certificate."""
    bench.its = bench.centre.kept(bench.name, identity)


def test_a_certificate_that_has_ended_is_refused(bench: BenchRoom) -> None:
    past = utc_now() - timedelta(days=30)
    shown(bench, bench.centre.authority.bench(bench.name, past, days=1))
    assert "has ended" in stopped(bench, ProblemCode.CENTRE_REFUSED)
    assert bench.stored() == []


def test_a_certificate_that_the_centre_ended_is_refused(bench: BenchRoom) -> None:
    done(
        bench,
        "UPDATE custody.certificate SET ends_at = now()"
        f" WHERE serial = {bench.its.identity.serial}",
    )
    assert "taken no more" in stopped(bench, ProblemCode.CENTRE_REFUSED)
    assert bench.stored() == []


def test_the_certificate_of_another_bench_sends_nothing(
    bench: BenchRoom, centre: CentreRoom, tmp_path: Path
) -> None:
    other = new_bench(centre, tmp_path)
    bench.its = replace(other.its, name=bench.name)
    said = stopped(bench, ProblemCode.CENTRE_REFUSED)
    assert f"takes this bench for {other.name}" in said
    assert bench.stored() == other.stored() == []


def test_a_certificate_of_another_authority_is_refused(bench: BenchRoom) -> None:
    other = Authority.begin("Another", utc_now())
    shown(bench, other.bench(bench.name, utc_now()))
    assert "another authority" in stopped(bench, ProblemCode.CENTRE_REFUSED)


def test_a_server_of_another_authority_is_told_nothing(bench: BenchRoom) -> None:
    other = bench.folder / "other.crt"
    other.write_bytes(Authority.begin("Another", utc_now()).identity.certificate)
    bench.its = replace(bench.its, trust=other)
    stopped(bench, ProblemCode.CENTRE_UNTRUSTED)


def test_a_server_under_another_name_is_told_nothing(bench: BenchRoom, centre: CentreRoom) -> None:
    right = [(name, (centre.server.data / name).read_bytes()) for name in SERVER_FILES]
    other = centre.authority.server(["elsewhere.invalid"], utc_now())
    serve_as(centre, dict(zip(SERVER_FILES, (other.certificate, other.key), strict=True)))
    try:
        said = until_stopped(bench)
        assert (said.code, said.detail) == (
            ProblemCode.CENTRE_UNTRUSTED, "its certificate is that of another host",
        )  # fmt: skip
    finally:
        serve_as(centre, dict(right))
        until_in_step(bench)


def test_a_server_without_tls_is_told_nothing(bench: BenchRoom, centre: CentreRoom) -> None:
    with centre.admin() as admin:
        admin.execute("ALTER SYSTEM SET ssl = off")
        centre.server.reload()
        try:
            said = until_stopped(bench)
            assert (said.code, said.detail) == (
                ProblemCode.CENTRE_UNTRUSTED, "it does not speak TLS",
            )  # fmt: skip
        finally:
            admin.execute("ALTER SYSTEM SET ssl = on")
            centre.server.reload()
            until_in_step(bench)


SERVER_FILES = ("server.crt", "server.key")


def serve_as(centre: CentreRoom, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        centre.server.write(name, content)
    centre.server.reload()


def until_stopped(bench: BenchRoom) -> Problem:
    """Sync until the server has read its files again."""
    for _ in range(100):
        sent = bench.sync()
        if sent.outcome is Outcome.STOPPED and sent.problem:
            return sent.problem
        time.sleep(0.05)
    raise AssertionError("it goes on being trusted")


def until_in_step(bench: BenchRoom) -> None:
    for _ in range(100):
        if bench.sync().outcome is Outcome.IN_STEP:
            return
        time.sleep(0.05)
    raise AssertionError("it is not taken again")


def test_what_surrounds_the_program_does_not_lead_it_elsewhere(
    bench: BenchRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "PGHOST": "/nowhere", "PGHOSTADDR": "127.0.0.9", "PGPORT": "1", "PGSSLMODE": "disable",
        "PGOPTIONS": "-c statement_timeout=1", "PGSERVICE": "nowhere", "PGUSER": "postgres",
        "PGSSLROOTCERT": "/nowhere", "PGSSLCERTMODE": "disable", "PGPASSWORD": "x",
        "PGREQUIREAUTH": "scram-sha-256", "PGTARGETSESSIONATTRS": "read-only",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    assert bench.sync().outcome is Outcome.IN_STEP
    is_whole(bench)


def test_a_key_that_others_may_read_or_that_is_none_is_said_without_its_text(
    bench: BenchRoom,
) -> None:
    canary = "MHcCAQEEIcanary"
    bench.its.key.chmod(0o644)
    said = stopped(bench, ProblemCode.CENTRE_UNUSABLE)
    assert "private key" in said
    bench.its.key.write_text(f"-----BEGIN PRIVATE KEY-----\n{canary}\n-----END PRIVATE KEY-----\n")
    bench.its.key.chmod(0o600)
    said = stopped(bench, ProblemCode.CENTRE_UNUSABLE)
    assert canary not in said
    assert canary not in repr(bench.door())


def test_a_key_under_a_password_is_refused_and_nobody_is_asked(bench: BenchRoom) -> None:
    key = load_pem_private_key(bench.its.key.read_bytes(), None)
    sealed = key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
    )
    bench.its.key.write_bytes(sealed)
    stopped(bench, ProblemCode.CENTRE_UNUSABLE)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://localhost/custody?sslmode=disable", "postgresql://me:secret@localhost/custody",
        "postgresql://localhost", "postgresql:///custody", "postgresql://a,b/custody",
        "postgresql://%2Ftmp/custody", "postgresql://localhost/dbname=x", "postgresql://h:99999/d",
        "http://localhost/custody", "",
    ],
)  # fmt: skip
def test_an_address_says_where_and_nothing_else(bench: BenchRoom, address: str) -> None:
    its = bench.its
    with pytest.raises(ProblemError) as refused:
        PostgresDoor(address, its.certificate, its.key, its.trust, bench.name)
    assert refused.value.problem.code is ProblemCode.CENTRE_UNUSABLE
    assert "secret" not in str(refused.value)
