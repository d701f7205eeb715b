"""All cases of the matrix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.bits import augmentation_cases, layer_cases, other_cases
from tests.bits.case import Case

CASES = (*layer_cases.CASES, *other_cases.CASES, *augmentation_cases.CASES)


def chosen(cases: Iterable[Case], patterns: Sequence[str]) -> list[Case]:
    """Return the cases with these ids, or with ids that contain one of these texts; or all."""
    cases = list(cases)
    ids = {case.id for case in cases}
    exact, parts = set(patterns) & ids, set(patterns) - ids
    return [
        case
        for case in cases
        if not patterns or case.id in exact or any(part in case.id for part in parts)
    ]
