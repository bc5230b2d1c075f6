"""Who signed a package: by Android's own apksigner, by another writer, and by nobody at all.

The packages in `by_apksigner` were signed by apksigner 31.0.2 with keys made for it; the digests
are what `apksigner verify --print-certs` said of them.
"""

from __future__ import annotations

import base64
import contextlib
import io
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.enrolment.apk.archive import ApkError
from bench.enrolment.apk.signature import (
    checksum,
    checksum_of,
    parse_checksum,
    signature_of,
)
from bench.enrolment.payload.checksum import wrong_with_checksum
from hardware.simulator.packages import package_bytes
from hardware.simulator.signing import certificate

SIGNED = Path(__file__).parent / "by_apksigner"
RSA = "417190aea18dc3776a5b83958418b1309926d645934e276ba6559770db4d2d82"
DSA = "962fbbfa60308d88872a5e542f515e466364bbbdc1b385b1c860626bccf553fa"
OLD = "a6d54478a3492ea3ae69193e9c5207e67741c244f3be228ead2b8eaea6f5c3e3"
NEW = "4823369dc6b46b926c7920afc7bed4513642a6eed749e18e0abe12325e69f6c7"


def written(folder: Path, package: bytes) -> Path:
    path = folder / "package.apk"
    path.write_bytes(package)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ApkError) as refused:
        signature_of(path)
    return str(refused.value)


def unsigned() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("classes.dex", b"no code")
    return archive.getvalue()


def hexadecimal(text: str) -> str:
    return base64.urlsafe_b64decode(f"{text}=").hex()


@pytest.mark.parametrize(
    ("name", "digests", "proven"),
    [
        ("rsa.apk", [RSA], True),
        ("jar.apk", [RSA], False),
        ("dsa.apk", [DSA], True),
        ("rotated.apk", [OLD, NEW], True),
    ],
)
def test_a_package_of_apksigner_has_the_signer_that_apksigner_says(
    name: str, digests: list[str], proven: bool
) -> None:
    signature = signature_of(SIGNED / name)
    assert [hexadecimal(text) for text in signature.checksums] == digests
    assert signature.proven is proven
    assert hexadecimal(checksum_of(SIGNED / name)) == digests[0]


def test_a_checksum_is_the_certificates_sha_256_as_a_handset_wants_it(tmp_path: Path) -> None:
    path = written(tmp_path, package_bytes("org.example.agent", padding=2_500_000))
    assert checksum_of(path) == checksum(certificate("training"))
    assert len(checksum_of(path)) == 43
    other = written(tmp_path, package_bytes("org.example.agent", signer="another"))
    assert checksum_of(other) == checksum(certificate("another"))


@pytest.mark.parametrize("name", ["rsa.apk", "rotated.apk"])
def test_no_byte_of_a_signed_package_can_be_changed(name: str, tmp_path: Path) -> None:
    whole = (SIGNED / name).read_bytes()
    honest = signature_of(SIGNED / name).checksums
    directory = struct.unpack_from("<I", whole, len(whole) - 6)[0]
    contents = whole.index(b"no code")
    for at in (contents, directory + 20, len(whole) - 12, len(whole) - 1):
        spoiled = bytearray(whole)
        spoiled[at] ^= 1
        refusal(written(tmp_path, bytes(spoiled)))
    chance = random.Random(5)
    for _ in range(150):
        spoiled = bytearray(whole)
        spoiled[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        try:
            said = signature_of(written(tmp_path, bytes(spoiled)))
        except ApkError:
            continue
        assert set(said.checksums) <= set(honest)  # it hit padding, or the name of one scheme


def test_the_contents_of_another_package_do_not_pass_under_a_good_signature(
    tmp_path: Path,
) -> None:
    good, other = package_bytes("org.example.agent"), package_bytes("org.example.other")
    block = good[good.index(b"APK Sig Block 42") - 583 :]
    start = other.index(b"APK Sig Block 42") - 583
    swapped = other[:start] + block[:599] + other[start + 599 :]
    assert len(swapped) == len(other)
    assert "changed after it was signed" in refusal(written(tmp_path, swapped))


def test_a_signature_under_a_strangers_certificate_is_no_signature(tmp_path: Path) -> None:
    package = package_bytes("org.example.agent")
    mine = certificate("training")
    others = (certificate(f"train{number:03d}") for number in range(1000))
    theirs = next(other for other in others if len(other) == len(mine))
    forged = package.replace(mine, theirs)
    assert "key" in refusal(written(tmp_path, forged))


def test_a_package_that_nobody_signed_is_told(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, unsigned())) == "nobody signed it"
    assert refusal(tmp_path / "none.apk") == "No such file or directory"
    assert refusal(tmp_path) == "Is a directory"


