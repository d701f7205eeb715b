"""Films one physical sign while a car drives towards it: the frames of a track."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from autograder.roadsigns import photography
from autograder.roadsigns.backgrounds import SIDE as BACKGROUND_SIDE
from autograder.roadsigns.backgrounds import draw_background
from autograder.roadsigns.conditions import VIEW, Conditions, Moment, Uniform, happens
from autograder.roadsigns.plates import Plate, make_plate

FloatImage = NDArray[np.float32]


@dataclass(frozen=True)
class Scene:
    """What a track keeps from frame to frame; `Passage` has the meanings and units."""

    plate: Plate
    background: FloatImage
    turn_deg: float
    width_scale: float
    size: float
    offset: tuple[float, float]
    corner_shifts: tuple[float, ...]
    haze: float
    haze_light: float
    warmth: float
    green: float
    exposure: float
    curve: FloatImage
    blur: float
    first_resolution: float
    last_resolution: float
    sharpening: float
    noise: float


def film(
    class_id: int, frames: int, image_size: int, conditions: Conditions, rng: Generator
) -> NDArray[np.uint8]:
    """Return the frames of one track, far to near: RGB, (frames, image_size, image_size, 3)."""
    scene = draw_scene(class_id, conditions, rng)
    photos = np.empty((frames, image_size, image_size, 3), np.uint8)
    for index in range(frames):
        approach = (index + 1) / frames
        photos[index] = _photograph(scene, approach, image_size, conditions.moment, rng)
    return photos


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep OpenCV to one thread: the images are small, and other cores may be at work."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def draw_scene(class_id: int, conditions: Conditions, rng: Generator) -> Scene:
    """Return a sign, what stands around it, the light and the camera, drawn at random."""
    passage = conditions.passage
    backlight = np.float32(passage.backlight.draw(rng))
    hazy, sharpens = happens(passage.haze_chance, rng), happens(passage.sharpening_chance, rng)
    return Scene(
        plate=make_plate(class_id, conditions, rng),
        background=draw_background(rng) * backlight,
        turn_deg=passage.turn_deg.draw(rng),
        width_scale=passage.width_scale.draw(rng),
        size=passage.size.draw(rng),
        offset=(passage.offset.draw(rng), passage.offset.draw(rng)),
        corner_shifts=tuple(passage.corner_shift.draw(rng) for _ in range(8)),
        haze=passage.haze.draw(rng) if hazy else 0.0,
        haze_light=passage.haze_light.draw(rng),
        warmth=passage.warmth.draw(rng),
        green=passage.green.draw(rng),
        exposure=passage.exposure.draw(rng),
        curve=photography.tone_curve(passage.gamma.draw(rng)),
        blur=passage.blur.draw(rng),
        first_resolution=passage.first_resolution.draw(rng),
        last_resolution=passage.last_resolution.draw(rng),
        sharpening=passage.sharpening.draw(rng) if sharpens else 0.0,
        noise=passage.noise.draw(rng),
    )


def _photograph(
    scene: Scene, approach: float, image_size: int, moment: Moment, rng: Generator
) -> NDArray[np.uint8]:
    """Return one frame; `approach` is 0 where the drive begins and 1 where it ends."""
    light = _look(scene, moment, rng)
    light = photography.add_haze(light, scene.haze, scene.haze_light)
    light = photography.tint(light, scene.warmth, scene.green)
    light = photography.blur(light, scene.blur * moment.blur_scale.draw(rng))
    if happens(moment.motion_chance, rng):
        direction_deg = Uniform(0.0, 180.0).draw(rng)
        light = photography.move(light, moment.motion.draw(rng), direction_deg)
    exposure = scene.exposure * moment.exposure.draw(rng)
    light = photography.expose(light, exposure, scene.curve)
    light = photography.sample(light, _resolution(scene, approach, moment, rng))
    if scene.sharpening:
        light = photography.sharpen(light, scene.sharpening)
    light = photography.add_noise(light, scene.noise, rng)
    if happens(moment.blotch_chance, rng):
        light = photography.add_blotches(light, moment.blotches.draw(rng), rng)
    photo = photography.develop(light)
    if happens(moment.jpeg_chance, rng):
        photo = photography.compress(photo, round(moment.jpeg_quality.draw(rng)))
    return photography.resize(photo, image_size)


def _look(scene: Scene, moment: Moment, rng: Generator) -> FloatImage:
    """Return the light that reaches the camera, shape (64, 64, 3)."""
    homography = _pose(scene, moment, rng)
    plate = cv2.warpPerspective(scene.plate.image, homography, (VIEW, VIEW))
    spare = (BACKGROUND_SIDE - VIEW) // 2
    x, y = (
        spare + max(-spare, min(spare, round(moment.background_shift.draw(rng)))) for _ in range(2)
    )
    background = scene.background[y : y + VIEW, x : x + VIEW]
    return np.asarray(background * (1 - plate[..., 3:]) + plate[..., :3], np.float32)


def _pose(scene: Scene, moment: Moment, rng: Generator) -> NDArray[np.float64]:
    """Return the homography from the plate to the view, shape (3, 3)."""
    size = scene.size * moment.size_scale.draw(rng)
    angle = math.radians(scene.turn_deg + moment.turn_deg.draw(rng))
    cos, sin = round(math.cos(angle), 6), round(math.sin(angle), 6)
    centre_x, centre_y = (VIEW / 2 + shift + moment.offset.draw(rng) for shift in scene.offset)
    source, target = [], []
    for corner, (across, down) in enumerate(((-1, -1), (1, -1), (1, 1), (-1, 1))):
        half = scene.plate.extent / 2
        source.append((scene.plate.centre[0] + across * half, scene.plate.centre[1] + down * half))
        shift_x, shift_y = (
            (scene.corner_shifts[2 * corner + i] + moment.corner_shift.draw(rng)) / 100
            for i in range(2)
        )
        x = size * (across * scene.width_scale / 2 + shift_x)
        y = size * (down / 2 + shift_y)
        target.append((centre_x + cos * x - sin * y, centre_y + sin * x + cos * y))
    matrix = cv2.getPerspectiveTransform(np.array(source, np.float32), np.array(target, np.float32))
    return np.round(matrix, 9)


def _resolution(scene: Scene, approach: float, moment: Moment, rng: Generator) -> int:
    growth = math.log(scene.last_resolution / scene.first_resolution)
    pixels = scene.first_resolution * math.exp(growth * approach)
    return max(8, min(VIEW, round(round(pixels * moment.resolution_scale.draw(rng), 6))))
