# ruff: noqa: RUF009 - per_set() returns a field
"""How signs look when they are filmed: every distribution of the simulator, with its unit.

`Manufacture` and `Passage` are drawn once a track (one physical sign, one drive past it), `Moment`
once a frame. There are two sets of them. `ROAD` is as wide as what cameras in cars see, set by eye
and by measure against real photographs. `COURSE` is milder: forty seconds of one core teach a small
network, and it needs augmentation to do well.

Lengths are in pixels of the *view*, which is 64 pixels high and wide whatever the image size, or,
on the drawing, in percent of the sign's size. Light is linear from 0 (black) to 1 (white).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Literal, Protocol, TypeVar, overload

from numpy.random import Generator

ConditionsName = Literal["course", "road"]
T = TypeVar("T")

VIEW = 64
"""Height and width of the view, in its own pixels."""


class Distribution(Protocol):
    """Something to draw numbers from."""

    def draw(self, rng: Generator) -> float:
        """Return one number."""
        ...


# C libraries disagree about the last bit of exp and log, so every draw is rounded.
_DECIMALS = 6


@dataclass(frozen=True)
class Uniform:
    """Any number from `low` to `high`."""

    low: float
    high: float

    def draw(self, rng: Generator) -> float:
        """Return one number."""
        return round(rng.uniform(self.low, self.high), _DECIMALS)


@dataclass(frozen=True)
class LogUniform:
    """From `low` to `high`, every ratio as likely as any other."""

    low: float
    high: float

    def draw(self, rng: Generator) -> float:
        """Return one number."""
        return round(math.exp(rng.uniform(math.log(self.low), math.log(self.high))), _DECIMALS)


@dataclass(frozen=True)
class Normal:
    """The bell curve."""

    mean: float
    deviation: float

    def draw(self, rng: Generator) -> float:
        """Return one number."""
        return round(rng.normal(self.mean, self.deviation), _DECIMALS)


@dataclass(frozen=True)
class LogNormal:
    """A factor whose logarithm follows the bell curve around that of `middle`."""

    middle: float
    deviation: float

    def draw(self, rng: Generator) -> float:
        """Return one number."""
        return round(self.middle * math.exp(rng.normal(0.0, self.deviation)), _DECIMALS)


@dataclass(frozen=True)
class Either:
    """One distribution with probability `chance`, else the other."""

    chance: float
    first: Distribution
    second: Distribution

    def draw(self, rng: Generator) -> float:
        """Return one number."""
        return (self.first if happens(self.chance, rng) else self.second).draw(rng)


def happens(chance: float, rng: Generator) -> bool:
    """Return True with this probability."""
    return bool(rng.random() < chance)


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

    red: Distribution = Uniform(0.50, 0.85)
    """Red channel of the red foil; green and blue are shares of it."""
    red_green: Distribution = Uniform(0.06, 0.20)
    red_blue: Distribution = Uniform(0.10, 0.22)
    blue: Distribution = Uniform(0.35, 0.72)
    """Blue channel of the blue foil; red and green are shares of it."""
    blue_red: Distribution = Uniform(0.05, 0.25)
    blue_green: Distribution = Uniform(0.35, 0.60)
    yellow: Distribution = Uniform(0.80, 1.00)
    """Red channel of the yellow foil; green and blue are shares of it."""
    yellow_green: Distribution = Uniform(0.62, 0.82)
    yellow_blue: Distribution = Uniform(0.00, 0.15)
    green: Distribution = Uniform(0.35, 0.75)
    """Green channel of the lamp on 'traffic signals'; blue is a share of it."""
    green_blue: Distribution = Uniform(0.55, 1.0)
    white: Distribution = Uniform(0.88, 1.00)
    black: Distribution = Uniform(0.04, 0.14)
    grey: Distribution = Uniform(0.25, 0.5)
    rim_scale: Distribution = Uniform(0.975, 1.01)
    """Size of the rim, as a factor: how wide the pale edge around it is."""
    field_scale: Distribution = Uniform(0.90, 1.06)
    """Size of the field inside the rim, as a factor: how wide the ring is."""
    pictogram_scale: Distribution = Uniform(0.94, 1.1)
    pictogram_aspect: Distribution = LogNormal(1.0, 0.04)
    """Width by height of the pictogram, as a factor."""
    pictogram_shift: Distribution = Normal(0.0, 0.7)
    """Percent of the sign's size, across and down."""
    pictogram_lean: Distribution = Normal(0.0, 0.02)
    """Tangent of the angle by which upright lines lean."""
    pictogram_bend: Distribution = Normal(0.0, 0.05)
    """How far the six quadratic terms of a smooth distortion move the sign's edge, as a share of
    half the sign's size; a pictogram is moved by a tenth of that."""
    glyph_width: Distribution = LogNormal(1.0, 0.05)
    """Width of each numeral and letter, as a factor; what they gain, the gaps between them lose."""
    stroke_scale: Distribution = LogUniform(0.85, 1.25)
    """Width of lines and numerals, as a factor."""


