"""Finds images that are all but the same picture: the next frame, another crop or compression.

Two images are near-duplicates if

* their fingerprints differ in at most `MAX_BITS` of 128 bits. A bit says of two neighbouring cells
  of an 8x8 grid which one is brighter (dHash: N. Krawetz, "Kind of Like That", 2013; here of
  neighbours to the right and below);
* and 16x16 thumbnails in colour, each less its mean, correlate: 1 - r is at most
  `MAX_DIFFERENCE`. So it does not matter how bright a picture is or how strong its contrast.

Signs of one class look alike, and these two limits have to tell them from frames of one sign. They
were set by measurement: docs/road-signs.md, "Near-duplicates". All sums are of whole numbers, so
the result is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAX_BITS = 12
MAX_DIFFERENCE = 0.05
_GRID, _THUMBNAIL = 8, 16
_LUMA = (2, 5, 1)
# Thumbnails with less contrast than that (standard deviation, of 255) hold nothing to compare.
_FLAT = 1
_CHUNK_BYTES = 1 << 25
_CHUNK_PAIRS = 1 << 18

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, eq=False)
class Fingerprints:
    """What images are compared by.

    Attributes:
        hashes: uint64, shape (count, 2): of neighbours to the right, and below.
        thumbnails: uint8, shape (count, 768): 16x16 pixels, RGB.
    """

    hashes: NDArray[np.uint64]
    thumbnails: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Near-duplicates, by their places in the array that was searched; one row a pair.

    Attributes:
        first: int64, shape (count,).
        second: Of the same shape; always the larger of the two.
        difference: float64, 1 - r; 0 for equal thumbnails.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    difference: NDArray[np.float64]


def fingerprints(images: NDArray[np.uint8]) -> Fingerprints:
    """Return the fingerprints of RGB images, shape (count, height, width, 3), 16 pixels or more."""
    chunk = max(1, _CHUNK_BYTES // max(1, images[:1].nbytes * 8))
    parts = [_fingerprints(images[at : at + chunk]) for at in range(0, max(1, len(images)), chunk)]
    hashes, thumbnails = zip(*parts, strict=True)
    return Fingerprints(np.concatenate(hashes), np.concatenate(thumbnails))


def join(parts: list[Fingerprints]) -> Fingerprints:
    """Return the fingerprints of several arrays of images, one behind the other."""
    return Fingerprints(
        np.concatenate([part.hashes for part in parts]),
        np.concatenate([part.thumbnails for part in parts]),
    )


def near_duplicates(prints: Fingerprints, progress: Progress | None = None) -> Iterator[Pairs]:
    """Yield all pairs of near-duplicates, in portions; those of one image and itself are none.

    Compares every image with every other: 40,000 with each other in some four seconds.

    Args:
        prints: What to search.
        progress: Told (done, total, what).
    """
    count = len(prints.hashes)
    scale = _Scale.of(prints.thumbnails)
    rows = max(1, _CHUNK_PAIRS // max(1, count))
    for start in range(0, count, rows):
        first, second = _candidates(prints.hashes, start, min(start + rows, count))
        for at in range(0, len(first), _CHUNK_PAIRS // 64):
            part = slice(at, at + _CHUNK_PAIRS // 64)
            pairs = scale.compare(first[part], second[part])
            if len(pairs.first):
                yield pairs
        if progress:
            progress(min(start + rows, count), count, "looking for near-duplicates")


def group(images: NDArray[np.uint8], progress: Progress | None = None) -> NDArray[np.int32]:
    """Number the images so that near-duplicates, and theirs in turn, have the same number.

    For sources that do not say which photographs show the same thing: split by these numbers, and
    no near-duplicate is in two splits.

    Args:
        images: As for `fingerprints`.
        progress: Told (done, total, what).

    Returns:
        int32, shape (count,): numbers from 0, in the order in which groups first appear.
    """
    leader = np.arange(len(images))
    for pairs in near_duplicates(fingerprints(images), progress):
        while True:
            one, other = leader[pairs.first], leader[pairs.second]
            if (one == other).all():
                break
            np.minimum.at(leader, np.maximum(one, other), np.minimum(one, other))
            leader = _settled(leader)
    _, numbers = np.unique(leader, return_inverse=True)
    return numbers.astype(np.int32)


def _settled(leader: NDArray[np.int64]) -> NDArray[np.int64]:
    """Follow each leader's leader to the end."""
    while (leader[leader] != leader).any():
        leader = leader[leader]
    return leader


