"""The probe finds what augmentations of known parameters do; here they are made of NumPy alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from autograder.jobs import Job, OutputFile
from autograder.probing.card import draw_card
from autograder.probing.examine import examine
from autograder.probing.facts import Fill, Operation, Probe, ProbePictures
from autograder.probing.label_safety import find_confusions
from autograder.probing.pictures import (
    picture_bytes,
    probe_counts,
    probe_inputs,
    read_pictures,
)
from autograder.probing.probe import probe
from autograder.reports.augmentation_part import augmentation_part
from autograder.roadsigns.drawing import clean_signs
from tests.conftest import LIMITS, OUTPUTS

Image = NDArray[np.float32]
COUNT = 16
FILLS: dict[Fill, int] = {
    "constant": cv2.BORDER_CONSTANT,
    "edge": cv2.BORDER_REPLICATE,
    "reflect": cv2.BORDER_REFLECT_101,
    "symmetric": cv2.BORDER_REFLECT,
    "wrap": cv2.BORDER_WRAP,
}


def probed(change: Callable[[Image, float], Image], size: int = 32) -> Probe:
    """Return what is found of a change whose parameter goes evenly from -1 to 1."""
    card = draw_card(size)
    cards = np.array([change(card, t) for t in np.linspace(-1, 1, COUNT)], np.float32)
    nothing = np.zeros((1, size, size, 3), np.float32)
    return probe(ProbePictures(cards, cards[:8], card[None], nothing[0].astype(np.uint8), nothing))


def warp(
    card: Image,
    *,
    turn_deg: float = 0.0,
    zoom: tuple[float, float] = (1.0, 1.0),
    shear: float = 0.0,
    shift: tuple[float, float] = (0.0, 0.0),
    fill: Fill = "edge",
) -> Image:
    """Return the card sheared, zoomed, turned around its middle, and shifted."""
    size = card.shape[0]
    middle = (size - 1) / 2
    cos, sin = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    linear = np.array([[cos, -sin], [sin, cos]]) @ np.diag(zoom) @ [[1, shear], [0, 1]]
    offset = middle + np.array(shift) - linear @ (middle, middle)
    matrix = cv2.invertAffineTransform(np.column_stack([linear, offset]))
    down, across = np.mgrid[0:size, 0:size].astype(np.float32)
    x = matrix[0, 0] * across + matrix[0, 1] * down + matrix[0, 2]
    y = matrix[1, 0] * across + matrix[1, 1] * down + matrix[1, 2]
    maps = (x.astype(np.float32), y.astype(np.float32))
    return np.asarray(cv2.remap(card, *maps, cv2.INTER_LINEAR, None, FILLS[fill]), np.float32)


def found(of: Probe) -> set[Operation]:
    return {finding.operation for finding in of.findings}


def range_of(of: Probe, operation: Operation) -> tuple[float, float]:
    finding = of.get(operation)
    assert finding, found(of)
    return finding.low, finding.high


def test_nothing_is_found_where_nothing_is_done() -> None:
    of = probed(lambda card, _: card)
    assert not of.findings
    assert of.border.fill == "none"
    assert (of.stochastic, of.train_only, of.seeded, of.in_range) == (False, True, True, True)
    assert of.recognised == of.pictures == COUNT


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("limit", [8, 36, 180])
def test_turns_are_found_within_two_degrees(limit: int, fill: Fill) -> None:
    of = probed(lambda card, t: warp(card, turn_deg=limit * 0.99 * t, fill=fill))
    assert range_of(of, "turn") == pytest.approx((-limit * 0.99, limit * 0.99), abs=2)
    assert found(of) == {"turn"}
    assert of.border.fill == (fill if limit > 8 else of.border.fill)


@pytest.mark.parametrize("size", [16, 32, 100])
def test_shifts_are_found_within_a_pixel(size: int) -> None:
    limit = 0.2 * size
    of = probed(lambda card, t: warp(card, shift=(limit * t, -0.5 * limit * t)), size)
    assert range_of(of, "shift across") == pytest.approx((-limit, limit), abs=1)
    assert range_of(of, "shift down") == pytest.approx((-limit / 2, limit / 2), abs=1)
    assert found(of) == {"shift across", "shift down"}


@pytest.mark.parametrize("limit", [0.1, 0.2, 0.4])
def test_zooms_are_found_within_three_percent(limit: float) -> None:
    of = probed(lambda card, t: warp(card, zoom=(1 + limit * t, 1 + limit * t), fill="constant"))
    assert range_of(of, "zoom") == pytest.approx((1 - limit, 1 + limit), rel=0.03)
    assert found(of) == {"zoom"}


def test_stretching_is_told_from_zooming() -> None:
    of = probed(lambda card, t: warp(card, zoom=(1 + 0.2 * t, 1 / (1 + 0.2 * t))))
    assert range_of(of, "stretch") == pytest.approx((0.8**2, 1.2**2), rel=0.05)
    assert found(of) == {"stretch"}


@pytest.mark.parametrize("level", [False, True])
def test_a_shear_is_no_turn_whichever_lines_lean(level: bool) -> None:
    def change(card: Image, t: float) -> Image:
        if level:
            return np.ascontiguousarray(change_upright(card.swapaxes(0, 1), t).swapaxes(0, 1))
        return change_upright(card, t)

    def change_upright(card: Image, t: float) -> Image:
        return warp(np.ascontiguousarray(card), shear=0.25 * t)

    of = probed(change)
    lean = math.degrees(math.atan(0.25))
    assert range_of(of, "shear") == pytest.approx((-lean, lean), abs=2)
    assert found(of) == {"shear"}


@pytest.mark.parametrize(
    ("operation", "flip"),
    [
        ("mirror left-right", np.s_[:, ::-1]),
        ("mirror upside-down", np.s_[::-1]),
        ("mirror both ways", np.s_[::-1, ::-1]),
    ],
)
def test_mirroring_is_found_and_how_often(operation: Operation, flip: Any) -> None:
    of = probed(lambda card, t: card[flip] if t > 0.5 else card)
    finding = of.get(operation)
    assert finding
    assert finding.share == pytest.approx(0.25, abs=0.01)
    assert found(of) == {operation}


def test_a_mirroring_is_found_under_turns() -> None:
    of = probed(lambda card, t: warp(card[:, ::-1] if t > 0 else card, turn_deg=20 * t))
    assert found(of) == {"turn", "mirror left-right"}
    assert range_of(of, "turn") == pytest.approx((-20, 20), abs=2)


def test_a_mirroring_is_found_under_turns_of_more_than_a_quarter() -> None:
    rng = np.random.default_rng(9)

    def change(card: Image, t: float) -> Image:
        return warp(card[:, ::-1] if rng.random() < 0.5 else card, turn_deg=170 * t)

    of = probed(change)
    assert found(of) == {"turn", "mirror left-right"}
    assert range_of(of, "turn") == pytest.approx((-170, 170), abs=2)


def test_brightness_is_found_in_levels() -> None:
    of = probed(lambda card, t: np.clip(card + 40 * t, 0, 255))
    assert range_of(of, "brightness") == pytest.approx((-40, 40), abs=2)
    assert found(of) == {"brightness"}


def test_contrast_is_found_as_a_factor() -> None:
    of = probed(lambda card, t: (card - card.mean()) * (1 + 0.3 * t) + card.mean())
    assert range_of(of, "contrast") == pytest.approx((0.7, 1.3), rel=0.03)
    assert found(of) == {"contrast"}


def test_saturation_is_found_as_a_factor() -> None:
    def change(card: Image, t: float) -> Image:
        grey = card.mean(-1, keepdims=True)
        return np.asarray(grey + (card - grey) * (0.6 + 0.4 * t), np.float32)

    of = probed(change)
    assert range_of(of, "saturation") == pytest.approx((0.2, 1.0), abs=0.05)
    assert found(of) == {"saturation"}


def test_hue_is_found_in_degrees() -> None:
    def change(card: Image, t: float) -> Image:
        axis = np.ones(3) / math.sqrt(3)
        matrix, _ = cv2.Rodrigues(axis * math.radians(40 * t))
        return np.asarray((card - 128) @ np.asarray(matrix).T + 128, np.float32)

    of = probed(change)
    assert range_of(of, "hue") == pytest.approx((-40, 40), abs=3)
    assert found(of) == {"hue"}


def test_what_shows_nothing_of_the_card_is_soon_given_up() -> None:
    random = np.random.default_rng(7)
    nothing = random.uniform(0, 255, (48, 32, 32, 3)).astype(np.float32)
    of = probe(
        ProbePictures(nothing, nothing[:8], nothing[:1], nothing[0].astype(np.uint8), nothing)
    )
    assert (of.recognised, of.pictures) == (0, 16)
    assert of.stochastic
    assert of.findings == ()


def test_noise_is_found_in_levels() -> None:
    rng = np.random.default_rng(5)
    of = probed(lambda card, _: card + rng.normal(0, 12, card.shape).astype(np.float32))
    assert range_of(of, "noise") == pytest.approx((12, 12), abs=2)
    assert "turn" not in found(of)


def test_a_blur_takes_from_the_sharpness() -> None:
    def change(card: Image, t: float) -> Image:
        return np.asarray(cv2.GaussianBlur(card, (0, 0), 1.0), np.float32) if t > 0 else card

    of = probed(change)
    assert range_of(of, "sharpness")[0] < 0.75


def test_a_patch_that_is_cut_out_is_found() -> None:
    def change(card: Image, t: float) -> Image:
        patched = card.copy()
        start = round(10 + 8 * t)
        patched[start : start + 10, start : start + 10] = 0
        return patched

    of = probed(change)
    assert range_of(of, "cut-out")[1] == pytest.approx(100 / 1024, abs=0.03)
    assert not found(of) & {"turn", "zoom", "shift across", "brightness"}


def test_everything_at_once_is_still_measured() -> None:
    rng = np.random.default_rng(7)

    def change(card: Image, t: float) -> Image:
        u, v = rng.uniform(-1, 1, 2)
        warped = warp(card, turn_deg=25 * t, zoom=(1 + 0.15 * u,) * 2, shift=(3 * v, 3 * u))
        noisy = (warped - 128) * (1 + 0.2 * v) + 128 + 25 * u
        return np.asarray(np.clip(noisy + rng.normal(0, 6, card.shape), 0, 255), np.float32)

    of = probed(change)
    assert range_of(of, "turn") == pytest.approx((-25, 25), abs=2)
    assert range_of(of, "zoom") == pytest.approx((0.85, 1.15), abs=0.045)
    assert range_of(of, "shift across") == pytest.approx((-3, 3), abs=1)
    assert range_of(of, "noise") == pytest.approx((6, 6), abs=1.5)
    assert of.border.fill == "edge"


def test_pictures_without_the_card_are_not_taken_for_it() -> None:
    rng = np.random.default_rng(3)
    of = probed(lambda card, _: rng.uniform(0, 255, card.shape).astype(np.float32))
    assert of.recognised == 0
    assert not of.findings


def test_values_out_of_range_and_changes_at_inference_are_noticed() -> None:
    card = draw_card(32)
    cards = np.repeat(card[None] / np.float32(255), COUNT, axis=0)
    nothing = np.zeros((1, 32, 32, 3), np.float32)
    scaled = ProbePictures(cards, cards[:8] + 1, cards[:1], nothing[0].astype(np.uint8), nothing)
    of = probe(scaled)
    assert not of.train_only
    assert not of.seeded
    assert probed(lambda card, t: card * 2).in_range is False


@pytest.mark.parametrize(
    "change",
    [
        lambda card: card * np.float32(np.nan),
        lambda card: card * np.float32(-1e36),
        lambda card: np.where(card > 250, np.float32(3e38), card),
        lambda card: np.where(card < 5, np.float32(-np.inf), card),
    ],
    ids=["no number", "huge", "spikes", "infinite"],
)
def test_whatever_a_job_leaves_can_be_examined_and_reported(
    change: Callable[[Image], Image],
) -> None:
    card = draw_card(32)
    outputs = {
        name: np.resize(np.stack([card, change(card)]), (count // card.nbytes, *card.shape))
        for name, count in picture_bytes(32).items()
    }
    left = {name: value.astype("<f4").tobytes() for name, value in outputs.items()}
    pictures = read_pictures(left, card.astype(np.uint8))
    assert pictures is not None
    part = augmentation_part(examine(pictures, clean_signs(32)))
    assert part is not None
    assert part.pictures == len(pictures.cards)


def test_a_mirror_image_of_keep_right_is_keep_left() -> None:
    of = probed(lambda card, t: card[:, ::-1] if t > 0 else card)
    pairs = {(one.class_id, one.becomes) for one in find_confusions(of, clean_signs(32))}
    assert pairs >= {(38, 39), (39, 38), (33, 34), (34, 33), (36, 37), (37, 36), (19, 20), (20, 19)}
    assert all(class_id not in {12, 13, 14, 15, 17, 18, 35} for class_id, _ in pairs)


def test_small_turns_keep_every_label_and_large_ones_do_not() -> None:
    small = probed(lambda card, t: warp(card, turn_deg=20 * t))
    assert not find_confusions(small, clean_signs(32))
    large = probed(lambda card, t: warp(card, turn_deg=100 * t))
    confusions = find_confusions(large, clean_signs(32))
    assert {(38, 39), (39, 38)} <= {(one.class_id, one.becomes) for one in confusions}
    assert all(abs(one.amount_deg) >= 40 for one in confusions)


def test_what_is_not_done_is_not_blamed() -> None:
    of = probed(lambda card, t: card + 30 * t)
    assert not find_confusions(of, clean_signs(32))


KERAS = """
import keras
from keras import layers

