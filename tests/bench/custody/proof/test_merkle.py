from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.custody.proof.merkle import (
    EMPTY_ROOT,
    ProofError,
    Tree,
    check_consistency,
    root_from_inclusion,
)
from tests.bench.custody.proof.grown import (
    CT_ENTRIES,
    CT_ROOTS,
    leaf,
    leaves,
    mth,
    path,
    proof,
    reader_of,
    tree_of,
)

_A = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
_B = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
_C = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
_D = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
_E = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
_F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
_CT_PATHS = {
    (0, 1): (),
    (0, 8): (_D, _A, _E),
    (5, 8): (_B, _C, CT_ROOTS[3]),
    (2, 3): (CT_ROOTS[1],),
    (1, 5): (CT_ROOTS[0], _A, _B),
}
_CT_PROOFS = {
    (1, 1): (),
    (1, 8): (_D, _A, _E),
    (6, 8): (_F, _C, CT_ROOTS[3]),
    (2, 5): (_A, _B),
}
_CT = [leaf(entry) for entry in CT_ENTRIES]
_AROUND_A_CHUNK = (1, 2, 3, 1023, 1024, 1025, 2047, 2048, 2049, 3000, 4096, 5000)


def test_an_empty_tree_has_the_root_that_the_rfc_gives_it() -> None:
    assert tree_of(()).root(0) == EMPTY_ROOT == mth(())
    assert EMPTY_ROOT.hex().startswith("e3b0c44298fc1c14")


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert tree_of(_CT).root(size).hex() == CT_ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size"), _CT_PATHS)
def test_audit_paths_are_those_of_certificate_transparency(index: int, size: int) -> None:
    found = tree_of(_CT).inclusion(index, size)
    assert tuple(each.hex() for each in found) == _CT_PATHS[index, size]
    assert root_from_inclusion(_CT[index], index, size, found).hex() == CT_ROOTS[size - 1]


@pytest.mark.parametrize(("old", "size"), _CT_PROOFS)
def test_consistency_proofs_are_those_of_certificate_transparency(old: int, size: int) -> None:
    found = tree_of(_CT).consistency(old, size)
    roots = bytes.fromhex(CT_ROOTS[old - 1]), bytes.fromhex(CT_ROOTS[size - 1])
    assert tuple(each.hex() for each in found) == _CT_PROOFS[old, size]
    check_consistency(old, roots[0], size, roots[1], found)


def test_every_small_tree_is_as_the_rfc_defines_it() -> None:
    hashes = leaves(70)
    tree = tree_of(hashes)
    for size in range(1, 71):
        whole, root = hashes[:size], tree.root(size)
        assert root == mth(whole)
        for index in range(size):
            found = tree.inclusion(index, size)
            assert found == path(index, whole)
            assert root_from_inclusion(hashes[index], index, size, found) == root
        for old in range(1, size + 1):
            beginning = tree.consistency(old, size)
            assert beginning == proof(old, whole)
            check_consistency(old, tree.root(old), size, root, beginning)


