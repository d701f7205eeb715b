"""All cases of the matrix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.bits import augmentation_cases, layer_cases, other_cases
from tests.bits.case import Case

CASES = (*layer_cases.CASES, *other_cases.CASES, *augmentation_cases.CASES)


def chosen(cases: Iterable[Case], patterns: Sequence[str]) -> list[Case]:
    """Return the cases whose id contains one of these texts; all of them, if there is none."""
    return [case for case in cases if not patterns or any(text in case.id for text in patterns)]
