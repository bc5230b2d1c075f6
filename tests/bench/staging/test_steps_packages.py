"""A package with the wrong signature stays here, and an installer's refusal is put into words."""

from __future__ import annotations

import asyncio
import io
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bench.enrolment.apk.signature import checksum, signature_of
from bench.enrolment.profiles.files import sha256
from bench.enrolment.profiles.vocabulary import Install, Push
from bench.events.device import HandsetIdentity
from bench.ports import HandsetRefusalError, Progress, ShellReply
from bench.problems import ProblemCode, ProblemError
from bench.staging.steps.over_adb import install_package, push_file
from bench.staging.steps.packages import _WORDS, check_signer, refusal_in_words
from hardware.simulator.packages import write_package
from hardware.simulator.signing import certificate
from tests.bench.staging.bench_talk import handset

NAME = "org.example.agent"
OURS = checksum(certificate("training"))


@dataclass
class Installer:
    """A handset that installs, or refuses for this reason."""

    reason: str = ""
    sent: list[str] = field(default_factory=list)
    got: list[bytes] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    async def identify(self) -> HandsetIdentity:
        return handset()

    async def shell(self, *words: str) -> ShellReply:
        assert words == ("pm", "list", "packages", NAME)
        return ShellReply(0, f"package:{NAME}\n", "")

    async def push(self, source: Path, target: str, progress: Progress) -> None:
        progress(1.0)
        self.sent.append(f"{source.name} to {target}")

    async def install(self, package: Path, progress: Progress) -> None:
        self.meanwhile()
        self.sent.append(package.name)
        self.got.append(await asyncio.to_thread(package.read_bytes))
        progress(1.0)
        if self.reason:
            raise HandsetRefusalError(self.reason)


def package(folder: Path, signer: str | None = "training") -> Path:
    path = folder / "agent.apk"
    write_package(path, NAME, signer=signer)
    return path


def install(device: Installer, file: Path, signature: str) -> str:
    wanted = Install(file, sha256(file), NAME, signature)
    return asyncio.run(install_package(wanted, device, lambda _: None))


def test_a_package_of_the_right_signer_is_installed(tmp_path: Path) -> None:
    device = Installer()
    assert install(device, package(tmp_path), OURS) == f"{NAME} installed"
    assert install(device, package(tmp_path, None), "") == f"{NAME} installed"
    assert device.sent == ["agent.apk"] * 2


@pytest.mark.parametrize("signer", ["another", None])
def test_a_package_of_somebody_else_is_refused_before_it_is_sent(
    signer: str | None, tmp_path: Path
) -> None:
    device = Installer()
    with pytest.raises(ProblemError) as refused:
        install(device, package(tmp_path, signer), OURS)
    assert refused.value.problem.code == ProblemCode.PACKAGE_UNTRUSTED
    assert refused.value.problem.where == "agent.apk"
    assert refused.value.problem.detail
    assert device.sent == []


def test_a_package_that_is_gone_is_no_package_of_the_right_signer(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="No such file"):
        check_signer(tmp_path / "none.apk", OURS)


def test_a_file_that_changed_since_the_bench_began_is_not_sent(tmp_path: Path) -> None:
    device, file = Installer(), package(tmp_path)
    install_it = Install(file, sha256(file), NAME)
    push_it = Push(file, sha256(file), "/sdcard/agent.apk")
    write_package(file, NAME, "2.0")
    for act in (install_package(install_it, device, _quiet), push_file(push_it, device, _quiet)):
        with pytest.raises(ProblemError, match="changed since the bench began") as refused:
            asyncio.run(act)
        assert refused.value.problem.code == ProblemCode.PROFILE_UNUSABLE
        assert refused.value.problem.where == "agent.apk"
    file.unlink()
    for act in (install_package(install_it, device, _quiet), push_file(push_it, device, _quiet)):
        with pytest.raises(ProblemError, match="No such file"):
            asyncio.run(act)
    assert device.sent == []


def test_what_is_sent_is_what_was_checked_though_the_file_changes_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "private").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "private"))
    file = package(tmp_path)
    checked = file.read_bytes()
    device = Installer(meanwhile=lambda: write_package(file, NAME, signer="another"))
    install(device, file, OURS)
    assert device.got == [checked]
    assert not list((tmp_path / "private").iterdir())


def test_a_package_that_cannot_be_copied_is_said_and_not_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    device, file = Installer(), package(tmp_path)
    with pytest.raises(ProblemError, match="no copy of it can be made"):
        install(device, file, OURS)
    assert device.sent == []


def _quiet(_: float) -> None:
    pass


def test_a_signer_that_changed_its_key_is_known_by_either() -> None:
    rotated = Path(__file__).parents[1] / "enrolment" / "apk" / "by_apksigner" / "rotated.apk"
    for known in (
        "ptVEeKNJLqOuaRk-nFIH5ndBwkTzviKOrSuOrqb1w-M",
        "SCM2nca0a5JseSCvx77UUTZCpu7XSeGOCr4SMl5p9sc",
    ):
        check_signer(rotated, known)
    with pytest.raises(ProblemError):
        check_signer(rotated, OURS)


def test_a_strangers_package_with_our_certificate_among_its_old_signatures_is_refused(
    tmp_path: Path,
) -> None:
    jar = (
        Path(__file__).parents[1] / "enrolment" / "apk" / "by_apksigner" / "jar.apk"
    ).read_bytes()
    with zipfile.ZipFile(io.BytesIO(jar)) as ours:
        name = next(each for each in ours.namelist() if each.endswith(".RSA"))
        genuine = ours.read(name)
    with zipfile.ZipFile(tmp_path / "evil.apk", "w") as evil:
        evil.writestr("classes.dex", b"a stranger's")
        evil.writestr("META-INF/0.RSA", genuine)
    wanted = signature_of(tmp_path / "evil.apk").checksum
    with pytest.raises(ProblemError, match="of the old kind only") as refused:
        check_signer(tmp_path / "evil.apk", wanted)
    assert refused.value.problem.code == ProblemCode.PACKAGE_UNTRUSTED


def test_a_package_signed_by_somebody_else_on_the_handset_is_told_in_words(tmp_path: Path) -> None:
    said = (
        "INSTALL_FAILED_UPDATE_INCOMPATIBLE: Existing package org.example signatures do not match"
    )
    with pytest.raises(HandsetRefusalError) as refused:
        install(Installer(said), package(tmp_path), "")
    assert "signed by somebody else" in refused.value.reason
    assert "factory settings" in refused.value.reason


@pytest.mark.parametrize("code", _WORDS)
def test_every_known_refusal_says_what_to_do_and_its_code(code: str) -> None:
    words = refusal_in_words(f"{code}: Package com.example 'x' \x1b[31m")
    assert words.endswith(f" ({code})")
    what, remedy = words.removesuffix(f" ({code})").split(": ", 1)
    assert what
    assert remedy
    assert "INSTALL" not in what + remedy


def test_a_refusal_that_nobody_knows_is_kept_plain() -> None:
    assert refusal_in_words("INSTALL_FAILED_NEW_ONE: a\x1b[2Jb") == "INSTALL_FAILED_NEW_ONE: a [2Jb"
    assert refusal_in_words("") == ""
    assert len(refusal_in_words("x" * 5000)) == 200
