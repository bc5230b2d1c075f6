from __future__ import annotations

from PySide6.QtGui import QKeySequence

from app.actions import ACTIONS, Act


def test_every_action_has_a_key() -> None:
    assert {action.act for action in ACTIONS} == set(Act)
    assert all(action.keys for action in ACTIONS)
    assert all(not QKeySequence(key).isEmpty() for action in ACTIONS for key in action.keys)


def test_no_key_does_two_things() -> None:
    keys = [QKeySequence(key).toString() for action in ACTIONS for key in action.keys]
    assert len(keys) == len(set(keys))


def test_every_action_says_in_words_what_it_does() -> None:
    assert all(action.text and action.text[0].isupper() for action in ACTIONS)
