# ruff: noqa: RUF009 - per_set() returns a field
"""How signs look when they are filmed: every distribution of the simulator, with its unit.

All but `Moment` is drawn once a track (one physical sign, one drive past it), `Moment` once a
frame. There are two sets. `ROAD` is as wide as what cameras in cars see, set by eye and by measure
against real photographs. `COURSE` is a milder share of the same: forty seconds of one core teach a
small network, and it needs augmentation to do well. What has one value is the same in both.

Lengths are shares of what they are on: *view* pixels are 64ths of the picture's height, whatever
the image size, and *percent* are of the sign's size. Light is linear from 0 (black) to 1 (white);
light of the surroundings may be above. A *chance* is the probability that what follows applies.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Literal, TypeVar, overload

from autograder.roadsigns.distributions import (
    Distribution,
    Either,
    LogNormal,
    LogUniform,
    Normal,
    Uniform,
)

ConditionsName = Literal["course", "road"]
T = TypeVar("T")

VIEW = 64
"""View pixels across the view."""


@overload
def per_set(*, course: Distribution, road: Distribution) -> Distribution: ...
@overload
def per_set(*, course: float, road: float) -> float: ...
def per_set(*, course: object, road: object) -> object:
    """Return a field of a dataclass that the two sets fill differently."""
    return field(default=course, metadata={"road": road})


@dataclass(frozen=True)
class Manufacture:
    """How one maker's sign differs from the drawing."""

    red: Distribution = per_set(course=Uniform(0.50, 0.85), road=Uniform(0.42, 0.86))
    """Red channel of the red foil; green and blue are shares of it: old foil turns orange."""
    red_green: Distribution = per_set(
        course=Uniform(0.06, 0.20), road=Either(0.85, Uniform(0.06, 0.22), Uniform(0.22, 0.50))
    )
    red_blue: Distribution = per_set(course=Uniform(0.10, 0.22), road=LogUniform(0.08, 0.26))
    blue: Distribution = per_set(course=Uniform(0.35, 0.72), road=Uniform(0.30, 0.85))
    """Blue channel of the blue foil; red and green are shares of it: old foil turns turquoise."""
    blue_red: Distribution = Uniform(0.05, 0.25)
    blue_green: Distribution = per_set(course=Uniform(0.35, 0.60), road=LogUniform(0.32, 0.72))
    yellow: Distribution = Uniform(0.80, 1.00)
    """Red channel of the yellow foil; green and blue are shares of it."""
    yellow_green: Distribution = Uniform(0.62, 0.82)
    yellow_blue: Distribution = Uniform(0.00, 0.15)
    green: Distribution = Uniform(0.35, 0.75)
    """Green channel of the lamp on 'traffic signals'; blue is a share of it."""
    green_blue: Distribution = Uniform(0.55, 1.0)
    white: Distribution = per_set(course=Uniform(0.88, 1.00), road=Uniform(0.82, 1.00))
    black: Distribution = per_set(course=Uniform(0.04, 0.14), road=Uniform(0.04, 0.22))
    grey: Distribution = per_set(course=Uniform(0.25, 0.50), road=Uniform(0.14, 0.58))
    rim_scale: Distribution = per_set(course=Uniform(0.975, 1.01), road=Uniform(0.95, 1.035))
    """Size of the rim, as a factor: how wide the pale edge around it is."""
    field_scale: Distribution = per_set(course=Uniform(0.94, 1.05), road=Uniform(0.90, 1.08))
    """Size of the field inside the rim, as a factor: how wide the ring is."""
    pictogram_scale: Distribution = per_set(course=Uniform(0.94, 1.08), road=Uniform(0.92, 1.12))
    pictogram_aspect: Distribution = per_set(course=LogNormal(1.0, 0.04), road=LogNormal(1.0, 0.06))
    """Width by height of the pictogram, as a factor."""
    pictogram_shift: Distribution = per_set(course=Normal(0.0, 0.7), road=Normal(0.0, 0.9))
    """Percent of the sign's size, across and down."""
    pictogram_lean: Distribution = per_set(course=Normal(0.0, 0.02), road=Normal(0.0, 0.03))
    """Tangent of the angle by which upright lines lean."""
    pictogram_bend: Distribution = per_set(course=Normal(0.0, 0.04), road=Normal(0.0, 0.06))
    """How far the six quadratic terms of a smooth distortion move the sign's edge, as a share of
    half the sign's size; a pictogram is moved by a tenth of that."""
    glyph_width: Distribution = per_set(course=LogNormal(1.0, 0.04), road=LogNormal(1.0, 0.06))
    """Width of each numeral and letter, as a factor; what they gain, the gaps between them lose."""
    stroke_scale: Distribution = per_set(
        course=LogUniform(0.80, 1.15),
        road=Either(0.06, LogUniform(0.55, 0.85), LogUniform(0.85, 1.28)),
    )
    """Width of lines and numerals, as a factor; thin on signs made of lamps."""


