"""Evidence goes to disk and comes back as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.evidence import Evidence, FeatureMaps, Look, WrongAnswers
from autograder.npz import read_npz, write_npz
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


def bent(**changes: Any) -> bytes:
    """Return evidence with some of its arrays exchanged; None takes one out."""
    arrays = {**read_npz(EVIDENCE.to_npz())}
    for name, value in changes.items():
        arrays[name.replace("__", "/")] = value
    return write_npz({name: value for name, value in arrays.items() if value is not None})


def json_bytes(text: str) -> Any:
    return np.frombuffer(text.encode(), np.uint8)


@pytest.mark.parametrize("content", [b"", b"PK", b"\x93NUMPY", EVIDENCE.to_npz()[:-40]])
def test_something_else_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="not the evidence of a report"):
        Evidence.from_npz(content)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"facts": None}, "facts is missing"),
        ({"facts": json_bytes("[" * 5000)}, "Invalid JSON"),
        ({"facts": json_bytes("[]")}, "should be an object"),
        ({"facts": json_bytes('{"sign": {"class_id": 0, "layers": []}}')}, "'right' or 'misread'"),
        ({"facts": json_bytes('{"right": {"class_id": 0}}')}, "layers"),
        ({"wrong__class_ids": None}, "wrong/class_ids is missing"),
        ({"wrong__class_ids": np.zeros(2, np.int32)}, "wrong/class_ids is int32 of shape"),
        ({"wrong__confidence": np.full(3, np.nan, np.float32)}, "no number"),
        ({"sign": np.zeros((16, 16), np.uint8)}, "sign is uint8 of shape"),
        ({"sign": np.zeros((16, 16, 3), np.float32)}, "sign is float32"),
        ({"augmented": np.zeros((4, 0, 16, 3), np.uint8)}, "augmented is uint8 of shape"),
        ({"right__scores": np.zeros(0, np.float32)}, "right/scores is float32 of shape"),
        ({"right__maps/1": np.zeros((2, 7), np.float16)}, "right/maps/1 is float16 of shape"),
    ],
)
def test_parts_that_are_something_else_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Evidence.from_npz(bent(**changes))


def test_what_the_network_reads_is_its_highest_score() -> None:
    assert EVIDENCE.misread is not None
    assert EVIDENCE.misread.read_as == 1
