"""What the network makes of one image: its scores, its feature maps, what in the image mattered.

After CNN Explainer (Wang et al., IEEE TVCG 27, 2021): layer by layer, with what to look for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from autograder.evidence import FeatureMaps, Look
from autograder.pages.pictures import heat_overlay, map_strips, photo
from autograder.pages.texts import label, percent

_SHOWN_SCORES = 5
_SHOWN_LAYERS = 12
_SHOWN_MAPS = 8
_MAPS_OF_A_STRIP = 4  # on a phone, the next strip stands below
_OVERLAY_SIDE = 128  # pixels
_TIMES = "\N{MULTIPLICATION SIGN}"
_MATTERS = 0.02  # of the probability

_EXPLAINED = (
    (
        ("MaxPool", "AveragePool", "AvgPool"),
        "Smaller now, the same pattern: pooling keeps what is strongest and forgets exactly where.",
    ),
    (
        ("BatchNorm", "LayerNorm", "GroupNorm"),
        "Normalised: the same pattern, brought to a common scale.",
    ),
    (
        ("ReLU", "Activation", "LeakyReLU", "PReLU", "ELU"),
        "What was negative is gone or faint; what is left is what a filter was looking for.",
    ),
    (("Dropout",), "Nothing changes here: dropout works in training only."),
    (("Add", "Concatenate", "Multiply"), "Several paths come together: what each saw, combined."),
)
_EARLY = (
    "Close to the picture still. Look for single edges, colours and the rim of the sign: a filter "
    "that lights up all along an edge has found that edge."
)
_MIDDLE = (
    "Parts rather than edges: corners, arcs, strokes of a digit. Look for maps that are bright in "
    "one place only, and ask what is there in the picture."
)
_LATE = (
    "No picture any more: each map says how much of something is there, and roughly where. Maps "
    "that stay dark are waiting for another sign."
)


@dataclass(frozen=True)
class Score:
    """What the network gives one class, in percent."""

    class_id: int
    percent: float
    text: str
    is_right: bool


@dataclass(frozen=True)
class Layer:
    """Some channels of a layer."""

    name: str
    kind: str
    shape: str
    shown: str
    pictures: tuple[str, ...]
    explanation: str


@dataclass(frozen=True)
class Seen:
    """One image and what the network makes of it.

    Attributes:
        heading: What this is an example of.
        image: Data URI.
        overlay: Data URI; None where nothing was covered up.
        mattered: What the overlay says, in words.
        more_layers: How many are left out.
    """

    heading: str
    class_id: int
    read_as: int
    image: str
    scores: tuple[Score, ...]
    overlay: str | None
    mattered: str
    layers: tuple[Layer, ...]
    more_layers: int

    @property
    def is_right(self) -> bool:
        """Whether it is read rightly."""
        return self.class_id == self.read_as


def seen(look: Look, heading: str, told: set[str]) -> Seen:
    """Return a look at an image, ready to be laid out.

    Args:
        look: What was kept of it.
        heading: What it is an example of.
        told: Explanations that the page gives already; this adds its own.
    """
    layers = look.layers[:_SHOWN_LAYERS]
    has_map = look.occlusion.size > 0
    return Seen(
        heading=heading,
        class_id=look.class_id,
        read_as=look.read_as,
        image=photo(look.image),
        scores=_scores(look),
        overlay=heat_overlay(look.image, look.occlusion, _OVERLAY_SIDE) if has_map else None,
        mattered=_mattered(look) if has_map else "",
        layers=_layers([layer for layer in layers if layer.maps.size], look.image.shape[0], told),
        more_layers=len(look.layers) - len(layers),
    )


def _scores(look: Look) -> tuple[Score, ...]:
    values = np.nan_to_num(look.scores.astype(np.float64), nan=0.0, posinf=1.0, neginf=0.0)
    best = [int(number) for number in np.argsort(-values, kind="stable")[:_SHOWN_SCORES]]
    if look.class_id not in best and 0 <= look.class_id < len(values):
        best[-1:] = [look.class_id]
    return tuple(
        Score(
            number,
            round(100 * min(1.0, max(0.0, values[number])), 2),
            percent(float(min(1.0, max(0.0, values[number])))),
            number == look.class_id,
        )
        for number in best
    )


def _mattered(look: Look) -> str:
    heat = np.nan_to_num(look.occlusion)
    most = float(heat.max())
    if most < _MATTERS:
        return (
            "Covering any one part changes next to nothing: the network does not depend on a "
            "single place."
        )
    row, column = np.unravel_index(int(heat.argmax()), heat.shape)
    where = _where(float(row), heat.shape[0], float(column), heat.shape[1])
    said = (
        f"Covering the {where} costs most: {100 * most:.0f} percentage points of what it gave "
        "the class that it read."
    )
    misled = float(heat.min()) < -_MATTERS
    return f"{said} Blue misled it: covered, the class gets more." if misled else said


def _where(row: float, rows: int, column: float, columns: int) -> str:
    down, across = (row + 0.5) / rows, (column + 0.5) / columns
    vertical = "upper" if down < 1 / 3 else "lower" if down > 2 / 3 else ""
    horizontal = "left" if across < 1 / 3 else "right" if across > 2 / 3 else ""
    if vertical and horizontal:
        return f"{vertical} {horizontal}"
    if vertical or horizontal:
        return f"{vertical or horizontal} part"
    return "middle"


def _layers(layers: list[FeatureMaps], image_side: int, told: set[str]) -> tuple[Layer, ...]:
    """Return the layers; what was explained once is not explained again."""
    shown = []
    for layer in layers:
        one = _layer(layer, image_side)
        shown.append(replace(one, explanation="") if one.explanation in told else one)
        told.add(one.explanation)
    return tuple(shown)


def _layer(layer: FeatureMaps, image_side: int) -> Layer:
    height, _, channels = layer.shape
    maps = layer.maps[:_SHOWN_MAPS]
    return Layer(
        name=label(layer.layer, 40),
        kind=label(layer.kind, 30),
        shape=f" {_TIMES} ".join(map(str, layer.shape)),
        shown=f"{len(maps)} of {channels:,} maps" if len(maps) < channels else "every map",
        pictures=map_strips(maps, _MAPS_OF_A_STRIP),
        explanation=explain(layer.kind, height / max(1, image_side)),
    )


def explain(kind: str, relative_side: float) -> str:
    """Return what to look for in the maps of a layer.

    Args:
        kind: Class of the layer, such as Conv2D.
        relative_side: Height of its output, as a share of the image's.
    """
    for names, text in _EXPLAINED:
        if any(part in kind for part in names):
            return text
    if relative_side > 0.6:
        return _EARLY
    return _MIDDLE if relative_side > 0.2 else _LATE
