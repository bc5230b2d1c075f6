"""Whether a label, a roll and a printer go together. No I/O."""

from __future__ import annotations

from bench.ports import Bitmap
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.printers.brother_ql.media import Medium, Roll, medium_of
from hardware.printers.brother_ql.models import Model
from hardware.printers.brother_ql.status import Status
from hardware.printers.causes import problem_of


class Fitting:
    """What the settings say of a printer, against what it says of itself and what is to be printed.

    `medium` is the roll it is to have, None for whatever is in it; `model` is only used where the
    printer cannot say what it is. A label that did not fit is remembered: until another roll is in
    or another label comes, the printer is no use.
    """

    def __init__(self, where: str, medium: Medium | None, model: Model | None = None) -> None:
        self._where = where
        self._medium = medium
        self._model = model
        self._misfit: tuple[int, int] | None = None

    def problem(self, status: Status | None) -> Problem | None:
        """Return what keeps the printer from printing; without a status only what fits is known."""
        try:
            medium, model = self._together(status)
        except ProblemError as error:
            return error.problem
        if self._misfit and not medium.fits(*self._misfit, model):
            return self._misfits(self._misfit, medium)
        self._misfit = None
        return None

    def fitted(self, label: Bitmap, status: Status | None) -> tuple[Medium, Model]:
        """Return the medium and the model to make the job for.

        Raises:
            ProblemError: the printer cannot print it now.
        """
        medium, model = self._together(status)
        size = (label.width, label.height)
        self._misfit = None if medium.fits(*size, model) else size
        if self._misfit:
            raise ProblemError(self._misfits(size, medium))
        return medium, model

    def _together(self, status: Status | None) -> tuple[Medium, Model]:
        if status is not None and (problem := problem_of(status.causes, self._where, status.raw)):
            raise ProblemError(problem)
        model = self._model_of(status)
        medium = self._medium_of(status.roll if status else None)
        if medium.offset_on(model) is None:
            raise self._wrong(ProblemCode.PRINTER_OTHER_LABELS, f"{medium.roll} in a {model.name}")
        return medium, model

    def _model_of(self, status: Status | None) -> Model:
        model = status.model if status else self._model
        if model is None:
            name = status.name if status else "no model in the settings"
            raise self._wrong(ProblemCode.PRINTER_OTHER_LANGUAGE, f"Brother model {name}")
        return model

    def _medium_of(self, loaded: Roll | None) -> Medium:
        """The roll that is in it and that it is to have, if it can say and has to."""
        wanted = self._medium.roll if self._medium else loaded
        if wanted is None:
            raise self._wrong(ProblemCode.PRINTER_OUT_OF_PAPER, "")
        medium = medium_of(wanted)
        if medium is None or (loaded or wanted) != wanted:
            raise self._wrong(ProblemCode.PRINTER_OTHER_LABELS, f"{loaded or wanted} mm")
        return medium

    def _misfits(self, size: tuple[int, int], medium: Medium) -> Problem:
        width, height = size
        room = f"{medium.width} x {medium.height or 'any'}"
        detail = f"{width} x {height} dots, the roll has {room}"
        return Problem(ProblemCode.LABEL_MISFIT, self._where, detail)

    def _wrong(self, code: ProblemCode, detail: str) -> ProblemError:
        return ProblemError(Problem(code, self._where, detail))