@dataclass(frozen=True)
class Weathering:
    """What years, boys and winters did to the sign."""

    fading: Distribution = per_set(course=Uniform(0.0, 0.25), road=Uniform(0.0, 0.4))
    """Share of the colour that the sun has bleached to grey."""
    grime: Distribution = Uniform(0.0, 0.12)
    """Contrast lost to an even film of dirt."""
    dirt_chance: float = per_set(course=0.04, road=0.1)
    dirt: Distribution = Uniform(0.2, 0.8)
    """How much the worst patches hide."""
    scratches_chance: float = per_set(course=0.03, road=0.08)
    scratches: Distribution = Uniform(1.0, 6.0)
    """Number of them."""
    sticker_chance: float = per_set(course=0.02, road=0.05)
    stickers: Distribution = Uniform(1.0, 3.0)
    """Number of them."""
    sticker_size: Distribution = Uniform(6.0, 16.0)
    """Percent."""
    graffiti_chance: float = per_set(course=0.01, road=0.03)
    graffiti_width: Distribution = Uniform(2.0, 5.0)
    """Percent."""
    snow_chance: float = per_set(course=0.01, road=0.03)
    snow: Distribution = Uniform(0.1, 0.5)
    """Share of the sign's height that snow sticks to, ragged."""


@dataclass(frozen=True)
class Surroundings:
    """What stands behind, beside and before the sign."""

    pole_chance: float = 0.5
    pole_width: Distribution = Uniform(4.0, 9.0)
    """Percent."""
    pole_light: Distribution = Uniform(0.1, 0.7)
    board_chance: float = per_set(course=0.02, road=0.06)
    """A back plate, larger than the sign."""
    board_size: Distribution = Uniform(106.0, 135.0)
    """Percent."""
    neighbour_chance: float = per_set(course=0.1, road=0.25)
    """Another sign on the same pole, above or below."""
    neighbour_gap: Distribution = Uniform(-1.0, 8.0)
    """Percent."""
    neighbour_scale: Distribution = Uniform(0.8, 1.1)
    caption_chance: float = per_set(course=0.08, road=0.15)
    """A small plate below the sign that says more: when, for whom, how far."""
    caption_height: Distribution = Uniform(20.0, 50.0)
    """Percent."""
    twig_chance: float = per_set(course=0.06, road=0.08)
    """Something thin in front of the sign."""
    twig_width: Distribution = Uniform(1.0, 5.0)
    """Percent."""
    leaves_chance: float = per_set(course=0.02, road=0.06)
    """Leaves that hang into the picture from one side."""
    leaves: Distribution = Uniform(3.0, 14.0)
    """Number of them."""
    leaf_size: Distribution = Uniform(4.0, 12.0)
    """Percent, from the middle to the tip."""
    leaves_reach: Distribution = Uniform(0.0, 30.0)
    """Percent of the sign that they reach over, from its rim."""


