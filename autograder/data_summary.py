"""What there is to know of a data set before anybody trains on it: sizes, balance, leaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from autograder.data_cache import Split
from autograder.near_duplicates import Pairs, fingerprints, join, near_duplicates

_SHOWN = 3

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Contents:
    """What a split holds.

    Attributes:
        images: How many.
        tracks: How many different signs, or other things, they show.
        per_class: Images of each class id.
    """

    images: int
    tracks: int
    per_class: tuple[int, ...]


@dataclass(frozen=True)
class Image:
    """An image of a data set."""

    split: str
    index: int
    class_id: int


@dataclass(frozen=True)
class Twins:
    """Two near-duplicates.

    Attributes:
        difference: 0 for equal pictures; see near_duplicates.py.
    """

    first: Image
    second: Image
    difference: float


@dataclass(frozen=True)
class Found:
    """Pairs of near-duplicates of one kind.

    Attributes:
        pairs: How many.
        images: How many images of the second split are in any.
        worst: Some of the pairs, the most alike first.
    """

    pairs: int
    images: int
    worst: tuple[Twins, ...]


@dataclass(frozen=True)
class NearDuplicates:
    """Near-duplicates that do harm.

    Attributes:
        across: For each two splits: whoever has seen the first knows these images of the second.
        contradictory: Within splits and across: of different classes, so either a label is wrong,
            or the images do not show what tells the classes apart.
    """

    across: Mapping[tuple[str, str], Found]
    contradictory: Found


def contents(split: Split, num_classes: int) -> Contents:
    """Return what a split holds."""
    counts = np.bincount(np.load(split.labels), minlength=num_classes)
    return Contents(split.count, len(np.unique(np.load(split.tracks))), tuple(counts.tolist()))


def find_near_duplicates(
    splits: Mapping[str, Split], progress: Progress | None = None
) -> NearDuplicates:
    """Return the near-duplicates across splits, and those across classes.

    Args:
        splits: By name.
        progress: Told (done, total, what).
    """
    members = _Members.of(splits)
    prints = [fingerprints(np.load(s.images, mmap_mode="r")) for s in splits.values()]
    portions = [*near_duplicates(join(prints), progress)]
    pairs = Pairs(
        np.concatenate([np.empty(0, np.int64), *(portion.first for portion in portions)]),
        np.concatenate([np.empty(0, np.int64), *(portion.second for portion in portions)]),
        np.concatenate([np.empty(0), *(portion.difference for portion in portions)]),
    )
    of_first, of_second = members.split[pairs.first], members.split[pairs.second]
    across = {
        (one, other): members.found(pairs, (of_first == i) & (of_second == j))
        for (i, one), (j, other) in combinations(enumerate(splits), 2)
    }
    differ = members.label[pairs.first] != members.label[pairs.second]
    return NearDuplicates(across, members.found(pairs, differ))


@dataclass(frozen=True, eq=False)
class _Members:
    """All images of all splits, one behind the other.

    Attributes:
        names: Of the splits.
        split: Number of the split, shape (count,).
        index: Place in it.
        label: Class id.
    """

    names: tuple[str, ...]
    split: NDArray[np.int64]
    index: NDArray[np.int64]
    label: NDArray[np.int32]

    @classmethod
    def of(cls, splits: Mapping[str, Split]) -> _Members:
        counts = [split.count for split in splits.values()]
        return cls(
            tuple(splits),
            np.repeat(np.arange(len(counts)), counts),
            np.concatenate([np.arange(count) for count in counts]),
            np.concatenate([np.load(split.labels) for split in splits.values()]),
        )

    def found(self, pairs: Pairs, chosen: NDArray[np.bool_]) -> Found:
        """Return what there is to say of the chosen pairs."""
        first, second = pairs.first[chosen], pairs.second[chosen]
        difference = pairs.difference[chosen]
        worst = np.argsort(difference, kind="stable")[:_SHOWN]
        return Found(
            len(first),
            len(np.unique(second)),
            tuple(
                Twins(self._image(first[at]), self._image(second[at]), float(difference[at]))
                for at in worst
            ),
        )

    def _image(self, at: int) -> Image:
        name = self.names[self.split[at]]
        return Image(name, int(self.index[at]), int(self.label[at]))
