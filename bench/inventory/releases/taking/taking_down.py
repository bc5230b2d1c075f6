"""Taking the newest release down: ask, prove, fetch what is new, prove that, then switch.

What goes wrong leaves what was there before. Runs where the exchange does, never in the window.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from bench.custody.proof.note import NOTE_LIMIT, NoteError
from bench.inventory.centre import Asks, Centre
from bench.inventory.releases.form import FormError, unusable
from bench.inventory.releases.limits import refuse_large
from bench.inventory.releases.parts.elsewhere import SentElsewhere
from bench.inventory.releases.parts.kinds import Content, Kind, read_part, refuse_other_version
from bench.inventory.releases.parts.profiles import SentProfile
from bench.inventory.releases.release import PartLine, Release
from bench.inventory.releases.signing import Addressee, ahead, believed
from bench.inventory.releases.taking import folders
from bench.inventory.releases.taking.keeping import Fetched, Kept

Watch = Callable[[int, int], None]
"""Told after each part how many of how many are there; may raise to end it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A release that is in use now; `warnings` are whole sentences."""

    release: Release
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taking:
    """How a bench takes releases down: through `centre`, for whom, into what beside its record."""

    centre: Centre
    addressee: Addressee
    kept: Kept
    record: Path
    epoch: int
    watch: Watch = lambda *_: None

    def take_down(self, now: datetime) -> Taken | None:
        """Take the newest release down; None where there is no newer one.

        Raises `ProblemError`: RELEASE_UNUSABLE with what is wrong with it, with what is in use, or
        that the centre has an older one; or what comes between a bench and the centre. What was
        there before is in use then.
        """
        warnings = [*self.settle()]
        with _words("release"):
            note = self._note()
            if note is None or note == self.kept.note:
                _refuse_unreadable(warnings)
                return None
            release = believed(note, self.addressee, self.kept.number)
            refuse_large(release.parts)
            _refuse_other_versions(release)
        fetched = self._fetched(note, release)
        self.kept.switch(fetched, self.addressee.bench, now)
        warnings += self.settle()
        return Taken(release, (*warnings, *filter(None, (ahead(release, now),))))

    def settle(self) -> tuple[str, ...]:
        """Let the folder of profiles be as the release says: a switch may have been cut short.

        Returns what is wrong with those that are in use: this program may be another than that
        which took them. They are set aside, and do not keep a newer release away.
        """
        found = self.kept.part(Kind.PROFILES)
        with _words(Kind.PROFILES):
            try:
                if found and found[1] is not None and not self._lie_there(found[0]):
                    self._proven(found[0], found[1])
            except FormError as error:
                folders.point_at(self.record, None)
                return (f"The profiles that were sent are set aside: {error}",)
            folders.point_at(self.record, found[0].sha256 if found else None)
        return ()

    def _lie_there(self, line: PartLine) -> bool:
        return folders.set_of(self.record, line.sha256).exists()

    def _note(self) -> str | None:
        """Return the newest note that the centre has, which may be the one that is there.

        It is asked for one no older than that: a centre that has none has lost what it had.
        """
        number = self.kept.number
        said = self._asked(Asks(release=max(number - 1, 0))).get("release")
        if said is None and number:
            raise FormError(
                f"The centre has none as new as number {number}, which this bench has: was it"
                " restored from a backup? It is to publish anew."
            )
        if said is not None and (not isinstance(said, str) or len(said) > NOTE_LIMIT):
            raise FormError("It is no text, or too long to be a release.")
        return said

    def _fetched(self, note: str, release: Release) -> Fetched:
        wanted = [line for line in release.parts if not self._is_in_use(line)]
        self.kept.forget_drafts(wanted)
        texts: dict[str, str] = {}
        elsewhere: SentElsewhere | None = None
        for count, line in enumerate(wanted, 1):
            with _words(line.kind):
                texts[line.sha256] = self._text(line)
                content = self._proven(line, texts[line.sha256])
                if isinstance(content, SentElsewhere):
                    elsewhere = content
            self.watch(count, len(wanted))
        return Fetched(note, release, texts, elsewhere)

    def _is_in_use(self, line: PartLine) -> bool:
        """Whether it is there, and this program, which may be another by now, can read it."""
        if not self.kept.has(line):
            return False
        found = self.kept.part(line.kind)
        try:
            if found and found[1] is not None:
                read_part(found[0], found[1])
        except FormError:
            return False
        return True

    def _text(self, line: PartLine) -> str:
        if (draft := self.kept.draft(line)) is not None and _is(line, draft):
            return draft
        said = self._asked(Asks(part=line.sha256)).get("part")
        if not isinstance(said, str):
            raise FormError("The centre has it no more; the next release will name another.")
        if not _is(line, said):
            raise FormError("It is not what was signed: it was changed, or cut, on the way.")
        self.kept.keep_draft(line, said)
        return said

    def _proven(self, line: PartLine, text: str) -> Content | None:
        content = read_part(line, text)
        if line.kind == Kind.PROFILES:
            profiles = cast("tuple[SentProfile, ...]", content)
            folders.lay_out(self.record, line.sha256, profiles)
        return content

    def _asked(self, asks: Asks) -> dict[str, object]:
        return dict(self.centre.exchange(self.epoch, 1, (), asks).answers)


def _refuse_unreadable(warnings: Sequence[str]) -> None:
    if warnings:
        raise FormError(" ".join(warnings))


def _refuse_other_versions(release: Release) -> None:
    for line in release.parts:
        try:
            refuse_other_version(line)
        except FormError as error:
            raise FormError(f"Its part {line.kind}: {error}") from None


def _is(line: PartLine, text: str) -> bool:
    if len(text) > line.size:
        return False
    data = text.encode(errors="surrogatepass")
    return len(data) == line.size and hashlib.sha256(data).hexdigest() == line.sha256


@contextmanager
def _words(where: str) -> Iterator[None]:
    try:
        yield
    except (FormError, NoteError) as error:
        raise unusable(where, str(error)) from error
    except OSError as error:
        raise unusable(where, error.strerror or "it cannot be written") from error