@pytest.mark.parametrize("size", _AROUND_A_CHUNK)
def test_trees_around_the_size_of_a_chunk_are_as_the_rfc_defines_them(size: int) -> None:
    hashes = leaves(size)
    tree = tree_of(hashes)
    assert tree.root(size) == mth(hashes)
    for index in {0, size // 3, size // 2, size - 1}:
        assert tree.inclusion(index, size) == path(index, hashes)
    for old in {1, size // 3 or 1, size // 2 or 1, size - 1 or 1, size}:
        assert tree.consistency(old, size) == proof(old, hashes)


@given(st.integers(1, 6000), st.data())
def test_whatever_a_tree_was_asked_before_it_answers_the_same(
    size: int, data: st.DataObject
) -> None:
    hashes = leaves(size)
    tree = tree_of(hashes)
    for _ in range(3):
        asked = data.draw(st.integers(1, size))
        index, old = data.draw(st.integers(0, asked - 1)), data.draw(st.integers(1, asked))
        assert tree.root(asked) == mth(hashes[:asked])
        assert tree.inclusion(index, asked) == path(index, hashes[:asked])
        assert tree.consistency(old, asked) == proof(old, hashes[:asked])


def test_many_proofs_share_their_work_and_little_is_kept() -> None:
    size = 50_000
    hashes, read = leaves(size), 0

    def reader(lo: int, hi: int) -> Iterable[bytes]:
        nonlocal read
        assert hi - lo <= 1024
        read += hi - lo
        return iter(hashes[lo:hi])

    tree = Tree(reader)
    tree.root(size)
    assert read == size
    for index in range(0, size, 1000):
        assert root_from_inclusion(
            hashes[index], index, size, tree.inclusion(index, size)
        ) == tree.root(size)
    assert read <= size + 50 * 3 * 1024
    assert len(tree._known) < 2 * size / 1024 + 20


@pytest.mark.parametrize("given_leaves", [leaves(9), leaves(11), []])
def test_leaves_that_are_missing_or_too_many_are_told(given_leaves: list[bytes]) -> None:
    with pytest.raises(ProofError):
        Tree(lambda _lo, _hi: given_leaves).root(10)


def test_what_lies_beyond_the_tree_cannot_be_asked_for() -> None:
    tree = tree_of(leaves(10))
    for index, size in ((10, 10), (-1, 10), (0, 0), (0, -1), (5, 3)):
        with pytest.raises(ProofError):
            tree.inclusion(index, size)
    for old, size in ((11, 10), (-1, 10), (1, 0)):
        with pytest.raises(ProofError):
            tree.consistency(old, size)
    with pytest.raises(ProofError):
        tree.root(-1)


def _is_included(hash_: bytes, index: int, size: int, found: Iterable[bytes], root: bytes) -> bool:
    try:
        return root_from_inclusion(hash_, index, size, tuple(found)) == root
    except ProofError:
        return False


def _is_consistent(
    old: int, old_root: bytes, size: int, root: bytes, found: Iterable[bytes]
) -> bool:
    try:
        check_consistency(old, old_root, size, root, tuple(found))
    except ProofError:
        return False
    return True


def _spoilt(found: tuple[bytes, ...]) -> Iterable[tuple[bytes, ...]]:
    """Every proof that is almost this one: a bit other, one missing, one more, two swapped."""
    for place, each in enumerate(found):
        for bit in (0, 100, 255):
            number = int.from_bytes(each, "big") ^ (1 << bit)
            yield (*found[:place], number.to_bytes(32, "big"), *found[place + 1 :])
        yield found[:place] + found[place + 1 :]
        yield (*found[:place], each, *found[place:])
        yield (*found[:place], each[:31], *found[place + 1 :])
        yield (*found[:place], each + b"\0", *found[place + 1 :])
    for place, (one, other) in enumerate(pairwise(found)):
        yield (*found[:place], other, one, *found[place + 2 :])
    yield (bytes(32), *found)
    yield (*found, bytes(32))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 31, 33])
def test_an_audit_path_that_is_not_exactly_right_is_refused(size: int) -> None:
    hashes = leaves(size)
    tree = tree_of(hashes)
    root = tree.root(size)
    for index in range(size):
        found = tree.inclusion(index, size)
        assert _is_included(hashes[index], index, size, found, root)
        assert not any(
            _is_included(hashes[index], index, size, each, root) for each in _spoilt(found)
        )
        assert not any(
            _is_included(hashes[index], other, size, found, root)
            for other in range(-1, size + 2)
            if other != index
        )
        assert not _is_included(leaf(b"another"), index, size, found, root)
        assert not _is_included(hashes[index][:31], index, size, found, root)


def test_a_hash_left_over_or_missing_is_told_and_not_only_another_root() -> None:
    hashes = leaves(21)
    tree = tree_of(hashes)
    for index in range(21):
        found = tree.inclusion(index, 21)
        for other in ((*found, bytes(32)), found[:-1], ()):
            with pytest.raises(ProofError, match="hash"):
                root_from_inclusion(hashes[index], index, 21, other)
    for old in range(1, 21):
        beginning = tree.consistency(old, 21)
        for other in ((*beginning, bytes(32)), beginning[:-1], ()):
            with pytest.raises(ProofError, match="hash"):
                check_consistency(old, tree.root(old), 21, tree.root(21), other)


