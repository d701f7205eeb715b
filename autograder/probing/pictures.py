"""Which pictures a job puts through an augmentation, and what it left of them."""

from __future__ import annotations

import io
from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from autograder.probing.card import draw_card
from autograder.probing.facts import FloatImages, ProbePictures

# Fewer of large pictures: the files of a job are limited.
_LARGE = 96  # pixels
_CARDS, _SIGNS, _AGAIN = (48, 16), (16, 9), 8
_LOOKED_AT = 256  # of the training images, for a clear one
_FARTHEST = 1e6  # levels; the powers of larger ones, which measuring takes, are no numbers


def choose_sign(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the clearest of the first training images."""
    sharpness = [cv2.Laplacian(image, cv2.CV_32F).std() for image in images[:_LOOKED_AT]]
    return np.asarray(images[int(np.argmax(sharpness))])


def probe_inputs(sign: NDArray[np.uint8]) -> dict[str, bytes]:
    """Return the files that a job needs to leave pictures: ``card.npy`` and ``sign.npy``."""
    return {"card.npy": _npy(draw_card(sign.shape[0]).astype(np.uint8)), "sign.npy": _npy(sign)}


def probe_counts(size: int) -> dict[str, int]:
    """Return how many copies of each a job is to augment, as arguments of the job."""
    cards, signs = _counts(size)
    return {"cards": cards, "signs": signs}


def picture_bytes(size: int) -> dict[str, int]:
    """Return the size in bytes of each file that a job leaves."""
    cards, signs = _counts(size)
    counts = {"cards": cards, "again": _AGAIN, "inference": 1, "signs": signs}
    return {f"{name}.f32": count * size * size * 3 * 4 for name, count in counts.items()}


def read_pictures(outputs: Mapping[str, bytes], sign: NDArray[np.uint8]) -> ProbePictures | None:
    """Return what a job left; None if that is not what it was asked for."""
    size = sign.shape[0]
    wanted = picture_bytes(size)
    if any(len(outputs.get(name, b"")) != count for name, count in wanted.items()):
        return None
    cards, again, inference, signs = (
        _bounded(outputs[name]).reshape(-1, size, size, 3) for name in wanted
    )
    return ProbePictures(cards, again, inference, sign, signs)


def _bounded(raw: bytes) -> FloatImages:
    """Return values that can be measured: jobs may leave any."""
    values = np.nan_to_num(np.frombuffer(raw, "<f4"))
    return np.asarray(np.clip(values, -_FARTHEST, _FARTHEST), np.float32)


def _counts(size: int) -> tuple[int, int]:
    return _CARDS[size > _LARGE], _SIGNS[size > _LARGE]


def _npy(image: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    np.save(file, image)
    return file.getvalue()
