"""Which pages of help there are, and which comes first for a method of enrolment."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

FOLDER = Path(__file__).parents[2] / "resources" / "help"
_LARGEST = 400_000
"""Bytes of a page that are read: ten times the longest."""


class HelpPage(NamedTuple):
    """One page: its file's name (`enrol-qr.md`) and its heading."""

    name: str
    title: str


def pages(folder: Path = FOLDER) -> tuple[HelpPage, ...]:
    """Return every page, those about enrolment first, each part by its heading."""
    found = [HelpPage(path.name, _title(path)) for path in folder.glob("*.md") if path.is_file()]
    return tuple(sorted(found, key=lambda page: (not _is_about_enrolment(page.name), page.title)))


def text_of(name: str, folder: Path = FOLDER) -> str:
    """Return the Markdown of a page; `OSError` or `ValueError` where it cannot be read."""
    with (folder / name).open("rb") as file:
        return file.read(_LARGEST).decode("utf-8")


def fitting(method: str, known: Iterable[HelpPage], own: str = "") -> str:
    """Return the page of that name, else that for a method (`qr`, `knox` …), else the first.

    "" where there is none.
    """
    names = [page.name for page in known]
    wanted = (own, f"enrol-{method}.md", *names)
    return next((name for name in wanted if name in names), "")


def followed(link: str, known: Iterable[HelpPage]) -> tuple[str, str] | None:
    """Return the page and the heading's anchor that a link leads to, or None for any other place.

    Only the name counts: a link to a page lying elsewhere in the project leads to none here.
    """
    target, _, anchor = link.partition("#")
    names = {page.name for page in known}
    name = unquote(target).removeprefix("./")
    if not name or name in names:
        return name, unquote(anchor)
    return None


def _title(path: Path) -> str:
    try:
        first = text_of(path.name, path.parent).lstrip().partition("\n")[0]
    except (OSError, ValueError):
        first = ""
    return first.lstrip("# ").strip() or path.stem


def _is_about_enrolment(name: str) -> bool:
    return name.startswith("enrol-")
