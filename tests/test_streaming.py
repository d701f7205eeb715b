"""The endless stream of rendered signs."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from autograder.roadsigns.splits import render_split
from autograder.roadsigns.streaming import stream


def test_the_same_seed_gives_the_same_batches_and_another_seed_none_of_them() -> None:
    one, again, other = (stream(seed, batch=8, image_size=16) for seed in ("a", "a", "b"))
    for (images, labels), (images_again, labels_again) in islice(zip(one, again, strict=True), 3):
        assert (images == images_again).all()
        assert (labels == labels_again).all()
    seen = {bytes(image) for images, _ in islice(one, 5) for image in images}
    assert not seen & {bytes(image) for images, _ in islice(other, 8) for image in images}


def test_batches_have_the_asked_shape() -> None:
    images, labels = next(stream("a", batch=5, image_size=24))
    assert (images.shape, images.dtype.name) == ((5, 24, 24, 3), "uint8")
    assert (labels.shape, labels.dtype.name) == ((5,), "int32")


def test_no_image_comes_twice_nor_from_a_split() -> None:
    batches = [images for images, _ in islice(stream("a", batch=100, image_size=16), 20)]
    seen = [bytes(image) for images in batches for image in images]
    assert len(set(seen)) == len(seen)
    split = render_split("train", "a", 43, 16, conditions="road")
    assert not set(seen) & {bytes(image) for image in split.images}


def test_classes_are_even_or_as_weighted() -> None:
    labels = np.concatenate([of for _, of in islice(stream("a", batch=200, image_size=16), 6)])
    assert len(set(labels.tolist())) == 43
    weights = [0.0] * 43
    weights[3], weights[14] = 3, 1
    labels = next(stream("a", batch=400, image_size=16, weights=weights))[1]
    assert set(labels.tolist()) == {3, 14}
    assert 0.65 < (labels == 3).mean() < 0.85


def test_weights_are_one_for_each_class() -> None:
    with pytest.raises(ValueError, match="42 weights for 43 classes"):
        next(stream("a", batch=1, weights=[1.0] * 42))


def test_batches_mix_tracks() -> None:
    labels = next(stream("a", batch=300, image_size=16, frames=10))[1]
    assert (np.diff(labels) == 0).mean() < 0.2
