"""Cases for the augmentation: `k` is `keras.layers`, images float32 (batch, 8, 8, 3) in 0..255."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.bits.case import SIZE, Case

RANGE = (0, 255)

AUGMENTATIONS: Mapping[str, Callable[[Any], Any]] = {
    "AugMix": lambda k: k.AugMix(RANGE),
    "AutoContrast": lambda k: k.AutoContrast(value_range=RANGE),
    "CenterCrop": lambda k: _resized(k, k.CenterCrop(6, 6)),
    "ContrastLimitedAdaptiveHistogramEqualization": lambda k: (
        k.ContrastLimitedAdaptiveHistogramEqualization(RANGE, tile_grid_size=(2, 2))
    ),
    "Equalization": lambda k: k.Equalization(RANGE),
    "Pipeline": lambda k: k.Pipeline([k.RandomFlip(), k.RandomRotation(0.1)]),
    "RandAugment": lambda k: k.RandAugment(RANGE),
    "RandomBrightness": lambda k: k.RandomBrightness(0.2),
    "RandomColorDegeneration": lambda k: k.RandomColorDegeneration(0.4, RANGE),
    "RandomColorJitter": lambda k: k.RandomColorJitter(RANGE, 0.2, 0.2, 0.3, 0.05),
    "RandomContrast": lambda k: k.RandomContrast(0.3),
    "RandomCrop": lambda k: _resized(k, k.RandomCrop(6, 6)),
    "RandomElasticTransform": lambda k: k.RandomElasticTransform(value_range=RANGE),
    "RandomErasing": lambda k: k.RandomErasing(value_range=RANGE),
    "RandomFlip": lambda k: k.RandomFlip(),
    "RandomGaussianBlur": lambda k: k.RandomGaussianBlur(value_range=RANGE),
    "RandomGrayscale": lambda k: k.RandomGrayscale(0.5),
    "RandomHue": lambda k: k.RandomHue(0.2, RANGE),
    "RandomInvert": lambda k: k.RandomInvert(value_range=RANGE),
    "RandomPerspective": lambda k: k.RandomPerspective(0.8),
    "RandomPosterization": lambda k: k.RandomPosterization(4, RANGE),
    "RandomRotation": lambda k: k.RandomRotation(0.1),
    "RandomRotation nearest": lambda k: k.RandomRotation(
        0.1, fill_mode="nearest", interpolation="nearest"
    ),
    "RandomSaturation": lambda k: k.RandomSaturation(0.4, RANGE),
    "RandomSharpness": lambda k: k.RandomSharpness(0.4, RANGE),
    "RandomShear": lambda k: k.RandomShear(0.2, 0.2),
    "RandomTranslation": lambda k: k.RandomTranslation(0.2, 0.2),
    "RandomZoom": lambda k: k.RandomZoom(0.2),
    "Solarization": lambda k: k.Solarization(value_range=RANGE),
    "GaussianNoise": lambda k: k.GaussianNoise(0.9),
    "Resizing nearest": lambda k: _resized(k, k.Resizing(5, 5), "nearest"),
    "Resizing bilinear": lambda k: _resized(k, k.Resizing(5, 5), "bilinear"),
    "Resizing bicubic": lambda k: _resized(k, k.Resizing(5, 5), "bicubic"),
    "Resizing area": lambda k: _resized(k, k.Resizing(5, 5), "area"),
    "Resizing lanczos3": lambda k: _resized(k, k.Resizing(5, 5), "lanczos3"),
    "Resizing lanczos5": lambda k: _resized(k, k.Resizing(5, 5), "lanczos5"),
    "Rescaling": lambda k: k.Rescaling(1.1, offset=-3.0),
    "adjust_hue": lambda k: _of_tensorflow(k, lambda tf, x: tf.image.adjust_hue(x, 0.1)),
    "adjust_saturation": lambda k: _of_tensorflow(
        k, lambda tf, x: tf.image.adjust_saturation(x, 1.3)
    ),
    "adjust_gamma": lambda k: _of_tensorflow(
        k, lambda tf, x: 255 * tf.image.adjust_gamma(x / 255, 1.7)
    ),
    "rgb_to_yuv": lambda k: _of_tensorflow(k, lambda tf, x: tf.image.rgb_to_yuv(x)),
    "sobel_edges": lambda k: _of_tensorflow(k, lambda tf, x: tf.image.sobel_edges(x)[..., 0]),
    "crop_and_resize": lambda k: _of_tensorflow(k, _cropped),
    "random_uniform of tf.random": lambda k: _of_tensorflow(
        k, lambda tf, x: x + tf.random.uniform((8, 8, 3), 0, 9, seed=3)
    ),
    "random_normal of tf.random": lambda k: _of_tensorflow(
        k, lambda tf, x: x + tf.random.normal((8, 8, 3), 0, 9, seed=3)
    ),
    "stateless_gamma": lambda k: _of_tensorflow(
        k, lambda tf, x: x + tf.random.stateless_gamma((8, 8, 3), (1, 2), 1.5)
    ),
    "stateless_poisson": lambda k: _of_tensorflow(
        k, lambda tf, x: x + tf.random.stateless_poisson((8, 8, 3), (1, 2), 4.0, tf.float32)
    ),
}  # fmt: skip
# They take labels along, which the harness does not hand them.
LEFT_OUT = {"CutMix", "MixUp"}


def _resized(layers: Any, layer: Any, interpolation: str = "bilinear") -> Any:
    import keras

    return keras.Sequential([layer, layers.Resizing(SIZE, SIZE, interpolation)])


def _cropped(tf: Any, x: Any) -> Any:
    count = tf.shape(x)[0]
    boxes = tf.tile([[0.1, 0.2, 0.8, 0.9]], (count, 1))
    return tf.image.crop_and_resize(x, boxes, tf.range(count), (SIZE, SIZE))


def _of_tensorflow(layers: Any, compute: Callable[[Any, Any], Any]) -> Any:
    import tensorflow as tf

    return layers.Lambda(lambda x: compute(tf, x))


CASES = tuple(
    Case("augmentation", name, augmentation=augmentation)
    for name, augmentation in AUGMENTATIONS.items()
)
