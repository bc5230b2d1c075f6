from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from bench.inventory.central import authority_files
from bench.inventory.central.certificates import Authority
from bench.problems import ProblemCode, ProblemError

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "authority"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def refused(folder: Path) -> str:
    with pytest.raises(ProblemError) as found:
        authority_files.read(folder)
    assert found.value.problem.code is ProblemCode.CENTRE_UNUSABLE
    return str(found.value)


def test_only_its_owner_may_read_who_signs(folder: Path) -> None:
    authority_files.begin(folder, "Centre", NOW)
    assert (mode(folder), mode(folder / "ca.key")) == (0o700, 0o600)
    assert sorted(path.name for path in folder.iterdir()) == ["ca.crt", "ca.key"]


def test_an_authority_is_made_once(folder: Path) -> None:
    made = authority_files.begin(folder, "Centre", NOW)
    assert authority_files.begin(folder, "Another", NOW) == made


def test_a_key_that_others_may_read_signs_nothing(folder: Path) -> None:
    authority_files.begin(folder, "Centre", NOW)
    (folder / "ca.key").chmod(0o640)
    assert "others than its owner may read ca.key" in refused(folder)


def test_half_an_authority_is_none_and_is_not_made_over(folder: Path) -> None:
    authority_files.begin(folder, "Centre", NOW)
    (folder / "ca.key").unlink()
    refused(folder)
    with pytest.raises(ProblemError):
        authority_files.begin(folder, "Centre", NOW)


@pytest.mark.parametrize("name", ["ca.crt", "ca.key"])
def test_what_is_no_pem_is_refused_without_a_word_of_it(folder: Path, name: str) -> None:
    authority_files.begin(folder, "Centre", NOW)
    (folder / name).write_bytes(b"canary-4711")
    assert "canary" not in refused(folder)


def test_the_key_of_another_authority_is_refused(folder: Path) -> None:
    authority_files.begin(folder, "Centre", NOW)
    (folder / "ca.key").write_bytes(Authority.begin("Other", NOW).identity.key)
    assert "not that of its certificate" in refused(folder)


def test_a_servers_certificate_is_made_anew_for_other_hosts_and_before_it_ends(
    folder: Path,
) -> None:
    authority = authority_files.begin(folder, "Centre", NOW)

    def serial(hosts: list[str], now: datetime) -> int:
        files = authority_files.server_files(folder, authority, hosts, now)
        assert mode(files.key) == 0o600
        return x509.load_pem_x509_certificate(files.certificate.read_bytes()).serial_number

    first = serial(["centre.localhost", "127.0.0.1"], NOW)
    assert serial(["centre.localhost", "127.0.0.1"], NOW) == first
    other = serial(["centre.localhost"], NOW)
    assert other != first
    assert serial(["centre.localhost"], NOW + timedelta(days=810)) != other


def test_a_new_certificate_takes_the_place_of_the_old_one(folder: Path) -> None:
    authority = Authority.begin("Centre", NOW)
    authority_files.keep(folder, "bench-07", authority.bench("bench-07", NOW))
    second = authority.bench("bench-07", NOW)
    files = authority_files.keep(folder, "bench-07", second)
    assert files.certificate.read_bytes() == second.certificate
    assert (files.key.read_bytes(), mode(files.key)) == (second.key, 0o600)
    assert sorted(path.name for path in folder.iterdir()) == ["bench-07.crt", "bench-07.key"]


def test_files_that_are_there_are_named(folder: Path) -> None:
    authority_files.keep(folder, "b1", Authority.begin("Centre", NOW).bench("b1", NOW))
    with pytest.raises(ProblemError, match="nothing was changed"):
        authority_files.refuse_kept(folder, "b1")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProblemError, match="file"):
        authority_files.begin(tmp_path / "file" / "authority", "Centre", NOW)


def test_no_key_shows_in_an_authoritys_words() -> None:
    assert "PRIVATE KEY" not in repr(Authority.begin("Centre", NOW))
