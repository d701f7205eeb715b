"""Evidence goes to disk and comes back as it was."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from autograder.evidence import Evidence, FeatureMaps, Look, WrongAnswers
from tests.sample_evidence import EVIDENCE


def equal(first: Any, second: Any) -> bool:
    """Compare dataclasses that hold arrays."""
    if isinstance(first, np.ndarray):
        return first.dtype == second.dtype and np.array_equal(first, second)
    if isinstance(first, Evidence | Look | FeatureMaps | WrongAnswers):
        return type(first) is type(second) and all(
            equal(value, getattr(second, key)) for key, value in vars(first).items()
        )
    if isinstance(first, tuple):
        return len(first) == len(second) and all(map(equal, first, second))
    return bool(first == second)


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence(),
        EVIDENCE,
        Evidence(right=EVIDENCE.right),
        Evidence(wrong=EVIDENCE.wrong),
        Evidence(sign=EVIDENCE.sign, augmented=EVIDENCE.augmented),
    ],
    ids=["nothing", "everything", "a look", "mistakes", "augmentation"],
)
def test_evidence_reads_back_as_written(evidence: Evidence) -> None:
    assert equal(Evidence.from_npz(evidence.to_npz()), evidence)


def test_the_same_evidence_gives_the_same_bytes() -> None:
    assert EVIDENCE.to_npz() == EVIDENCE.to_npz()


def pickled() -> bytes:
    file = io.BytesIO()
    np.savez(file, facts=np.array([{}], object))
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"\x93NUMPY", EVIDENCE.to_npz()[:-40], EVIDENCE.to_npz()[40:], pickled()],
    ids=["empty", "zip", "npy", "cut", "beheaded", "pickle"],
)
def test_something_else_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="not the evidence of a report"):
        Evidence.from_npz(content)


def test_what_the_network_reads_is_its_highest_score() -> None:
    assert EVIDENCE.misread is not None
    assert EVIDENCE.misread.read_as == 1
