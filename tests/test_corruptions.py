"""Each corruption: graded, seeded, for images of any size, and the same bits everywhere."""

from __future__ import annotations

import hashlib
from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder.config import CorruptionName
from autograder.corruptions import CORRUPTIONS, Photo, contrast, defocus_blur, pixelate

SEVERITIES = (1, 2, 3, 4, 5)
ANY = pytest.mark.parametrize("name", CORRUPTIONS)
# Over every severity on two photographs of odd sizes. Who changes pixels on purpose raises
# `corrupted._VERSION` and writes down the new ones.
PINNED = {
    "noise": "e22f7755e9a57d8c",
    "defocus_blur": "bfb47e08f7b9e709",
    "motion_blur": "a6f72ab0b683dc9d",
    "fog": "e3f9b17fc88bf3b3",
    "snow": "dc73f4fa32956981",
    "brightness": "731642babc88cf56",
    "contrast": "888eaa71246e0656",
    "jpeg": "af8c30c77674de49",
    "pixelate": "f29814377ba07a15",
    "rotation": "c2b3d1ece9e1fcad",
    "translation": "e739b31d5e48db9f",
    "occlusion": "85f9c6527a048f4c",
}


def photo(seed: int, height: int = 32, width: int = 32) -> Photo:
    """Return a coloured disc before a rough wall, of whole numbers only."""
    rng = np.random.Generator(np.random.PCG64(seed))
    grain = rng.integers(-128, 128, size=(36, 36, 3))
    shifted = [grain[y : y + 32, x : x + 32] for y in range(5) for x in range(5)]
    smooth = 128 + np.sum(shifted, axis=0) // 6
    image = smooth.repeat(-(-height // 32), 0).repeat(-(-width // 32), 1)[:height, :width]
    y, x = np.ogrid[:height, :width]
    inside = (2 * y - height) ** 2 + (2 * x - width) ** 2 < (min(height, width) * 3 // 4) ** 2
    image[inside] = rng.integers(256, size=3)
    return np.asarray(np.clip(image, 0, 255), np.uint8)


PHOTOS = [photo(seed) for seed in range(40)]


def corrupted(name: str, severity: int, seed: int = 0) -> list[Photo]:
    rng = np.random.Generator(np.random.PCG64(seed))
    return [CORRUPTIONS[name](one, severity, rng) for one in PHOTOS]  # type: ignore[index]


def changed(after: list[Photo]) -> float:
    return float(np.mean([np.abs(a.astype(int) - b) for a, b in zip(after, PHOTOS, strict=True)]))


def test_every_corruption_of_the_rules_is_there() -> None:
    assert tuple(CORRUPTIONS) == get_args(CorruptionName)


@ANY
def test_a_photograph_stays_one_and_the_original_as_it_was(name: str) -> None:
    before = [one.copy() for one in PHOTOS]
    for severity in SEVERITIES:
        for one in corrupted(name, severity):
            assert (one.shape, one.dtype.name) == ((32, 32, 3), "uint8")
    assert all((a == b).all() for a, b in zip(before, PHOTOS, strict=True))


@ANY
def test_a_higher_severity_changes_more(name: str) -> None:
    differences = [changed(corrupted(name, severity)) for severity in SEVERITIES]
    assert differences[0] > 0.5
    assert differences == sorted(set(differences))


@ANY
def test_the_same_seed_gives_the_same_and_another_one_another(name: str) -> None:
    first, again, other = (np.stack(corrupted(name, 3, seed)) for seed in (1, 1, 2))
    assert (first == again).all()
    settled = {"defocus_blur", "contrast", "jpeg", "pixelate"}
    assert (first == other).all() == (name in settled)


@ANY
@pytest.mark.parametrize("shape", [(16, 16), (33, 47), (224, 224)])
def test_an_image_of_any_size_is_spoiled_alike(name: str, shape: tuple[int, int]) -> None:
    rng = np.random.Generator(np.random.PCG64(5))
    originals = [photo(seed, *shape) for seed in range(3)]
    spoiled = [CORRUPTIONS[name](one, 4, rng) for one in originals]  # type: ignore[index]
    assert {(one.shape, one.dtype.name) for one in spoiled} == {((*shape, 3), "uint8")}
    pairs = zip(spoiled, originals, strict=True)
    difference = np.mean([np.abs(a.astype(int) - b).mean() for a, b in pairs])
    at_32 = changed(corrupted(name, 4))
    assert at_32 / 6 < difference < 3 * at_32


@ANY
def test_the_bits_are_those_of_every_machine(name: str) -> None:
    digest = hashlib.sha256()
    rng = np.random.Generator(np.random.PCG64(2019))
    for severity in SEVERITIES:
        for one in (photo(1), photo(2, 45, 63)):
            digest.update(CORRUPTIONS[name](one, severity, rng).tobytes())  # type: ignore[index]
    assert digest.hexdigest()[:16] == PINNED[name]


def flat(value: int) -> Photo:
    return np.full((32, 32, 3), value, np.uint8)


@pytest.mark.parametrize("corrupt", [contrast, defocus_blur, pixelate])
@pytest.mark.parametrize("value", [0, 7, 255])
def test_what_averages_leaves_one_colour_alone(corrupt: object, value: int) -> None:
    spoiled = corrupt(flat(value), 5, np.random.default_rng(0))  # type: ignore[operator]
    assert (spoiled == value).all()


def test_a_mean_under_a_kernel_is_what_summing_every_weight_gives() -> None:
    from autograder.corruptions import _averaged

    kernel: NDArray[np.int64] = np.array([[0, 2, 1], [3, 5, 0], [1, 1, 4]])
    one = photo(3, 9, 7)
    padded = np.pad(one.astype(np.int64), ((1, 1), (1, 1), (0, 0)), mode="edge")
    total = sum(kernel[y, x] * padded[y : y + 9, x : x + 7] for y in range(3) for x in range(3))
    assert (_averaged(one, kernel) == (total + 8) // 17).all()
