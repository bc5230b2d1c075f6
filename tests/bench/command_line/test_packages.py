"""Who signed a package, said to whoever writes a profile."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.command_line.packages import tell_signers

SIGNED = Path(__file__).parents[1] / "enrolment" / "apk" / "by_apksigner"
RSA = "417190aea18dc3776a5b83958418b1309926d645934e276ba6559770db4d2d82"
CHECKSUM = "QXGQrqGNw3dqW4OVhBixMJkm1kWTTidrplWXcNtNLYI"


def test_the_signer_of_a_package_is_said_in_both_spellings(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert tell_signers([SIGNED / "rsa.apk"]) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[0] == f"rsa.apk: {CHECKSUM} (proven)"
    assert said.endswith(f" {RSA}\n")
    assert tell_signers([SIGNED / "jar.apk"]) == 0
    assert "read only" in capsys.readouterr().out
    assert tell_signers([SIGNED / "rotated.apk"]) == 0
    assert "after its key was changed" in capsys.readouterr().out


def test_packages_are_proven_to_be_of_one_signer(capsys: pytest.CaptureFixture[str]) -> None:
    ours = [SIGNED / "rsa.apk", SIGNED / "rsa.apk"]
    assert tell_signers(ours, CHECKSUM) == tell_signers(ours, RSA.upper()) == 0
    capsys.readouterr()
    assert tell_signers([*ours, SIGNED / "dsa.apk"], CHECKSUM) == 1
    said = capsys.readouterr().err
    assert said.startswith("staging-bench: dsa.apk: its signer is ")
    assert said.endswith(f", not {CHECKSUM}\n")


def test_a_package_with_only_the_old_signature_is_proven_to_be_nobodys(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert tell_signers([SIGNED / "jar.apk"], CHECKSUM) == 1
    assert "jar.apk: its signature is of the old kind only" in capsys.readouterr().err


def test_what_is_no_package_or_no_checksum_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a\x1b[31m.apk").write_bytes(b"PK\3\4")
    assert tell_signers([tmp_path / "a\x1b[31m.apk"]) == 1
    assert "a [31m.apk: it is no package" in capsys.readouterr().err
    assert tell_signers([SIGNED / "rsa.apk"], "abc") == 1
    assert "abc: it is no SHA-256" in capsys.readouterr().err
