"""How a fuzz target is run, timed and counted.

A target gives one hostile input to one reader, asserts what must hold of the answer and returns
it. Anything that a target raises is a crash, but for the errors that the reader documents.

`make test` runs few inputs, the same ones every time. With FUZZ_INPUTS set (`make fuzz`), each
target gets about so many new ones, and a table of what came of them ends the run.
"""

from __future__ import annotations

import functools
import inspect
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis.strategies import SearchStrategy

from autograder.models import Finding, Verdict
from autograder.outcome import Outcome
from autograder.verdicts import Failure

INPUTS = int(os.environ.get("FUZZ_INPUTS") or 0)
_SHORT = 200
# Generous, and of CPU time: a busy machine is no finding, an input that costs this much is one.
_LONGEST_S = 5.0

OUTCOMES = ("value", "finding", "typed error", "crash")


@dataclass
class Tally:
    """What came of one target's inputs; seconds are of CPU time."""

    inputs: int = 0
    distinct: set[int] = field(default_factory=set)
    seconds: float = 0.0
    slowest_s: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)

    def add(self, hostile: object, outcome: str, seconds: float) -> None:
        """Count one input."""
        self.inputs += 1
        self.distinct.add(hash(hostile if isinstance(hostile, bytes | str) else repr(hostile)))
        self.seconds += seconds
        self.slowest_s = max(self.slowest_s, seconds)
        self.outcomes[outcome] += 1


TALLIES: dict[str, Tally] = {}


def fuzz(
    hostile: SearchStrategy[Any], *, raises: tuple[type[Exception], ...] = (), share: float = 1.0
) -> Callable[[Callable[..., object]], Callable[..., None]]:
    """Make a test of a target, which takes its input as ``hostile``, and fixtures.

    Args:
        hostile: Makes the inputs.
        raises: The errors that the reader documents.
        share: Of the usual number of inputs; less for what is slow.
    """

    def decorate(target: Callable[..., object]) -> Callable[..., None]:
        tally = TALLIES.setdefault(name_of(target), Tally())

        @functools.wraps(target)
        def run(hostile: object, **fixtures: Any) -> None:
            started = time.process_time()
            outcome = "crash"
            try:
                found = _outcome(target, raises, hostile, fixtures)
                assert time.process_time() - started < _LONGEST_S, "far too slow"
                outcome = found
            except Exception:
                note(f"the input: {hostile!r:.2000}")
                raise
            finally:
                tally.add(hostile, outcome, time.process_time() - started)

        test: Callable[..., None] = _quiet(_settings(share)(given(hostile=hostile)(run)))
        return test

    return decorate


# It warns of inputs that are long to print, before it prints what they did.
_quiet = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")


def _settings(share: float) -> settings:
    return settings(
        max_examples=max(1, round((INPUTS or _SHORT) * share)),
        derandomize=not INPUTS,
        database=None,
        deadline=None,
        print_blob=True,
        # Inputs are made from valid ones: large, slow to draw, and fixtures only hold folders.
        suppress_health_check=list(HealthCheck),
    )


def name_of(target: Callable[..., object]) -> str:
    """Return what a target, or its test, is called in the table."""
    module = inspect.getmodule(target)
    assert module is not None
    file = module.__name__.rpartition(".")[2].removeprefix("test_")
    return f"{file}: {target.__name__.removeprefix('test_').replace('_', ' ')}"


def _outcome(
    target: Callable[..., object],
    raises: tuple[type[Exception], ...],
    hostile: object,
    fixtures: dict[str, Any],
) -> str:
    try:
        answer = target(hostile, **fixtures)
    except raises:
        return "typed error"
    match answer:
        case None | Finding() | Failure() | (Finding(), *_):
            return "finding"
        case Outcome(verdict=verdict) if verdict is not Verdict.GRADED:
            return "finding"
    return "value"