@pytest.mark.parametrize("step", [pytest.param(1, marks=pytest.mark.soak), 41])
@pytest.mark.parametrize("name", ["rsa.apk", "jar.apk"])
def test_a_package_cut_short_at_any_byte_is_refused(name: str, step: int, tmp_path: Path) -> None:
    whole = (SIGNED / name).read_bytes()
    for length in (*range(0, len(whole), step), *range(len(whole) - 24, len(whole))):
        refusal(written(tmp_path, whole[:length]))


def _set(package: bytes, at: int, form: str, value: int) -> bytes:
    spoiled = bytearray(package)
    struct.pack_into(form, spoiled, at % len(spoiled), value)
    return bytes(spoiled)


def _after(package: bytes, mark: bytes) -> int:
    return package.rindex(mark)


HUGE = 0xFFFFFFF0
LIES: tuple[Callable[[bytes], bytes], ...] = (
    lambda p: _set(p, -6, "<I", HUGE),
    lambda p: _set(p, -6, "<I", 0),
    lambda p: _set(p, -10, "<I", HUGE),
    lambda p: _set(p, -2, "<H", 0xFFFF),
    lambda p: _set(p, _after(p, b"APK Sig Block 42") - 8, "<Q", 1 << 63),
    lambda p: _set(p, _after(p, b"APK Sig Block 42") - 8, "<Q", 0),
    lambda p: _set(p, _after(p, b"APK Sig Block 42") - 8, "<Q", 600),
    lambda p: _set(p, p.index(b"\x1a\x87\x09\x71") - 8, "<Q", 1 << 63),
    lambda p: _set(p, p.index(b"\x1a\x87\x09\x71") - 8, "<Q", 3),
    *(
        lambda p, n=n: _set(p, p.index(b"\x1a\x87\x09\x71") + n, "<I", HUGE)
        for n in range(4, 28, 4)
    ),
    lambda p: p + b"\0" * 70_000,
    lambda p: p + package_bytes("org.example.other", signer=None),
)


@pytest.mark.parametrize("lie", LIES)
def test_a_size_that_lies_is_found_out(lie: Callable[[bytes], bytes], tmp_path: Path) -> None:
    refusal(written(tmp_path, lie(package_bytes("org.example.agent", padding=1000))))


def test_a_jar_signature_that_swells_is_not_unpacked_whole(tmp_path: Path) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("META-INF/A.RSA", bytes(64 << 20))
    assert len(archive.getvalue()) < 100_000
    assert "impossible size" in refusal(written(tmp_path, archive.getvalue()))


@pytest.mark.parametrize("data", [b"", b"0", b"\x30\x82\xff\xff", b"no certificate"])
def test_a_jar_signature_that_is_none_is_refused(data: bytes, tmp_path: Path) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("META-INF/A.EC", data)
    assert "JAR signature" in refusal(written(tmp_path, archive.getvalue()))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_nothing_that_a_file_holds_does_more_than_be_refused(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = bytearray((SIGNED / data.draw(st.sampled_from(["dsa.apk", "jar.apk"]))).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole) - 1))
        piece = data.draw(st.binary(max_size=12))
        whole[at : at + data.draw(st.integers(0, 12))] = piece
    path = written(tmp_path_factory.mktemp("apk"), bytes(whole))
    with contextlib.suppress(ApkError):
        assert signature_of(path).checksums


def test_a_checksum_is_taken_as_base64_and_as_other_tools_print_it() -> None:
    text = checksum_of(SIGNED / "rsa.apk")
    colons = ":".join(RSA[at : at + 2] for at in range(0, 64, 2)).upper()
    assert {parse_checksum(form) for form in (text, f"{text}=", RSA, colons)} == {text}
    for wrong in ("", text[:-1], RSA[:-1], text.replace(text[0], "+", 1), f"{text}\n", "x" * 64):
        with pytest.raises(ValueError, match="SHA-256"):
            parse_checksum(wrong)


def test_what_is_taken_as_a_checksum_is_what_a_code_takes() -> None:
    text = checksum_of(SIGNED / "rsa.apk")
    assert wrong_with_checksum(parse_checksum(RSA)) == ""
    last = chr(ord(text[-1]) + 1)  # the same bytes, and bits behind them that no encoder writes
    assert wrong_with_checksum(text[:-1] + last)
    with pytest.raises(ValueError, match="SHA-256"):
        parse_checksum(text[:-1] + last)
