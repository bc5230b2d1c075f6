"""The words of every problem; a room for each part of the bench."""

from bench.problems.advice import Advice
from bench.problems.catalogue.central import CENTRAL
from bench.problems.catalogue.enrolment import ENROLMENT
from bench.problems.catalogue.equipment import EQUIPMENT
from bench.problems.catalogue.handset import HANDSET
from bench.problems.catalogue.modem import MODEM
from bench.problems.catalogue.people import PEOPLE
from bench.problems.catalogue.printers import PRINTERS
from bench.problems.catalogue.record import RECORD
from bench.problems.catalogue.stock import STOCK
from bench.problems.catalogue.usb import USB
from bench.problems.catalogue.work import WORK
from bench.problems.codes import ProblemCode

CATALOGUE: dict[ProblemCode, Advice] = {
    **HANDSET,
    **MODEM,
    **WORK,
    **ENROLMENT,
    **USB,
    **EQUIPMENT,
    **PRINTERS,
    **PEOPLE,
    **RECORD,
    **CENTRAL,
    **STOCK,
}