def _fingerprints(images: NDArray[np.uint8]) -> tuple[NDArray[np.uint64], NDArray[np.uint8]]:
    cells = _shrunk(images, _GRID + 1) @ np.array(_LUMA)
    inner = cells[:, :_GRID, :_GRID]
    brighter = (cells[:, :_GRID, 1:] > inner, cells[:, 1:, :_GRID] > inner)
    packed = [
        np.packbits(bits.reshape(len(images), _GRID**2), axis=1).view(">u8") for bits in brighter
    ]
    hashes = np.concatenate(packed, axis=1).astype(np.uint64)
    thumbnails = _shrunk(images, _THUMBNAIL).reshape(len(images), 3 * _THUMBNAIL**2)
    return hashes, thumbnails.astype(np.uint8)


def _shrunk(images: NDArray[np.uint8], size: int) -> NDArray[np.int64]:
    """Return the means over cells of size x size, rounded down, shape (count, size, size, 3)."""
    sums, area = images.astype(np.int64), np.ones((1, 1, 1, 1), np.int64)
    for axis in (1, 2):
        edges = np.arange(size + 1) * images.shape[axis] // size
        sums = np.add.reduceat(sums, edges[:-1], axis=axis)
        area = area * np.expand_dims(np.diff(edges), tuple({0, 1, 2, 3} - {axis}))
    return sums // area


def _candidates(
    hashes: NDArray[np.uint64], start: int, stop: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs (first, second) with similar hashes and start <= first < stop."""
    rows, columns = hashes[start:stop], hashes[start:]
    right = np.bitwise_count(rows[:, None, 0] ^ columns[None, :, 0])
    first, second = np.nonzero(right <= MAX_BITS)
    later = second > first
    first, second = first[later], second[later]
    below = np.bitwise_count(rows[first, 1] ^ columns[second, 1])
    alike = right[first, second] + below <= MAX_BITS
    return first[alike] + start, second[alike] + start


@dataclass(frozen=True, eq=False)
class _Scale:
    """Thumbnails with what their correlations need.

    Attributes:
        thumbnails: uint8, shape (count, n).
        sums: Of each thumbnail.
        variances: Of each, times n squared.
    """

    thumbnails: NDArray[np.uint8]
    sums: NDArray[np.int64]
    variances: NDArray[np.int64]

    @classmethod
    def of(cls, thumbnails: NDArray[np.uint8]) -> _Scale:
        size = thumbnails.shape[1]
        sums = thumbnails.sum(axis=1, dtype=np.int64)
        squares = np.einsum("ij,ij->i", thumbnails, thumbnails, dtype=np.int64)
        return cls(thumbnails, sums, size * squares - sums * sums)

    def compare(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> Pairs:
        """Return those of the pairs that are near-duplicates."""
        size = self.thumbnails.shape[1]
        one, other = self.thumbnails[first], self.thumbnails[second]
        products = np.einsum("ij,ij->i", one, other, dtype=np.int64)
        covariances = (size * products - self.sums[first] * self.sums[second]).astype(np.float64)
        variance, others = (self.variances[at].astype(np.float64) for at in (first, second))
        flat = np.minimum(variance, others) < (_FLAT * size) ** 2
        scale = np.sqrt(np.where(flat, 1, variance)) * np.sqrt(np.where(flat, 1, others))
        difference = np.where(flat, 1, np.maximum(0, 1 - covariances / scale))
        difference[(one == other).all(axis=1)] = 0
        near = difference <= MAX_DIFFERENCE
        return Pairs(first[near], second[near], difference[near])
