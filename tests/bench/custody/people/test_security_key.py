from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.custody.people.second_factor import (
    Algorithm,
    Assertion,
    SecurityKey,
    challenge_over,
    from_base64,
    to_base64,
)
from bench.custody.people.software_key import SoftwareKey
from bench.custody.people.webauthn import AssertionRefusedError, check_assertion

LEAVES = [bytes([number]) * 32 for number in range(3)]
CHALLENGE = challenge_over(LEAVES)
KEY = SoftwareKey.make()
ANSWER = asyncio.run(KEY.sign(CHALLENGE))


def vector(name: str, algorithm: Algorithm, public: str) -> tuple[SecurityKey, Assertion, bytes]:
    """Return a test vector of W3C WebAuthn Level 3, section "Test Vectors"."""
    challenge, credential, data, client, signature = map(bytes.fromhex, VECTORS[name])
    key = SecurityKey(
        algorithm, bytes.fromhex(public), credential, "example.org", "https://example.org"
    )
    return key, Assertion(credential, data, client, signature), challenge


VECTORS = {
    "packed-es256": (
        "b1106fa46a57bef1781511c0557dc898a03413d5f0f17d244630c194c7e1adb5",
        "c9a6f5b3462d02873fea0c56862234f99f081728084e511bb7760201a89054a5",
        "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50d00000000",
        b'{"type":"webauthn.get","challenge":"sRBvpGpXvvF4FRHAVX3ImKA0E9Xw8X0kRjDBlMfhrbU",'
        b'"origin":"https://example.org","crossOrigin":false,"extraData":"clientDataJSON may be '
        b"extended with additional fields in the future, such as this: "
        b'AZMwyMxIbD8-uguFNp6r8Q"}'.hex(),
        (
            "30450220694969d3ee928de6f02ef23a9c644d7d779916451734a94b432542f498a1ebe90221008b"
            "0819c824218a97152cd099c55bfb1477b29d900a49a64018314f9bfccda163"
        ),
    ),
    "tpm-es256": (
        "00093b66c21d5b5e89f7a07082118907ea3e502d343b314b8c5a54d62db202fb",
        "ec27bec7521c894bbb821105ea3724c90e770cf1fa354157ef18d0f18f78bea9",
        "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50d00000000",
        b'{"type":"webauthn.get","challenge":"AAk7ZsIdW16J96BwghGJB-o-UC00OzFLjFpU1i2yAvs",'
        b'"origin":"https://example.org","crossOrigin":false}'.hex(),
        (
            "3045022060dc76b1607ec716c6e5eba8d056695ed6bc47b2e3d7a729c34e759e3ab66aa0022100d0"
            "10a9e8fddcb64c439dfdca628ddb33cf245d567d157d9f66f942601bed9b38"
        ),
    ),
    "packed-eddsa": (
        "895957e01c633a698348a2d8a31a54b7db27e8c1c43b2080d79ae2190267bfd2",
        "ce9f840ed96599580cd140fbc7bb3230633f50f61041aff73308ae71caa8a2bd",
        "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50100000000",
        b'{"type":"webauthn.get","challenge":"iVlX4BxjOmmDSKLYoxpUt9sn6MHEOyCA15riGQJnv9I",'
        b'"origin":"https://example.org","crossOrigin":false}'.hex(),
        (
            "f5c59c7e46c34f6f8cc197101ddf9934fa2595f68eb1913a637e8419eb9ba4cfdfc48f85393bc0d4"
            "0b011f0d6fecb097d6607525713223a0dc0d453993dae00b"
        ),
    ),
}
"""Challenge, credential id, authenticator data, client data, signature; in hex."""
PACKED_ES256 = vector(
    "packed-es256",
    Algorithm.ES256,
    "041cf27f25da591208a4239c2e324f104f585525479a29edeedd830f48e77aeae5"
    "59e4b7da6c0106e206ce390c93ab98a15a5ec3887e57f0cc2bece803b920c423",
)
TPM_ES256 = vector(
    "tpm-es256",
    Algorithm.ES256,
    "0441202698c9d9753fb4bb3f27cd09fe6b8afdb76438ee2ae54d7c9dade10d864b"
    "d8735115cdb330a63ea1d6e43d5000f4bd56f99bce83ee1d73301fc270116d07",
)
PACKED_EDDSA = vector(
    "packed-eddsa",
    Algorithm.EDDSA,
    "44e06ddd331c36a8dc667bab52bcae63486c916aa5e339e6acebaa84934bf832",
)


@pytest.mark.parametrize(("key", "answer", "challenge"), [PACKED_ES256, TPM_ES256])
def test_answers_that_the_standard_gives_are_good(
    key: SecurityKey, answer: Assertion, challenge: bytes
) -> None:
    assert check_assertion(answer, key, challenge) == 0


def test_a_touch_without_a_pin_is_enough_only_where_the_force_says_so() -> None:
    key, answer, challenge = PACKED_EDDSA
    assert check_assertion(answer, key, challenge, verified=False) == 0
    with pytest.raises(AssertionRefusedError, match="did not verify its holder"):
        check_assertion(answer, key, challenge)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_key_in_software_signs_as_a_real_one_does(algorithm: Algorithm) -> None:
    key = SoftwareKey.make(algorithm)
    first, second = (asyncio.run(key.sign(CHALLENGE)) for _ in range(2))
    count = check_assertion(first, key.public, CHALLENGE)
    assert check_assertion(second, key.public, CHALLENGE, last_count=count) == count + 1