@dataclass(frozen=True)
class Passage:
    """One drive past one sign: what stays the same, or nearly, in all its frames."""

    # The sign and what stands around it.
    fading: Distribution = per_set(course=Uniform(0.0, 0.25), road=Uniform(0.0, 0.4))
    """Share of the colour that the sun has bleached to grey."""
    dirt: Distribution = Uniform(0.0, 0.12)
    """Contrast lost to grime."""
    pole_chance: float = 0.5
    pole_width: Distribution = Uniform(4.0, 9.0)
    """Percent of the sign's size."""
    pole_light: Distribution = Uniform(0.1, 0.7)
    neighbour_chance: float = per_set(course=0.1, road=0.25)
    """Another sign on the same pole, above or below."""
    neighbour_gap: Distribution = Uniform(-1.0, 8.0)
    """Percent of the sign's size."""
    neighbour_scale: Distribution = Uniform(0.8, 1.1)
    twig_chance: float = per_set(course=0.06, road=0.1)
    """Something thin in front of the sign."""
    twig_width: Distribution = Uniform(1.0, 5.0)
    """Percent of the sign's size."""
    shadow_edge_chance: float = per_set(course=0.1, road=0.15)
    shadow_dapple_chance: float = per_set(course=0.1, road=0.15)
    shadow_light: Distribution = Uniform(0.35, 0.85)
    """Light that is left in the shadow."""
    # The light.
    exposure: Distribution = per_set(course=LogUniform(0.6, 1.3), road=LogUniform(0.14, 1.8))
    """Factor on all light; above 1 the sky and white foil clip."""
    backlight: Distribution = per_set(course=LogNormal(1.05, 0.3), road=LogNormal(1.1, 0.75))
    """Factor on the light of the background alone."""
    warmth: Distribution = per_set(course=Normal(0.0, 0.06), road=Normal(0.0, 0.13))
    """Logarithm of the factor on red; blue gets its inverse."""
    green: Distribution = Normal(0.0, 0.05)
    gamma: Distribution = per_set(course=LogNormal(1.0, 0.08), road=LogNormal(1.0, 0.25))
    haze_chance: float = per_set(course=0.2, road=0.3)
    haze: Distribution = per_set(course=Uniform(0.0, 0.25), road=Uniform(0.0, 0.5))
    """Share of the picture that is haze."""
    haze_light: Distribution = Uniform(0.2, 0.9)
    # The pose.
    turn_deg: Distribution = per_set(course=Normal(0.0, 5.5), road=Normal(0.0, 5.0))
    """Rotation in the picture."""
    width_scale: Distribution = per_set(course=Uniform(0.90, 1.03), road=Uniform(0.86, 1.08))
    """Narrower where the sign is seen from the side."""
    corner_shift: Distribution = per_set(course=Normal(0.0, 1.8), road=Normal(0.0, 3.3))
    """Of each corner, each way, in percent of the sign's size: perspective."""
    size: Distribution = per_set(course=Uniform(46.0, 60.0), road=Uniform(38.0, 56.0))
    """Height of the sign in the view."""
    offset: Distribution = per_set(course=Normal(0.0, 2.6), road=Normal(0.0, 2.1))
    """Of the sign's centre from the view's, across and down."""
    # The optics.
    blur: Distribution = per_set(
        course=LogUniform(0.4, 0.8), road=Either(0.8, Uniform(0.3, 1.7), Uniform(1.7, 3.2))
    )
    """Standard deviation of the Gaussian blur."""
    first_resolution: Distribution = per_set(
        course=LogUniform(30.0, 40.0), road=LogUniform(17.0, 45.0)
    )
    """Pixels of the camera across the view, in the first frame."""
    last_resolution: Distribution = per_set(
        course=LogUniform(40.0, 60.0), road=LogUniform(25.0, 60.0)
    )
    """The same in the last frame, when the sign is near."""
    sharpening_chance: float = 0.5
    sharpening: Distribution = per_set(course=Uniform(0.3, 1.4), road=Uniform(0.3, 1.6))
    """Share of the detail that the camera adds again: halos."""
    noise: Distribution = per_set(course=Uniform(0.0, 0.015), road=Uniform(0.0, 0.025))
    """Standard deviation of the light in a bright pixel; falls with the root of the light."""


@dataclass(frozen=True)
class Moment:
    """What differs between the frames of a track."""

    turn_deg: Distribution = Normal(0.0, 1.0)
    size_scale: Distribution = LogNormal(1.0, 0.03)
    offset: Distribution = Normal(0.0, 0.8)
    corner_shift: Distribution = Normal(0.0, 0.7)
    background_shift: Distribution = Normal(0.0, 3.0)
    exposure: Distribution = LogNormal(1.0, 0.1)
    blur_scale: Distribution = LogNormal(1.0, 0.2)
    motion_chance: float = per_set(course=0.08, road=0.25)
    motion: Distribution = per_set(course=Uniform(3.0, 5.0), road=Uniform(3.0, 10.0))
    """Length of the camera's movement during the exposure."""
    resolution_scale: Distribution = LogNormal(1.0, 0.05)
    blotch_chance: float = 0.3
    blotches: Distribution = Uniform(0.0, 0.06)
    """Coarse coloured noise, as a share of the light."""
    jpeg_chance: float = 0.4
    jpeg_quality: Distribution = Uniform(40.0, 95.0)


@dataclass(frozen=True)
class Conditions:
    """One set of all distributions."""

    manufacture: Manufacture
    passage: Passage
    moment: Moment


def _road(part: type[T]) -> T:
    """Return a part with the values for the road where they differ."""
    differing = {item.name: item.metadata for item in fields(part) if item.metadata}  # type: ignore[arg-type]
    return part(**{name: values["road"] for name, values in differing.items()})


COURSE = Conditions(Manufacture(), Passage(), Moment())
ROAD = Conditions(_road(Manufacture), _road(Passage), _road(Moment))
CONDITIONS: dict[ConditionsName, Conditions] = {"course": COURSE, "road": ROAD}
