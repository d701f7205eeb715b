"""Evidence to test with: every part of it, small."""

from __future__ import annotations

import numpy as np

from autograder.evidence import Evidence, FeatureMaps, Look, WrongAnswers

SIZE = 16
_RANDOM = np.random.default_rng(5)


def pictures(count: int, size: int = SIZE) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return so many pictures of nothing."""
    return _RANDOM.integers(0, 256, (count, size, size, 3), dtype=np.uint8)


def look(class_id: int, scores: tuple[float, ...]) -> Look:
    """Return a look through two layers."""
    maps = [
        FeatureMaps("conv2d", "Conv2D", (14, 14, 8), np.arange(2 * 14 * 14, dtype=np.float32)),
        FeatureMaps("pool", "MaxPooling2D", (7, 7, 8), np.arange(2 * 7 * 7, dtype=np.float32)),
    ]
    layers = tuple(
        FeatureMaps(one.layer, one.kind, one.shape, one.maps.reshape(2, *one.shape[:2]))
        for one in maps
    )
    occlusion = np.linspace(-0.1, 0.9, 25, dtype=np.float32).reshape(5, 5)
    return Look(pictures(1)[0], class_id, np.array(scores, np.float32), layers, occlusion)


EVIDENCE = Evidence(
    wrong=WrongAnswers(
        images=pictures(3),
        class_ids=np.array([0, 0, 1], np.int32),
        read_as=np.array([1, 1, 0], np.int32),
        confidence=np.array([0.9, 0.6, 0.7], np.float32),
    ),
    sign=pictures(1)[0],
    augmented=pictures(9),
    right=look(0, (0.9, 0.1)),
    misread=look(0, (0.2, 0.8)),
)
