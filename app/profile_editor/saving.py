"""A draft is saved, or it is said in a sentence why not. Decides nothing about the window."""

from __future__ import annotations

from pathlib import Path

from app.profile_editor.checking import check
from app.profile_editor.draft import Draft
from app.profile_editor.fault_list import in_words
from app.profile_editor.keeping import ChangedMeanwhileError, write
from bench.identity.plain import plain

TAKES_OVER = (
    "This bench goes on with the profile it started with; it takes this one over when it is started"
    " again. Handsets staged under the one before then stand in the queue of: profile restage."
)
_CHANGED = "Not saved: somebody changed {name} on the disk meanwhile. Ctrl+O shows theirs."
_OTHER = "Ctrl+Shift+S keeps yours under another name."
_WORDS = 200


def standing_of(draft: Draft) -> str:
    """Return what is to be known of a draft before it is changed."""
    if not draft.is_whole:
        return "It holds characters that this editor cannot keep: it is only shown."
    if draft.path is None and draft.content is not None:
        return "An example: it stays as it is. Ctrl+S keeps yours under a name of its own."
    return TAKES_OVER


def kept(draft: Draft, path: Path) -> tuple[bool, str]:
    """Save a draft as `path` if it has no fault there; return whether, and a sentence."""
    faults = check(draft.text, path.parent, path.name).faults
    if faults:
        count = "one fault" if len(faults) == 1 else f"{len(faults)} faults"
        return False, f"Not saved, {count}: {in_words(faults[0])}"
    content = draft.encoded()
    try:
        write(path, content, draft.content if path == draft.path else None)
    except FileExistsError:
        return False, f"Not saved: there is a {plain(path.name)} already. {_OTHER}"
    except ChangedMeanwhileError:
        return False, f"{_CHANGED.format(name=plain(path.name))} {_OTHER}"
    except OSError as error:
        reason = plain(error.strerror or str(error), _WORDS)
        return False, f"Not saved in {plain(str(path.parent), _WORDS)}: {reason}. {_OTHER}"
    draft.kept(path, content)
    return True, f"Saved as {plain(str(path), _WORDS)}. {TAKES_OVER}"
