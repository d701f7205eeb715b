"""What an augmentation does, told from pictures of the test card that went through it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from autograder.probing.borders import measure_border
from autograder.probing.card import LARGEST, draw_card
from autograder.probing.colour import Fit, Light, fit_colours, measure_light
from autograder.probing.facts import Finding, FloatImages, Operation, Probe, ProbePictures
from autograder.probing.geometry import Registration, register
from autograder.probing.operations import Pose, take_apart

# Below this the card was not found again, or too little of it is left to say anything.
_FOUND, _SURELY_FOUND = 0.75, 0.85
_ODD = 15.0  # levels left unexplained: a faint likeness is then taken for chance
# An operation is one that so many pictures show: a single misread one says nothing.
_LEAST_PICTURES = 3
# What shows nothing of the card takes ten times as long to look at.
_GIVE_UP_AFTER = 16
_UNTOUCHED = 0.01  # levels


@dataclass(frozen=True)
class _Trait:
    """How to tell an operation: its value in one picture, and from where on it counts."""

    operation: Operation
    unit: str
    neutral: float
    tolerance: float
    of_pose: Callable[[Pose], float] | None = None
    of_light: Callable[[Light], float] | None = None

    def value(self, pose: Pose, light: Light) -> float:
        if self.of_pose:
            return self.of_pose(pose)
        assert self.of_light
        return self.of_light(light)


# Tolerances: several times what a card without that change is measured with.
_TRAITS = (
    _Trait("turn", "degrees", 0, 2, of_pose=lambda pose: pose.turn_deg),
    _Trait("shift across", "pixels", 0, 0.5, of_pose=lambda pose: pose.shift_across),
    _Trait("shift down", "pixels", 0, 0.5, of_pose=lambda pose: pose.shift_down),
    _Trait("zoom", "factor", 1, 0.025, of_pose=lambda pose: pose.zoom),
    _Trait("stretch", "factor", 1, 0.03, of_pose=lambda pose: pose.zoom_across / pose.zoom_down),
    _Trait("shear", "degrees", 0, 2.5, of_pose=lambda pose: pose.shear_deg),
    _Trait("brightness", "levels", 0, 3, of_light=lambda light: light.brightness),
    _Trait("contrast", "factor", 1, 0.04, of_light=lambda light: abs(light.contrast)),
    _Trait("saturation", "factor", 1, 0.1, of_light=lambda light: light.saturation),
    _Trait("hue", "degrees", 0, 5, of_light=lambda light: light.hue_deg),
    _Trait("noise", "levels", 0, 2, of_light=lambda light: light.noise),
    _Trait("sharpness", "factor", 1, 0.2, of_light=lambda light: light.sharpness),
    _Trait("cut-out", "share", 0, 0.015, of_light=lambda light: light.hidden),
    _Trait("something else", "levels", 0, 7, of_light=lambda light: light.unexplained),
)


def probe(pictures: ProbePictures) -> Probe:
    """Return what an augmentation does, from test cards that went through it."""
    size = pictures.cards.shape[1]
    cards = [_small(card) for card in pictures.cards]
    looks = _looks(cards)
    found = [look for look in looks if look.is_sure]
    poses = take_apart([look.registration.forward for look in found], cards[0].shape[0])
    pixels = size / cards[0].shape[0]
    lights = [look.light for look in found]
    untouched = np.abs(pictures.inference - draw_card(size)).max() < _UNTOUCHED
    return Probe(
        findings=(*_mirrorings(poses), *_traits(poses, lights, pixels)),
        border=measure_border(
            [look.picture for look in found],
            [look.registration.source for look in found],
            [look.fit for look in found],
        ),
        stochastic=bool((pictures.cards != pictures.cards[:1]).any()),
        train_only=bool(untouched),
        seeded=pictures.seeded,
        values=(float(pictures.cards.min()), float(pictures.cards.max())),
        pictures=len(looks),
        recognised=len(found),
    )


def _looks(cards: Sequence[FloatImages]) -> list[_Look]:
    """Look at one card after the other; give up where not one of many is to be recognised."""
    looks: list[_Look] = []
    for card in cards:
        looks.append(_look(card))
        if len(looks) == _GIVE_UP_AFTER and not any(look.is_sure for look in looks):
            break
    return looks


def _small(card: FloatImages) -> FloatImages:
    if card.shape[0] <= LARGEST:
        return card
    return np.asarray(cv2.resize(card, (LARGEST, LARGEST), interpolation=cv2.INTER_AREA))


@dataclass(frozen=True)
class _Look:
    picture: FloatImages
    registration: Registration
    fit: Fit
    light: Light

    @property
    def is_sure(self) -> bool:
        match = self.registration.match
        return match >= _FOUND and (match >= _SURELY_FOUND or self.light.unexplained < _ODD)


def _look(picture: FloatImages) -> _Look:
    registration = register(picture)
    fit = fit_colours(picture, registration.source)
    return _Look(picture, registration, fit, measure_light(picture, registration.source, fit))


def _mirrorings(poses: Sequence[Pose]) -> list[Finding]:
    ways: tuple[tuple[str, Operation], ...] = (
        ("left-right", "mirror left-right"),
        ("upside-down", "mirror upside-down"),
        ("both", "mirror both ways"),
    )
    found = []
    for mirror, operation in ways:
        count = sum(pose.mirror == mirror for pose in poses)
        if count >= _LEAST_PICTURES:
            found.append(Finding(operation, count / len(poses), 0, 0, ""))
    return found


def _traits(poses: Sequence[Pose], lights: Sequence[Light], pixels: float) -> list[Finding]:
    found = []
    for trait in _TRAITS:
        values = [trait.value(*pair) for pair in zip(poses, lights, strict=True)]
        shown = [abs(value - trait.neutral) > trait.tolerance for value in values]
        if sum(shown) >= _LEAST_PICTURES:
            share = sum(shown) / len(values)
            scale = pixels if trait.unit == "pixels" else 1.0
            low, high = scale * min(values), scale * max(values)
            found.append(Finding(trait.operation, share, low, high, trait.unit))
    negatives = sum(light.contrast < 0 for light in lights)
    if negatives >= _LEAST_PICTURES:
        found.append(Finding("negative", negatives / len(lights), 0, 0, ""))
    return found
