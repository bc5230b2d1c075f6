"""Every known problem: what happened, what to do, and who may clear it.

A `Problem` is one occurrence of a `ProblemCode`; `CATALOGUE` says it in words, a room of it for
each part of the bench. What is not in here is a bug. FAIL is the handset's fault, ERROR the
bench's: `Fault` keeps them apart.
"""

from bench.problems.advice import Advice, Clears, Fault
from bench.problems.catalogue import CATALOGUE
from bench.problems.codes import ProblemCode
from bench.problems.problem import Problem, ProblemError

__all__ = ["CATALOGUE", "Advice", "Clears", "Fault", "Problem", "ProblemCode", "ProblemError"]
