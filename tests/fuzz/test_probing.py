"""Pictures that went through an augmentation of the student's: any numbers, of the right count."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
from hypothesis import strategies as st

from autograder.probing.card import draw_card
from autograder.probing.examine import examine
from autograder.probing.facts import Examined, FloatImages
from autograder.probing.label_safety import SIDE
from autograder.probing.pictures import picture_bytes, read_pictures
from autograder.reports.augmentation_part import augmentation_part
from autograder.reports.training_parts import AugmentationPart
from autograder.roadsigns.drawing import clean_signs
from tests.fuzz.campaign import fuzz

SIZE = 16
# Keep right and keep left are each other's mirror image.
DRAWINGS = {class_id: clean_signs(SIDE)[class_id] for class_id in (14, 38, 39)}
CARD = draw_card(SIZE).astype(np.float32)
COUNTS = {name: size // (SIZE * SIZE * 3 * 4) for name, size in picture_bytes(SIZE).items()}
WHOLE = {name: np.stack([CARD] * count) for name, count in COUNTS.items()}
ODD = (float("nan"), float("inf"), float("-inf"), 3e38, -3e38, 1e-45, 1e6, 0.0, 255.0, -1.0)


def pictures() -> st.SearchStrategy[tuple[tuple[str, bytes], ...]]:
    """Files of pictures; most of them are still as long as they should be."""

    def bend(seed: int) -> tuple[tuple[str, bytes], ...]:
        random, noise = Random(seed), np.random.default_rng(seed)
        files = {name: _bent(random, noise, whole).tobytes() for name, whole in WHOLE.items()}
        if random.random() < 0.1:
            del files[random.choice(list(files))]
        return tuple(files.items())

    return st.integers(0, 2**24 - 1).map(bend)


def _bent(random: Random, noise: np.random.Generator, whole: FloatImages) -> FloatImages:
    array = whole.copy()
    for _ in range(random.randrange(4)):
        some = random.choice([slice(None), slice(0, None, 2), slice(3), slice(1, 2)])
        with np.errstate(all="ignore"):
            match random.choice("odd fill scale noise turn roll cut".split()):
                case "odd":
                    places = noise.integers(0, array.size, random.choice([1, 5, 500]))
                    array.flat[places] = random.choice(ODD)
                case "fill":
                    array[some] = random.choice(ODD)
                case "scale":
                    array[some] = array[some] * np.float32(random.choice([-1, 0.5, 1e-30, 1e30]))
                case "noise":
                    level = random.choice([1, 30, 1e5])
                    array[some] += noise.normal(0, level, array[some].shape).astype(np.float32)
                case "turn":
                    array[some] = np.rot90(array[some], random.randrange(4), (1, 2))
                case "roll":
                    array[some] = np.roll(array[some], random.randint(-9, 9), random.choice([1, 2]))
                case "cut":
                    array = array[: -random.randrange(1, 3)] if random.random() < 0.1 else array
    return array


@fuzz(pictures(), share=0.1)
def test_pictures_of_an_augmentation(
    hostile: tuple[tuple[str, bytes], ...],
) -> Examined | None:
    sign = np.full((SIZE, SIZE, 3), 99, np.uint8)

    found = read_pictures(dict(hostile), sign)

    if found is None:
        return None
    # All of them would take a second.
    examined = examine(replace(found, cards=found.cards[:6]), DRAWINGS)
    part = augmentation_part(examined)
    assert part is not None
    assert AugmentationPart.model_validate_json(part.model_dump_json()) == part
    assert all(np.isfinite(values) for values in examined.probe.values)
    for one in examined.probe.findings:
        assert 0 < one.share <= 1
        assert one.low <= one.high
    return examined