def test_an_answer_is_good_for_its_events_and_no_others() -> None:
    assert challenge_over(LEAVES) == hashlib.sha256(b"".join(LEAVES)).digest()
    for others in (LEAVES[:2], LEAVES[::-1], [*LEAVES, LEAVES[0]]):
        with pytest.raises(AssertionRefusedError, match="other events"):
            check_assertion(ANSWER, KEY.public, challenge_over(others))


@pytest.mark.parametrize("leaves", [[], [b"short"], [b"x" * 32, b"x" * 33]])
def test_a_challenge_is_over_whole_leaf_hashes(leaves: list[bytes]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        challenge_over(leaves)


@pytest.mark.parametrize(
    ("enrolled", "reason"),
    [
        ({"credential": b"other"}, "another key"),
        ({"party": "other.invalid"}, "another organisation"),
        ({"origin": "https://other.invalid"}, "another program"),
        ({"public": SoftwareKey.make().public.public}, "did not sign"),
        ({"public": b"\x04" + bytes(64)}, "did not sign"),
        ({"public": b""}, "did not sign"),
        ({"algorithm": Algorithm.EDDSA}, "did not sign"),
    ],
)
def test_the_answer_of_another_key_is_refused(enrolled: dict[str, object], reason: str) -> None:
    key = replace(KEY.public, **enrolled)  # type: ignore[arg-type]
    with pytest.raises(AssertionRefusedError, match=reason):
        check_assertion(ANSWER, key, CHALLENGE)


def test_a_copied_key_is_noticed() -> None:
    for seen in (1, 2):
        with pytest.raises(AssertionRefusedError, match="copy"):
            check_assertion(ANSWER, KEY.public, CHALLENGE, last_count=seen)


def test_an_answer_made_to_enrol_a_key_does_not_sign() -> None:
    client = json.loads(ANSWER.client_data) | {"type": "webauthn.create"}
    answer = replace(ANSWER, client_data=json.dumps(client).encode())
    with pytest.raises(AssertionRefusedError, match="sign in"):
        check_assertion(answer, KEY.public, CHALLENGE)


@pytest.mark.parametrize("flags", [0x00, 0x01, 0x04])
def test_a_key_nobody_touched_does_not_sign(flags: int) -> None:
    data = ANSWER.authenticator_data[:32] + bytes([flags]) + ANSWER.authenticator_data[33:]
    with pytest.raises(AssertionRefusedError, match="verify its holder"):
        check_assertion(replace(ANSWER, authenticator_data=data), KEY.public, CHALLENGE)


PARTS = ("credential", "authenticator_data", "client_data", "signature")


@given(st.sampled_from(PARTS), st.data())
def test_an_answer_is_refused_after_any_bit_changes(part: str, data: st.DataObject) -> None:
    whole = bytearray(getattr(ANSWER, part))
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[bit // 8] ^= 1 << bit % 8
    with pytest.raises(AssertionRefusedError):
        check_assertion(replace(ANSWER, **{part: bytes(whole)}), KEY.public, CHALLENGE)


@given(st.builds(Assertion, st.just(ANSWER.credential), *[st.binary(max_size=200)] * 3))
def test_rubbish_is_refused_and_never_a_traceback(answer: Assertion) -> None:
    with pytest.raises(AssertionRefusedError):
        check_assertion(answer, KEY.public, CHALLENGE)


@pytest.mark.parametrize(
    "client", [b"[" * 4000, b"x" * 5000, b"[]", b"\xff", b"null", b'{"type":1}']
)
def test_client_data_that_is_none_is_refused(client: bytes) -> None:
    with pytest.raises(AssertionRefusedError):
        check_assertion(replace(ANSWER, client_data=client), KEY.public, CHALLENGE)


def test_key_and_answer_are_read_back_from_the_record() -> None:
    assert SecurityKey.from_json(KEY.public.as_json()) == KEY.public
    assert Assertion.from_json(ANSWER.as_json()) == ANSWER


@pytest.mark.parametrize(
    "said",
    [
        None, [], "x", {}, {"alg": -7}, {**KEY.public.as_json(), "alg": -257},
        {**KEY.public.as_json(), "how": "trust me"}, {**KEY.public.as_json(), "public": "a+b"},
        {**KEY.public.as_json(), "alg": True}, {**KEY.public.as_json(), "credential": 7},
    ],
)  # fmt: skip
def test_what_is_no_key_is_none(said: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the reason
        SecurityKey.from_json(said)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["a", "ab=", "ab+/", "AB\n", "é", "AB==", "AC", None, 7])
def test_base64_has_one_spelling(text: str | int | None) -> None:
    with pytest.raises(ValueError, match="base64url"):
        from_base64(text)


@given(st.binary(max_size=70))
def test_bytes_come_back_from_base64(data: bytes) -> None:
    assert from_base64(to_base64(data)) == data
