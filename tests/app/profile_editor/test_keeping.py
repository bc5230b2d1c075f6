from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from app.profile_editor.checking import Digests
from app.profile_editor.draft import opened
from app.profile_editor.keeping import ChangedMeanwhileError, read, write
from app.profile_editor.shelf_files import LARGEST, ShelfFile, files_on
from app.profile_shelf import ProfileShelf


def test_a_new_file_is_written_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    write(tmp_path / "folder" / "new.toml", b"one", None)
    assert (tmp_path / "folder" / "new.toml").read_bytes() == b"one"
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["new.toml"]


def test_a_new_file_takes_no_others_place(tmp_path: Path) -> None:
    (tmp_path / "new.toml").write_bytes(b"theirs")
    with pytest.raises(FileExistsError):
        write(tmp_path / "new.toml", b"one", None)
    assert (tmp_path / "new.toml").read_bytes() == b"theirs"
    assert [path.name for path in tmp_path.iterdir()] == ["new.toml"]


def test_a_file_keeps_who_may_read_it_and_the_link_that_leads_to_it(tmp_path: Path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "link.toml"
    real.write_bytes(b"one")
    real.chmod(0o640)
    link.symlink_to(real)
    write(link, b"two", b"one")
    assert link.is_symlink()
    assert real.read_bytes() == b"two"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


@pytest.mark.parametrize("now", [b"theirs", None], ids=["changed", "gone"])
def test_what_is_not_as_it_was_is_left_alone(tmp_path: Path, now: bytes | None) -> None:
    path = tmp_path / "a.toml"
    if now is not None:
        path.write_bytes(now)
    with pytest.raises(ChangedMeanwhileError):
        write(path, b"two", b"one")
    assert (path.read_bytes() if path.exists() else None) == now
    assert len(list(tmp_path.iterdir())) == (now is not None)


def test_a_reader_sees_the_old_or_the_new_and_never_a_part(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"one")
    with path.open("rb") as reader:
        write(path, b"two and more", b"one")
        assert reader.read() == b"one"
    assert path.read_bytes() == b"two and more"


def test_a_folder_that_takes_no_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotADirectoryError):
        write(tmp_path / "file" / "a.toml", b"one", None)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


# ── what lies in the folder and is no profile ───────────────────────────────────────────────────
def test_only_files_are_on_the_shelf_and_a_link_to_itself_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.toml").symlink_to("b.toml")
    (tmp_path / "b.toml").symlink_to("a.toml")
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "depot.toml").write_bytes(b"")
    gone = tmp_path / "gone.toml"
    shelf = ProfileShelf(tmp_path, tmp_path / "shipped", (tmp_path / "a.toml", gone))
    assert [file.path for file in files_on(shelf)] == [gone, tmp_path / "depot.toml"]


def test_nothing_but_a_file_is_read_and_nothing_is_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "a.toml").symlink_to("a.toml")
    for name in ("pipe.toml", "folder.toml", "a.toml"):
        with pytest.raises(OSError, match=name):
            read(tmp_path / name)
    with pytest.raises(OSError, match="no file"):
        Digests()(tmp_path / "pipe.toml")
    with pytest.raises(OSError, match="symbolic links"):
        write(tmp_path / "a.toml", b"one", b"two")
    assert read(tmp_path / "none.toml") is None


def test_of_a_file_without_an_end_no_more_is_read_than_shows_that_it_is_too_large(
    tmp_path: Path,
) -> None:
    path = tmp_path / "huge.toml"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    assert len(read(path) or b"") == LARGEST + 1
    with pytest.raises(ValueError, match="larger than"):
        opened(ShelfFile(path, is_shipped=False, is_used=False))
