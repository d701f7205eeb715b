"""Which tracks make up a split, and their photographs.

Every track has a random stream of its own, seeded by SHA-256 over the split's name, the seed, the
class and the track's number. So no track is in two splits, whatever the seeds are; none depends on
another; and what is known of the public splits tells nothing of the holdout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from autograder.roadsigns.bank import Bank, seeded
from autograder.roadsigns.classes import CLASSES
from autograder.roadsigns.conditions import CONDITIONS, ConditionsName
from autograder.roadsigns.distributions import Dice

Name = Literal["train", "validation", "holdout"]
Progress = Callable[[int, int, str], None]

FRAMES_PER_TRACK = {"train": 3, "validation": 4, "holdout": 2}
"""About so many frames a track. GTSRB has 30: fewer make 4,000 images worth more."""
FEWEST_TRACKS = 8
"""Of a class, if it has that many images."""
# So that the numbers of tracks differ between splits.
_FIRST_TRACK = {"train": 0, "validation": 100_000, "holdout": 200_000}


@dataclass(frozen=True)
class RenderedSplit:
    """One split in an order that tells nothing of classes or tracks.

    Attributes:
        images: uint8, shape (count, size, size, 3), RGB.
        labels: int32, shape (count,), class ids.
        tracks: int32, shape (count,); equal where the same physical sign is shown.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int32]
    tracks: NDArray[np.int32]


@dataclass(frozen=True)
class Track:
    """One physical sign, filmed once."""

    number: int
    class_id: int
    frames: int
    index: int
    """Number of the track among those of its class and split."""


def render_split(  # noqa: PLR0913 - the last two by keyword
    name: Name,
    seed: str,
    images: int,
    image_size: int,
    *,
    conditions: ConditionsName = "course",
    progress: Progress | None = None,
) -> RenderedSplit:
    """Return a split, rendered.

    Args:
        name: Training is imbalanced as GTSRB is; validation and holdout are balanced.
        seed: Any text; another seed gives other images throughout.
        images: How many, over all classes.
        image_size: Height and width in pixels.
        conditions: Which set of distributions: the mild one or the whole range of the road.
        progress: Told (done, total, what) while rendering.
    """
    from autograder.roadsigns.simulator import film, one_thread, sign_pixels

    photos = np.empty((images, image_size, image_size, 3), np.uint8)
    labels, tracks = np.empty(images, np.int32), np.empty(images, np.int32)
    places = seeded(name, seed, "order").permutation(images)
    drawn = CONDITIONS[conditions]
    bank = Bank(name, seed, pixels=sign_pixels(image_size), kept=None, made=drawn.manufacture)
    done = 0
    for track in plan(name, images):
        here = places[done : done + track.frames]
        dice = Dice(seeded(name, seed, f"{track.class_id}/{track.index}"))
        with one_thread():
            photos[here] = film(track.class_id, track.frames, image_size, drawn, bank, dice)
        labels[here], tracks[here] = track.class_id, track.number
        done += track.frames
        if progress:
            progress(done, images, f"rendering {name}")
    return RenderedSplit(photos, labels, tracks)


def plan(name: Name, images: int) -> tuple[Track, ...]:
    """Return the tracks of a split; their frames add up to `images`."""
    weights = [sign.gtsrb_images if name == "train" else 1 for sign in CLASSES]
    tracks: list[Track] = []
    for sign, count in zip(CLASSES, _share_out(images, weights), strict=True):
        wanted = max(round(count / FRAMES_PER_TRACK[name]), FEWEST_TRACKS)
        for index, frames in enumerate(_share_out(count, [1] * min(wanted, count))):
            number = _FIRST_TRACK[name] + len(tracks)
            tracks.append(Track(number, sign.id, frames, index))
    return tuple(tracks)


def _share_out(total: int, weights: list[int]) -> list[int]:
    """Return whole numbers that add up to `total`, in proportion; none is 0 if all can have one.

    The largest remainders are rounded up (Hamilton's method), the lower index first.
    """
    each = 1 if total >= len(weights) else 0
    rest, sum_weights = total - each * len(weights), sum(weights)
    shares = [each + rest * weight // sum_weights for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(rest * weights[i] % sum_weights))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares
