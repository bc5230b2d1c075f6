"""The small programs of every Unix shell, as far as a bench may use them on a handset.

Each takes the handset and its words, and returns what it wrote; toybox's wording throughout.
"""

from __future__ import annotations

import posixpath
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.storage import Algorithm, Storage

NOT_FOUND = 127
_BOOT_ID = "/proc/sys/kernel/random/boot_id"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a program did: exit code, and its two outputs."""

    code: int = 0
    out: bytes = b""
    err: bytes = b""


Program: TypeAlias = Callable[[SimulatedHandset, Sequence[str]], Reply]


def encoded(text: str) -> bytes:
    """Return text as the handset's bytes; what came as stray bytes goes out as those."""
    return text.encode("utf-8", "surrogateescape")


def said(text: str) -> Reply:
    """Return success with this output."""
    return Reply(out=encoded(text))


def failed(text: str, code: int = 1) -> Reply:
    """Return failure with this on the error output."""
    return Reply(code, err=encoded(text))


def unknown(name: str) -> Reply:
    """Return what Android's shell says to a command that is not there."""
    return failed(f"/system/bin/sh: {name}: inaccessible or not found\n", NOT_FOUND)


def _echo(_handset: SimulatedHandset, words: Sequence[str]) -> Reply:
    newline = not words or words[0] != "-n"
    return said(" ".join(words if newline else words[1:]) + ("\n" if newline else ""))


def _printf(_handset: SimulatedHandset, words: Sequence[str]) -> Reply:
    if not words:
        return failed("printf: Needs 1 argument\n")
    form, rest = words[0].replace("\\n", "\n").replace("\\t", "\t"), iter(words[1:])
    pieces = form.replace("%d", "%s").split("%s")
    out = pieces[0] + "".join(next(rest, "") + piece for piece in pieces[1:])
    return said(out.replace("%%", "%"))


def _over_files(name: str, paths: Sequence[str], one: Callable[[str], bytes]) -> Reply:
    """Do one thing with each file; one that cannot be read fails the whole, after the others."""
    out, err = b"", b""
    for path in paths:
        try:
            out += one(path)
        except OSError as error:
            err += encoded(f"{name}: {path}: {error.strerror}\n")
    return Reply(1 if err else 0, out, err)


def _cat(handset: SimulatedHandset, words: Sequence[str]) -> Reply:
    def one(path: str) -> bytes:
        return encoded(f"{handset.boot_id}\n") if path == _BOOT_ID else handset.storage.read(path)

    return _over_files("cat", words, one)


def _sum(name: str, algorithm: Algorithm) -> Program:
    def run(handset: SimulatedHandset, words: Sequence[str]) -> Reply:
        brief = bool(words) and words[0] == "-b"

        def one(path: str) -> bytes:
            digest = handset.storage.file(path).digest(algorithm)
            return encoded(f"{digest}\n" if brief else f"{digest}  {path}\n")

        return _over_files(name, words[1:] if brief else words, one)

    return run


def _rm(handset: SimulatedHandset, words: Sequence[str]) -> Reply:
    options, paths = _options(words)

    def one(path: str) -> bytes:
        if "f" not in options:
            handset.storage.status(path)
        handset.storage.remove(path, missing_ok=True, recursive="r" in options)
        return b""

    return _over_files("rm", paths, one)


def _mkdir(handset: SimulatedHandset, words: Sequence[str]) -> Reply:
    options, paths = _options(words)

    def one(path: str) -> bytes:
        if "p" not in options:
            _refuse_present(handset.storage, path)
        handset.storage.make_folder(path)
        return b""

    return _over_files("mkdir", paths, one)


def _refuse_present(storage: Storage, path: str) -> None:
    storage.names(posixpath.dirname(path.rstrip("/")))
    try:
        storage.status(path)
    except FileNotFoundError:
        return
    raise FileExistsError(17, "File exists", path)


def _ls(handset: SimulatedHandset, words: Sequence[str]) -> Reply:
    def one(path: str) -> bytes:
        if stat.S_ISDIR(handset.storage.status(path).mode):
            return encoded("".join(f"{name}\n" for name in handset.storage.names(path)))
        return encoded(f"{path}\n")

    _, paths = _options(words)
    return _over_files("ls", paths or ["/"], one)


def _options(words: Sequence[str]) -> tuple[set[str], list[str]]:
    letters = {letter for word in words if word.startswith("-") for letter in word[1:]}
    return letters, [word for word in words if not word.startswith("-")]


TOOLBOX: Mapping[str, Program] = {
    "true": lambda _handset, _words: Reply(),
    ":": lambda _handset, _words: Reply(),
    "false": lambda _handset, _words: Reply(1),
    "echo": _echo,
    "printf": _printf,
    "cat": _cat,
    "md5sum": _sum("md5sum", "md5"),
    "sha256sum": _sum("sha256sum", "sha256"),
    "rm": _rm,
    "mkdir": _mkdir,
    "ls": _ls,
}