@dataclass(frozen=True)
class Light:
    """Sun, shade, mist, night."""

    shadow_edge_chance: float = per_set(course=0.1, road=0.15)
    """The shadow of a wall or of a post."""
    shadow_dapple_chance: float = per_set(course=0.1, road=0.12)
    """The shadow of leaves."""
    shadow_light: Distribution = Uniform(0.35, 0.85)
    """Light that is left in the shadow."""
    glare_chance: float = per_set(course=0.03, road=0.08)
    """The sun, mirrored by the foil."""
    glare: Distribution = Uniform(0.15, 0.8)
    """Light added in its middle."""
    glare_size: Distribution = Uniform(20.0, 70.0)
    """Percent, from its middle to where it ends."""
    exposure: Distribution = per_set(course=LogUniform(0.6, 1.3), road=LogUniform(0.14, 1.7))
    """Factor on all light; above 1 the sky and white foil clip."""
    backlight: Distribution = per_set(course=LogNormal(1.05, 0.3), road=LogNormal(1.05, 1.0))
    """Factor on the light of the background alone."""
    warmth: Distribution = per_set(course=Normal(0.0, 0.06), road=Normal(-0.01, 0.12))
    """Logarithm of the factor on red; blue gets its inverse."""
    green: Distribution = per_set(course=Normal(0.0, 0.05), road=Normal(-0.02, 0.05))
    """Logarithm of the factor on green."""
    flare: Distribution = per_set(course=Uniform(0.0, 0.01), road=Uniform(0.0, 0.03))
    """Light that the lens strews over all, before the exposure."""
    haze_chance: float = per_set(course=0.2, road=0.25)
    haze: Distribution = per_set(course=Uniform(0.0, 0.25), road=Uniform(0.0, 0.5))
    """Share of the sign's light that is haze; of the background's, half as much again."""
    haze_light: Distribution = Uniform(0.2, 0.9)
    fog_chance: float = per_set(course=0.02, road=0.03)
    """Instead of haze."""
    fog: Distribution = per_set(course=Uniform(0.25, 0.4), road=Uniform(0.35, 0.7))
    fog_light: Distribution = Uniform(0.5, 0.9)
    night_chance: float = per_set(course=0.02, road=0.05)
    """The sign is lit by headlights; all else is dark but for a few lamps."""
    night_light: Distribution = LogUniform(0.02, 0.2)
    """Factor on the light of the background."""
    headlight_edge: Distribution = Uniform(0.3, 1.0)
    """Light at the sign's far edge, as a share of that in the middle of the beam."""
    lamps: Distribution = Uniform(0.0, 5.0)
    """Number of lamps in the background."""
    rain_chance: float = per_set(course=0.02, road=0.05)
    streaks: Distribution = Uniform(8.0, 40.0)
    """Number of raindrops seen falling, in a frame."""
    drops: Distribution = Uniform(0.0, 5.0)
    """Number of drops on the windscreen, in a frame."""
    snowfall_chance: float = per_set(course=0.01, road=0.02)
    flakes: Distribution = Uniform(10.0, 60.0)
    """Number of snowflakes seen falling, in a frame."""


@dataclass(frozen=True)
class Pose:
    """How the sign stands in the picture, cut out around it."""

    turn_deg: Distribution = per_set(course=Normal(0.0, 5.5), road=Normal(0.0, 5.0))
    """Rotation in the picture."""
    width_scale: Distribution = per_set(course=Uniform(0.90, 1.03), road=Uniform(0.90, 1.08))
    """Below 1 where the sign is seen from the side or the box is too wide."""
    corner_shift: Distribution = per_set(course=Normal(0.0, 1.8), road=Normal(0.0, 3.4))
    """Of each corner, each way, in percent: perspective, bent sheets."""
    size: Distribution = per_set(course=Uniform(46.0, 60.0), road=Uniform(41.0, 57.0))
    """Height of the sign in the view."""
    margin_px: float = per_set(course=0.0, road=4.0)
    """Fewest camera pixels around the sign, so far ones fill less: as boxes were cut for GTSRB."""
    offset: Distribution = per_set(course=Normal(0.0, 2.6), road=Normal(0.0, 2.0))
    """Of the sign's centre from the view's, across and down."""