def build_model(input_shape, num_classes):
    return keras.Sequential([
        keras.Input(input_shape), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(num_classes)
    ])

def build_augmentation():
    return keras.Sequential([{layers}])

def training_plan():
    return {{"epochs": 1, "batch_size": 8}}
"""


@pytest.mark.sandbox
def test_what_keras_layers_do_is_measured_through_a_job(jobs: Any) -> None:
    lines = [
        'layers.RandomFlip("horizontal")',
        'layers.RandomRotation(0.1, fill_mode="reflect")',
        'layers.RandomTranslation(0.2, 0.1, fill_mode="reflect")',
        'layers.RandomZoom(0.2, fill_mode="reflect")',
    ]
    of = through_a_job(jobs, ", ".join(lines))
    assert found(of) >= {"mirror left-right", "turn", "shift across", "shift down", "zoom"}
    low, high = range_of(of, "turn")
    assert -38 < low < -28
    assert 28 < high < 38
    assert (of.stochastic, of.train_only, of.seeded, of.in_range) == (True, True, True, True)


@pytest.mark.sandbox
def test_the_border_of_a_keras_layer_is_told_by_numpy_s_name(jobs: Any) -> None:
    of = through_a_job(jobs, 'layers.RandomTranslation(0.2, 0.2, fill_mode="reflect")')
    assert of.border.fill == "symmetric"


@pytest.mark.sandbox
def test_what_is_wrong_with_an_augmentation_is_noticed_through_a_job(jobs: Any) -> None:
    of = through_a_job(jobs, "layers.Rescaling(2.0)")
    assert (of.stochastic, of.train_only, of.seeded, of.in_range) == (False, False, True, False)
    assert range_of(of, "contrast") == pytest.approx((2, 2), rel=0.03)


def through_a_job(jobs: Any, layers: str) -> Probe:
    sign = np.zeros((16, 16, 3), np.uint8)
    arguments = jobs.data.arguments(probe_images=4, augmented_images=4, **probe_counts(16))
    sources = {"submission.py": KERAS.format(layers=layers)}
    files = tuple(OutputFile(name, size) for name, size in picture_bytes(16).items())
    job = Job("describe", arguments, sources, LIMITS, (*OUTPUTS, *files), probe_inputs(sign))
    result = jobs.runner.run(job)
    pictures = read_pictures(result.outputs, sign)
    assert pictures, result.log.decode()
    return probe(pictures)