def test_bytes_moved_from_one_hash_to_the_next_are_refused() -> None:
    """Joined, they would hash to the same node."""
    one, other = leaves(2)
    root = tree_of([one, other]).root(2)
    assert not _is_included(one + other[:1], 0, 2, (other[1:],), root)
    assert not _is_included(other[1:], 1, 2, (one + other[:1],), root)
    first, second, third = leaves(3)
    whole = tree_of([first, second, third])
    assert not _is_consistent(1, first + second[:1], 3, whole.root(3), (second[1:], third))


def test_a_proof_for_one_size_does_not_stand_for_twice_that_size() -> None:
    tree = tree_of(leaves(40))
    for size in range(2, 21):
        for old in range(1, size):
            found = tree.consistency(old, size)
            assert not _is_consistent(old, tree.root(old), 2 * size, tree.root(size), found)


def test_a_path_of_another_size_is_refused_where_its_shape_is_another() -> None:
    tree, hashes = tree_of(leaves(8)), leaves(8)
    assert not _is_included(hashes[3], 3, 9, tree.inclusion(3, 8), tree.root(8))
    assert not _is_included(hashes[3], 3, 4, tree.inclusion(3, 8), tree.root(8))
    assert not _is_included(hashes[3], 3, 0, (), tree.root(8))


@pytest.mark.parametrize("size", [2, 3, 7, 8, 9, 31, 33])
def test_a_consistency_proof_that_is_not_exactly_right_is_refused(size: int) -> None:
    tree = tree_of(leaves(size))
    root = tree.root(size)
    for old in range(1, size):
        found, old_root = tree.consistency(old, size), tree.root(old)
        assert _is_consistent(old, old_root, size, root, found)
        assert not any(_is_consistent(old, old_root, size, root, e) for e in _spoilt(found))
        assert not _is_consistent(old, old_root, size, leaf(b"other root"), found)
        assert not _is_consistent(old, leaf(b"other root"), size, root, found)
        assert not _is_consistent(size, root, old, old_root, found)
        assert not _is_consistent(old, old_root[:31], size, root, found)


@given(st.integers(1, 200), st.integers(0, 200), st.data())
def test_a_tree_with_a_changed_past_is_never_consistent(
    old: int, more: int, data: st.DataObject
) -> None:
    hashes = leaves(old + more)
    changed = list(hashes)
    changed[data.draw(st.integers(0, old - 1))] = leaf(b"changed")
    before, after = tree_of(hashes), tree_of(changed)
    found = after.consistency(old, old + more)
    assert not _is_consistent(old, before.root(old), old + more, after.root(old + more), found)


def test_an_empty_tree_begins_every_tree_and_needs_no_proof() -> None:
    tree = tree_of(leaves(5))
    check_consistency(0, EMPTY_ROOT, 5, tree.root(5), tree.consistency(0, 5))
    check_consistency(0, EMPTY_ROOT, 0, EMPTY_ROOT, ())
    assert not _is_consistent(0, EMPTY_ROOT, 5, tree.root(5), (bytes(32),))
    assert not _is_consistent(0, tree.root(5), 5, tree.root(5), ())
    assert not _is_consistent(0, tree.root(5), 0, tree.root(5), ())
    assert not _is_consistent(-1, EMPTY_ROOT, 5, tree.root(5), ())


def test_one_size_has_one_root() -> None:
    one, other = tree_of(leaves(5)), tree_of(leaves(5, "fork "))
    check_consistency(5, one.root(5), 5, one.root(5), one.consistency(5, 5))
    assert not _is_consistent(5, one.root(5), 5, other.root(5), ())
    assert not _is_consistent(5, one.root(5), 5, one.root(5), (bytes(32),))


def test_leaves_may_be_read_again_but_whole_chunks_are_read_once() -> None:
    hashes = leaves(4096)
    asked: list[tuple[int, int]] = []

    def reader(lo: int, hi: int) -> Iterable[bytes]:
        asked.append((lo, hi))
        return reader_of(hashes)(lo, hi)

    tree = Tree(reader)
    for _ in range(2):
        tree.root(4096)
    assert asked == [(0, 1024), (1024, 2048), (2048, 3072), (3072, 4096)]
