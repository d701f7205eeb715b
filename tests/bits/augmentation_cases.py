"""Cases for the augmentation: `l` is `keras.layers`, images float32 (batch, 8, 8, 3) in 0..255."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.bits.case import SIZE, Case

RANGE = (0, 255)

AUGMENTATIONS: Mapping[str, Callable[[Any], Any]] = {
    "AugMix": lambda l: l.AugMix(RANGE),
    "AutoContrast": lambda l: l.AutoContrast(value_range=RANGE),
    "CenterCrop": lambda l: _resized(l, l.CenterCrop(6, 6)),
    "ContrastLimitedAdaptiveHistogramEqualization": lambda l: (
        l.ContrastLimitedAdaptiveHistogramEqualization(RANGE, tile_grid_size=(2, 2))
    ),
    "Equalization": lambda l: l.Equalization(RANGE),
    "Pipeline": lambda l: l.Pipeline([l.RandomFlip(), l.RandomRotation(0.1)]),
    "RandAugment": lambda l: l.RandAugment(RANGE),
    "RandomBrightness": lambda l: l.RandomBrightness(0.2),
    "RandomColorDegeneration": lambda l: l.RandomColorDegeneration(0.4, RANGE),
    "RandomColorJitter": lambda l: l.RandomColorJitter(RANGE, 0.2, 0.2, 0.3, 0.05),
    "RandomContrast": lambda l: l.RandomContrast(0.3),
    "RandomCrop": lambda l: _resized(l, l.RandomCrop(6, 6)),
    "RandomElasticTransform": lambda l: l.RandomElasticTransform(value_range=RANGE),
    "RandomErasing": lambda l: l.RandomErasing(value_range=RANGE),
    "RandomFlip": lambda l: l.RandomFlip(),
    "RandomGaussianBlur": lambda l: l.RandomGaussianBlur(value_range=RANGE),
    "RandomGrayscale": lambda l: l.RandomGrayscale(0.5),
    "RandomHue": lambda l: l.RandomHue(0.2, RANGE),
    "RandomInvert": lambda l: l.RandomInvert(value_range=RANGE),
    "RandomPerspective": lambda l: l.RandomPerspective(0.8),
    "RandomPosterization": lambda l: l.RandomPosterization(4, RANGE),
    "RandomRotation": lambda l: l.RandomRotation(0.1),
    "RandomRotation nearest": lambda l: l.RandomRotation(
        0.1, fill_mode="nearest", interpolation="nearest"
    ),
    "RandomSaturation": lambda l: l.RandomSaturation(0.4, RANGE),
    "RandomSharpness": lambda l: l.RandomSharpness(0.4, RANGE),
    "RandomShear": lambda l: l.RandomShear(0.2, 0.2),
    "RandomTranslation": lambda l: l.RandomTranslation(0.2, 0.2),
    "RandomZoom": lambda l: l.RandomZoom(0.2),
    "Solarization": lambda l: l.Solarization(value_range=RANGE),
    "GaussianNoise": lambda l: l.GaussianNoise(3.0),
    "Resizing nearest": lambda l: _resized(l, l.Resizing(5, 5), "nearest"),
    "Resizing bilinear": lambda l: _resized(l, l.Resizing(5, 5), "bilinear"),
    "Resizing bicubic": lambda l: _resized(l, l.Resizing(5, 5), "bicubic"),
    "Resizing area": lambda l: _resized(l, l.Resizing(5, 5), "area"),
    "Resizing lanczos3": lambda l: _resized(l, l.Resizing(5, 5), "lanczos3"),
    "Resizing lanczos5": lambda l: _resized(l, l.Resizing(5, 5), "lanczos5"),
    "Rescaling": lambda l: l.Rescaling(1.1, offset=-3.0),
    "adjust_hue": lambda l: _of_tensorflow(l, lambda tf, x: tf.image.adjust_hue(x, 0.1)),
    "adjust_saturation": lambda l: _of_tensorflow(
        l, lambda tf, x: tf.image.adjust_saturation(x, 1.3)
    ),
    "adjust_gamma": lambda l: _of_tensorflow(
        l, lambda tf, x: 255 * tf.image.adjust_gamma(x / 255, 1.7)
    ),
    "rgb_to_yuv": lambda l: _of_tensorflow(l, lambda tf, x: tf.image.rgb_to_yuv(x)),
    "sobel_edges": lambda l: _of_tensorflow(l, lambda tf, x: tf.image.sobel_edges(x)[..., 0]),
    "crop_and_resize": lambda l: _of_tensorflow(
        l, lambda tf, x: tf.image.crop_and_resize(x, [[0.1, 0.2, 0.8, 0.9]] * 6, range(6), (8, 8))
    ),
    "random_uniform of tf.random": lambda l: _of_tensorflow(
        l, lambda tf, x: x + tf.random.uniform((8, 8, 3), 0, 9, seed=3)
    ),
    "random_normal of tf.random": lambda l: _of_tensorflow(
        l, lambda tf, x: x + tf.random.normal((8, 8, 3), 0, 9, seed=3)
    ),
    "stateless_gamma": lambda l: _of_tensorflow(
        l, lambda tf, x: x + tf.random.stateless_gamma((8, 8, 3), (1, 2), 1.5)
    ),
    "stateless_poisson": lambda l: _of_tensorflow(
        l, lambda tf, x: x + tf.random.stateless_poisson((8, 8, 3), (1, 2), 4.0)
    ),
}  # fmt: skip
# They take labels along, which the harness does not hand them.
LEFT_OUT = {"CutMix", "MixUp"}


def _resized(layers: Any, layer: Any, interpolation: str = "bilinear") -> Any:
    import keras

    return keras.Sequential([layer, layers.Resizing(SIZE, SIZE, interpolation)])


def _of_tensorflow(layers: Any, compute: Callable[[Any, Any], Any]) -> Any:
    import tensorflow as tf

    return layers.Lambda(lambda x: compute(tf, x))


CASES = tuple(
    Case("augmentation", name, augmentation=augmentation)
    for name, augmentation in AUGMENTATIONS.items()
)
