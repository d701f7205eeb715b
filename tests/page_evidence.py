"""Evidence to test pages with: small, made of noise."""

from __future__ import annotations

import numpy as np

from autograder.evidence import Evidence, FeatureMaps, Look, WrongAnswers

LAYERS = (
    ("conv2d", "Conv2D", 12, 8),
    ("pool", "MaxPooling2D", 6, 8),
    ("conv2d_1", "Conv2D", 6, 16),
)


def look(class_id: int, read_as: int, classes: int = 2, name: str = "") -> Look:
    rng = np.random.default_rng(class_id + 10 * read_as)
    scores = np.full(classes, 0.2 / max(1, classes - 1), np.float32)
    scores[read_as] = 0.8
    return Look(
        image=rng.integers(0, 255, (12, 12, 3), np.uint8),
        class_id=class_id,
        scores=scores,
        layers=tuple(
            FeatureMaps(
                name or layer,
                name or kind,
                (side, side, channels),
                rng.random((4, side, side)).astype(np.float32),
            )
            for layer, kind, side, channels in LAYERS
        ),
        occlusion=rng.random((4, 4)).astype(np.float32),
    )


def evidence(classes: int = 2, name: str = "") -> Evidence:
    rng = np.random.default_rng(1)
    images = rng.integers(0, 255, (3, 12, 12, 3), np.uint8)
    return Evidence(
        wrong=WrongAnswers(
            images=images,
            class_ids=np.array([0, 0, 1], np.int32),
            read_as=np.array([1, 1, 0], np.int32),
            confidence=np.array([0.9, 0.55, 1.0], np.float32),
        ),
        sign=images[0],
        augmented=rng.integers(0, 255, (6, 12, 12, 3), np.uint8),
        right=look(0, 0, classes, name),
        misread=look(1, 0, classes, name),
    )
