from __future__ import annotations

import pytest

from app.profile_editor.colouring import comment_at
from app.profile_editor.rewriting import needs_version, raised, version_of, with_variant

HEAD = '# a\n[profile]   # head\nname = "A"   # name\nversion = 2  # two\n\n[[step]]\nname="x"\n'


def test_a_version_is_raised_and_every_other_character_stays() -> None:
    assert raised(HEAD) == HEAD.replace("version = 2", "version = 3")
    assert version_of(raised(HEAD)) == 3


def test_a_profile_that_says_no_version_was_of_the_first() -> None:
    assert version_of(raised('[profile]\nname = "A"\n')) == 2


@pytest.mark.parametrize(
    "text",
    ["", "[profile", 'profile = "x"', '[profile]\nversion = "2"', "[profile]\nversion = true"],
)
def test_a_text_without_a_version_has_none_to_raise(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        raised(text)


def test_new_content_needs_a_new_version_and_comments_do_not() -> None:
    assert needs_version(HEAD, HEAD.replace('"x"', '"y"'))
    assert not needs_version(HEAD, HEAD.replace('"x"', '"y"').replace("= 2", "= 3"))
    assert not needs_version(HEAD, HEAD.replace("# two", "# zwei"))
    assert not needs_version(HEAD, "[broken")


def test_a_variant_takes_the_next_free_letter() -> None:
    once = with_variant(HEAD)
    assert 'letter = "B"' in once
    assert 'letter = "C"' in with_variant(once)
    assert once.startswith(HEAD.rstrip())


def test_a_comment_begins_at_a_sign_that_is_in_no_quotes() -> None:
    assert comment_at('name = "a # b"  # c') == 16
    assert comment_at('name = "a # b"') == -1
    assert comment_at("# x") == 0
    assert comment_at("name = 'a # \\'  # c") == 16
