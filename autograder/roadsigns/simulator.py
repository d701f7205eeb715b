"""Films one physical sign while a car drives towards it: the frames of a track."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from autograder.roadsigns import photography, textures, weather
from autograder.roadsigns.backgrounds import draw_background, light_lamps
from autograder.roadsigns.bank import Bank
from autograder.roadsigns.conditions import VIEW, Conditions, Moment
from autograder.roadsigns.distributions import Dice, Uniform, happens
from autograder.roadsigns.plates import WHOLE, Place, Plate, make_plate
from autograder.roadsigns.staging import stand

FloatImage = NDArray[np.float32]

_USUAL_SIZE = 32
"""Image size that the distributions of optics were set for."""
_FEWEST_PIXELS = 20
_FEW = 44
"""Camera pixels up to which the smaller canvas holds all detail."""
_SPARE = 1.3
"""Size of a background, as a share of the canvas."""


@dataclass(frozen=True)
class Air:
    """What is between sign and camera; `Light` has the meanings and units."""

    haze: float
    haze_light: float
    streaks: int
    slant_deg: float
    drops: int
    flakes: int


@dataclass(frozen=True)
class Scene:
    """What a track keeps from frame to frame; `Pose`, `Light` and `Optics` have the units."""

    canvas: int
    """Height and width of the view, in its own pixels."""
    plate: Plate
    background: FloatImage
    air: Air
    turn_deg: float
    width_scale: float
    size: float
    margin_px: float
    offset: Place
    corner_shifts: tuple[float, ...]
    exposure: float
    tint: tuple[float, float, float]
    flare: float
    gamma: float
    black: float
    blur: float
    near_resolution: float
    approach: float
    mosaic: bool
    sharpening: float
    noise: float


def sign_pixels(image_size: int) -> int:
    """Return how many pixels across a sign suffice for images of a size."""
    return image_size * 3 // 2


def film(  # noqa: PLR0913, PLR0917 - what a film is made of
    class_id: int, frames: int, image_size: int, conditions: Conditions, bank: Bank, dice: Dice
) -> NDArray[np.uint8]:
    """Return the frames of one track, far to near: RGB, (frames, image_size, image_size, 3)."""
    scene = draw_scene(class_id, image_size, conditions, bank, dice)
    photos = np.empty((frames, image_size, image_size, 3), np.uint8)
    for index in range(frames):
        distance = 1 - (index + 1) / frames
        photos[index] = photograph(scene, distance, image_size, conditions.moment, dice)
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


def draw_scene(
    class_id: int, image_size: int, conditions: Conditions, bank: Bank, dice: Dice
) -> Scene:
    """Return a sign, what stands around it, the light and the camera, drawn at random."""
    light, pose, optics = conditions.light, conditions.pose, conditions.optics
    near = max(float(_FEWEST_PIXELS), optics.near_resolution.draw(dice))
    canvas = image_size * 5 // 4 if near <= _FEW else image_size * 3 // 2
    night = happens(light.night_chance, dice)
    air = _air(conditions, dice)
    warmth, green = light.warmth.draw(dice), light.green.draw(dice)
    red, green, blue = (round(math.exp(value), 6) for value in (warmth, green, -warmth))
    return Scene(
        canvas=canvas,
        plate=make_plate(class_id, conditions, bank, dice, night=night),
        background=_background(canvas, conditions, air, dice, night=night),
        air=air,
        turn_deg=pose.turn_deg.draw(dice),
        width_scale=pose.width_scale.draw(dice),
        size=pose.size.draw(dice),
        margin_px=pose.margin_px,
        offset=(pose.offset.draw(dice), pose.offset.draw(dice)),
        corner_shifts=tuple(pose.corner_shift.draw(dice) for _ in range(8)),
        exposure=light.exposure.draw(dice),
        tint=(red, green, blue),
        flare=light.flare.draw(dice),
        gamma=optics.gamma.draw(dice),
        black=optics.black.draw(dice),
        blur=optics.blur.draw(dice),
        near_resolution=near,
        approach=optics.approach.draw(dice),
        mosaic=happens(optics.mosaic_chance, dice),
        sharpening=(
            optics.sharpening.draw(dice) if happens(optics.sharpening_chance, dice) else 0.0
        ),
        noise=optics.noise.draw(dice),
    )


def _air(conditions: Conditions, dice: Dice) -> Air:
    light = conditions.light
    haze, haze_light = 0.0, 0.0
    if happens(light.fog_chance, dice):
        haze, haze_light = light.fog.draw(dice), light.fog_light.draw(dice)
    elif happens(light.haze_chance, dice):
        haze, haze_light = light.haze.draw(dice), light.haze_light.draw(dice)
    streaks = drops = flakes = 0
    if happens(light.rain_chance, dice):
        streaks, drops = round(light.streaks.draw(dice)), round(light.drops.draw(dice))
    elif happens(light.snowfall_chance, dice):
        flakes = round(light.flakes.draw(dice))
    return Air(haze, haze_light, streaks, Uniform(-35.0, 35.0).draw(dice), drops, flakes)


def _background(
    canvas: int, conditions: Conditions, air: Air, dice: Dice, *, night: bool
) -> FloatImage:
    """Return the light from behind the sign, a little more than the view."""
    light = conditions.light
    image = draw_background(round(_SPARE * canvas), dice)
    factor = light.backlight.draw(dice)
    if night:
        factor = light.night_light.draw(dice)
    factor *= 1 - air.haze / 2
    image *= np.float32(factor)
    image += np.float32(air.haze / 2 * air.haze_light)
    if night:
        light_lamps(image, round(light.lamps.draw(dice)), dice)
    return image


def photograph(
    scene: Scene, distance: float, image_size: int, moment: Moment, dice: Dice
) -> NDArray[np.uint8]:
    """Return one frame; `distance` is 1 where the drive begins and 0 where it ends."""
    pixels = scene.near_resolution * math.exp(math.log(scene.approach) * distance)
    pixels = round(pixels * moment.resolution_scale.draw(dice), 6)
    light = _fall(_look(scene, pixels, moment, dice), scene.air, dice)
    exposure = scene.exposure * moment.exposure.draw(dice)
    haze, veil = scene.air.haze, scene.air.haze * scene.air.haze_light + scene.flare
    red, green, blue = (exposure * part for part in scene.tint)
    light = photography.expose(
        light,
        factors=(red * (1 - haze), green * (1 - haze), blue * (1 - haze)),
        veil=(red * veil + scene.black, green * veil + scene.black, blue * veil + scene.black),
    )
    # A larger image is taken by a better camera, but not in proportion.
    scale = scene.canvas / VIEW * math.sqrt(_USUAL_SIZE / image_size)
    light = photography.blur(light, scale * scene.blur * moment.blur_scale.draw(dice))
    if happens(moment.motion_chance, dice):
        direction_deg = Uniform(0.0, 180.0).draw(dice)
        light = photography.move(light, scale * moment.motion.draw(dice), direction_deg)
    light = photography.sample(light, max(8, round(pixels * image_size / _USUAL_SIZE)))
    return _develop(light, scene, image_size, moment, dice)


def _develop(
    light: FloatImage, scene: Scene, image_size: int, moment: Moment, dice: Dice
) -> NDArray[np.uint8]:
    """Return the bytes that the camera makes of the light on its sensor."""
    light = photography.add_noise(textures.clipped(light, 1), scene.noise, dice)
    if happens(moment.blotch_chance, dice):
        light = photography.add_blotches(light, moment.blotches.draw(dice), dice)
    photo = photography.tone(photography.develop(light), scene.gamma)
    if scene.mosaic:
        photo = photography.mosaic(photo)
    if scene.sharpening:
        photo = photography.sharpen(photo, scene.sharpening)
    if happens(moment.jpeg_chance, dice):
        photo = photography.compress(photo, round(moment.jpeg_quality.draw(dice)))
    smooth = happens(moment.smooth_resize_chance, dice)
    return photography.resize(photo, image_size, smooth=smooth)


def _look(scene: Scene, pixels: float, moment: Moment, dice: Dice) -> FloatImage:
    """Return the light from the scene, shape (canvas, canvas, 3)."""
    canvas, unit = scene.canvas, scene.canvas / VIEW
    spare = (len(scene.background) - canvas) // 2
    x, y = (
        spare + max(-spare, min(spare, round(unit * moment.background_shift.draw(dice))))
        for _ in range(2)
    )
    view = scene.background[y : y + canvas, x : x + canvas].copy()
    stand(scene.plate, view, _corners(scene, pixels, moment, dice))
    return view


def _fall(light: FloatImage, air: Air, dice: Dice) -> FloatImage:
    if air.streaks:
        light = weather.let_rain(light, air.streaks, air.slant_deg, dice)
    if air.flakes:
        light = weather.let_snow(light, air.flakes, dice)
    if air.drops:
        light = weather.wet(light, air.drops, dice)
    return light


def _corners(scene: Scene, pixels: float, moment: Moment, dice: Dice) -> list[Place]:
    """Return where the corners of the sign are in the view, in its pixels."""
    size = min(scene.size, VIEW * (1 - 2 * scene.margin_px / pixels))
    size *= moment.size_scale.draw(dice)
    angle = math.radians(scene.turn_deg + moment.turn_deg.draw(dice))
    cos, sin = round(math.cos(angle), 6), round(math.sin(angle), 6)
    centre_x, centre_y = (VIEW / 2 + shift + moment.offset.draw(dice) for shift in scene.offset)
    if happens(moment.miscrop_chance, dice):
        centre_x += moment.miscrop.draw(dice)
        centre_y += moment.miscrop.draw(dice)
    unit = scene.canvas / VIEW
    corners = []
    for corner, (across, down) in enumerate(WHOLE):
        shift_x, shift_y = (
            (scene.corner_shifts[2 * corner + i] + moment.corner_shift.draw(dice)) / 100
            for i in range(2)
        )
        x = size * (across * scene.width_scale + shift_x)
        y = size * (down + shift_y)
        corners.append(
            (unit * (centre_x + cos * x - sin * y), unit * (centre_y + sin * x + cos * y))
        )
    return corners