@dataclass(frozen=True)
class Optics:
    """The camera. For larger images than 32 pixels it is a better one: see `simulator.Camera`."""

    blur: Distribution = per_set(
        course=LogUniform(0.4, 0.8),
        road=Either(0.8, Uniform(0.2, 1.5), Uniform(1.5, 2.9)),
    )
    """Standard deviation of the Gaussian blur, in view pixels."""
    near_resolution: Distribution = per_set(
        course=LogUniform(40.0, 60.0), road=LogNormal(45.0, 0.45)
    )
    """Camera pixels across the view in the last frame, when the sign is near; at least 24."""
    approach: Distribution = per_set(course=LogUniform(0.6, 0.9), road=LogUniform(0.5, 0.95))
    """Camera pixels across the view where the drive began, as a share of those at its end."""
    mosaic_chance: float = per_set(course=0.3, road=0.5)
    """One colour a pixel, behind a Bayer filter, and the other two guessed: colour fringes."""
    sharpening_chance: float = per_set(course=0.5, road=0.65)
    sharpening: Distribution = per_set(course=Uniform(0.3, 1.4), road=Uniform(0.3, 1.6))
    """Share of the detail that the camera adds again: halos."""
    gamma: Distribution = per_set(course=LogNormal(1.0, 0.08), road=LogNormal(1.0, 0.25))
    noise: Distribution = per_set(course=Uniform(0.0, 0.015), road=Uniform(0.0, 0.02))
    """Standard deviation of the light in a bright pixel; falls with the root of the light."""
    black: Distribution = per_set(course=Uniform(0.0, 0.01), road=Uniform(0.015, 0.055))
    """Light that the sensor reports where there is none."""


@dataclass(frozen=True)
class Moment:
    """What differs between the frames of a track."""

    turn_deg: Distribution = Normal(0.0, 1.0)
    size_scale: Distribution = LogNormal(1.0, 0.03)
    offset: Distribution = Normal(0.0, 0.8)
    """View pixels, across and down: jitter of the box."""
    miscrop_chance: float = per_set(course=0.01, road=0.03)
    miscrop: Distribution = Normal(0.0, 4.0)
    """View pixels, across and down: a box that is plainly wrong."""
    corner_shift: Distribution = Normal(0.0, 0.7)
    """Percent."""
    background_shift: Distribution = Normal(0.0, 3.0)
    """View pixels."""
    exposure: Distribution = LogNormal(1.0, 0.1)
    blur_scale: Distribution = LogNormal(1.0, 0.2)
    motion_chance: float = per_set(course=0.08, road=0.22)
    motion: Distribution = per_set(course=Uniform(3.0, 5.0), road=Uniform(3.0, 9.0))
    """Length of the camera's movement during the exposure, in view pixels."""
    resolution_scale: Distribution = LogNormal(1.0, 0.05)
    blotch_chance: float = 0.3
    blotches: Distribution = Uniform(0.0, 0.04)
    """Coarse coloured noise, as a share of the light."""
    jpeg_chance: float = 0.4
    jpeg_quality: Distribution = Uniform(40.0, 95.0)
    smooth_resize_chance: float = 0.4
    """That pixels are averaged, not picked, where the image has fewer than the camera."""


@dataclass(frozen=True)
class Conditions:
    """One set of all distributions."""

    manufacture: Manufacture
    weathering: Weathering
    surroundings: Surroundings
    light: Light
    pose: Pose
    optics: Optics
    moment: Moment


_PARTS = (Manufacture, Weathering, Surroundings, Light, Pose, Optics, Moment)


def _road(part: type[T]) -> T:
    """Return a part with the values for the road where they differ."""
    differing = {item.name: item.metadata for item in fields(part) if item.metadata}  # type: ignore[arg-type]
    return part(**{name: values["road"] for name, values in differing.items()})


COURSE = Conditions(*(part() for part in _PARTS))  # type: ignore[arg-type]
ROAD = Conditions(*(_road(part) for part in _PARTS))  # type: ignore[arg-type]
CONDITIONS: dict[ConditionsName, Conditions] = {"course": COURSE, "road": ROAD}
