"""Disposal: the handsets, how, the certificate; two persons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bench.events.desks import Choice, Line, Wanted
from bench.events.views import ScanTone
from bench.identity.scans import ScanReading
from bench.problems import ProblemCode
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Cancelled, Face, Job, Progress, Say, Task, Turn
from bench.stock.handing import meeting
from bench.stock.handing.paper import Kept, Paper, keep
from bench.stock.packing.seals import code_of
from bench.stock.returns import entries
from bench.stock.returns.deeds import undisposable
from bench.stock.returns.entries import Subject
from bench.stock.returns.subject import met
from bench.stock.returns.words import DISPOSALS

TITLE = "Dispose of handsets"
_NUMBER = re.compile(r"[A-Z0-9](?:[A-Z0-9]|[-/.](?=[A-Z0-9])){2,47}", re.ASCII)
_MOST, _NAMED = 200, 5
_COUNTS = (
    "It counts once the custody record has the disposal of these handsets by two persons with the "
    "SHA-256 of this file. A factory reset alone is not assured sanitisation."
)


@dataclass(frozen=True)
class Disposing(Task):
    """Takes the handsets; then how they were disposed of."""

    means: Means
    subjects: tuple[Subject, ...] = ()

    def face(self) -> Face:
        """Ask for the next, or how."""
        lines = tuple(
            Line((each.box.name, each.box.model, each.box.phase)) for each in self.subjects
        )
        choices = DISPOSALS if self.subjects else ()
        prompt = "Scan each handset, then press how they are disposed of."
        columns = ("Handset", "Model", "Stands as")
        return Face(TITLE, prompt, Wanted.SCAN, choices, columns=columns, lines=lines[::-1])

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Add a handset."""
        _ = text
        found = met(self.means, reading)
        name = found.box.name
        if any(found.box.uid == each.box.uid for each in self.subjects):
            return Turn(self, Say(ScanTone.REPEATED, f"{name} is among them already."))
        if why := undisposable(found.box) or found.sim_inside:
            return self.refused(ProblemCode.STANDS_OTHERWISE, why, where=name)
        if len(self.subjects) == _MOST:
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW, f"{_MOST} on one certificate")
        return self.good(f"{name}.", replace(self, subjects=(*self.subjects, found)))

    def answered(self, choice: str, text: str) -> Turn:
        """Ask for the certificate."""
        if not self.subjects or choice not in [each.name for each in DISPOSALS]:
            return Task.answered(self, choice, text)
        return Turn(Certifying(self, choice))


@dataclass(frozen=True)
class Certifying(Task):
    """Asks for the number of the firm's certificate, or writes one."""

    disposing: Disposing
    method: str

    def face(self) -> Face:
        """Ask for it."""
        count = len(self.disposing.subjects)
        prompt = f"Scan or type the number of the certificate for {count}."
        own = Choice("own", "This bench writes the certificate")
        return Face(TITLE, prompt, Wanted.SCAN, (own, Choice("back", "Back to the handsets")))

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Take a number, and ask two persons."""
        number = code_of(text)
        if isinstance(reading.meaning, meeting.HANDSETS) or not _NUMBER.fullmatch(number):
            return self.refused(ProblemCode.CERTIFICATE_UNFIT, reading.raw)
        return self.disposed(number)

    def answered(self, choice: str, text: str) -> Turn:
        """Write one, or go back."""
        if choice == "own":
            return Turn(self, job=self._writing())
        return Turn(self.disposing) if choice == "back" else Task.answered(self, choice, text)

    def worked(self, result: object) -> Turn:
        """Let the certificate be looked at before two persons stand by it."""
        if not isinstance(result, Kept):
            return Turn(self)
        told = f"The certificate is {result.path.name}. Look at it."
        return self.good(told, Certified(self, result))

    def disposed(self, number: str) -> Turn:
        """Ask two persons for what the certificate of that number says."""
        these = self.disposing.subjects
        told = Say(ScanTone.GOOD, f"{_few(these)}: disposed of, certificate {number[:16]}.")
        purpose = f"disposal of {_few(these)}, {self.method}"
        written = entries.disposed(these, number, self.method)
        return Turn(Disposing(self.disposing.means), told, written, purpose)

    def _writing(self) -> Job:
        means, paper = self.disposing.means, certificate(self.disposing, self.method)

        def work(progress: Progress, cancelled: Cancelled) -> object:
            kept = keep(means, paper, cancelled)
            progress(1.0)
            return kept

        return Job("Disposal certificate", work)


@dataclass(frozen=True)
class Certified(Task):
    """Has the bench's own certificate; the record follows when two persons say so."""

    certifying: Certifying
    kept: Kept

    def face(self) -> Face:
        """Ask for it."""
        dispose = Choice("dispose", "They are disposed of: two persons")
        leave = Choice("leave", "They are not: destroy the paper")
        prompt = f"{self.kept.path.name} lies there. Are they disposed of?"
        return Face(TITLE, prompt, choices=(dispose, leave))

    def answered(self, choice: str, text: str) -> Turn:
        """Write the disposal, or nothing."""
        if choice == "dispose":
            return self.certifying.disposed(self.kept.sha256)
        if choice == "leave":
            return Turn(self.certifying.disposing)
        return Task.answered(self, choice, text)


def _few(subjects: Sequence[Subject]) -> str:
    """Name the first; a second person looks at the handsets, not at a list of hundreds."""
    names = [each.box.name for each in subjects[:_NAMED]]
    more = len(subjects) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def certificate(disposing: Disposing, method: str) -> Paper:
    """Return the certificate of a disposal."""
    means = disposing.means
    how = next(each.text for each in DISPOSALS if each.name == method)
    return Paper(
        title="Certificate of disposal",
        document=f"disposal-{means.bench}",
        at=means.now(),
        sentences=(
            f"Bench {means.bench}. Method: {how}.",
            _COUNTS,
        ),
        columns=("Asset tag", "IMEI", "Serial number", "Model", "Stood as"),
        rows=tuple(
            (
                each.box.tag, ", ".join(imei.digits for imei in each.device.imeis),
                str(each.device.serial), each.box.model, each.box.phase.value,
            )
            for each in disposing.subjects
        ),
        signs=("First person", "Second person"),
    )  # fmt: skip
