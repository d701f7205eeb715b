"""Networks of every style that students hand in, small; for measuring what training them costs.

Each is a function of `keras.layers` and a tensor of images, float32 (batch, 32, 32, 3) in 0..255,
and returns logits. This file imports no Keras, so that it can be imported anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

SIZE, CLASSES = 32, 43

Network = Callable[[Any, Any], Any]
Augmentation = Callable[[Any], Any]


@dataclass(frozen=True)
class Architecture:
    """A network with the rest of a submission.

    Attributes:
        name: How it is called in tables.
        network: Its layers.
        augmentation: Makes the layer that training images go through.
        batch_size: Images a step.
        optimizer: Keras name of the optimizer.
        held_out: Whether the constants of the cost model were fitted without a look at it.
    """

    name: str
    network: Network
    augmentation: Augmentation
    batch_size: int = 64
    optimizer: str = "adam"
    held_out: bool = False


def no_augmentation(layers: Any) -> Any:
    return layers.Identity()


def light_augmentation(layers: Any) -> Any:
    return layers.RandomTranslation(0.1, 0.1, fill_mode="nearest")


def usual_augmentation(layers: Any) -> Any:
    import keras

    return keras.Sequential(
        [
            layers.RandomRotation(0.05, fill_mode="nearest"),
            layers.RandomZoom(0.1, fill_mode="nearest"),
            layers.RandomContrast(0.2),
        ]
    )


def heavy_augmentation(layers: Any) -> Any:
    import keras

    return keras.Sequential(
        [
            layers.RandomFlip("horizontal"),
            layers.RandomRotation(0.05),
            layers.RandomZoom(0.1),
            layers.RandomTranslation(0.1, 0.1),
            layers.RandomShear(0.1, 0.1),
            layers.RandomContrast(0.2),
            layers.RandomBrightness(0.2),
            layers.RandomColorJitter(
                brightness_factor=0.2,
                contrast_factor=0.2,
                saturation_factor=0.3,
                hue_factor=0.05,
                value_range=(0, 255),
            ),
            layers.RandomErasing(),
            layers.RandomGaussianBlur(),
            layers.GaussianNoise(1.0),
        ]
    )


def mixed_augmentation(layers: Any) -> Any:
    import keras

    return keras.Sequential(
        [
            layers.RandomPerspective(0.3),
            layers.RandomSharpness(0.3, value_range=(0, 255)),
            layers.RandomSaturation(0.3, value_range=(0, 255)),
            layers.RandomCrop(28, 28),
            layers.Resizing(SIZE, SIZE),
        ]
    )


def head(layers: Any, x: Any) -> Any:
    return layers.Dense(CLASSES)(layers.GlobalAveragePooling2D()(x))


def conv_bn(layers: Any, x: Any, width: int, kernel: int = 3, **more: Any) -> Any:
    x = layers.Conv2D(width, kernel, padding="same", use_bias=False, **more)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def lenet5(layers: Any, x: Any) -> Any:
    x = layers.Rescaling(1 / 255)(x)
    for width in (6, 16):
        x = layers.Conv2D(width, 5, activation="tanh")(x)
        x = layers.AveragePooling2D(2)(x)
    x = layers.Flatten()(x)
    for width in (120, 84):
        x = layers.Dense(width, activation="tanh")(x)
    return layers.Dense(CLASSES)(x)


def alexnet(layers: Any, x: Any) -> Any:
    x = layers.Rescaling(1 / 255)(x)
    x = layers.Conv2D(48, 5, activation="relu")(x)
    x = layers.MaxPooling2D(3, 2)(x)
    x = layers.Conv2D(96, 5, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(3, 2)(x)
    x = layers.Conv2D(96, 3, padding="same", activation="relu")(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.5)(layers.Dense(256, activation="relu")(x))
    return layers.Dense(CLASSES)(x)


def vgg(layers: Any, x: Any) -> Any:
    x = layers.Rescaling(1 / 255)(x)
    for width in (32, 64, 96):
        for _ in range(2):
            x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Dense(128, activation="relu")(layers.Flatten()(x))
    return layers.Dense(CLASSES)(layers.Dropout(0.5)(x))


def inception(layers: Any, x: Any) -> Any:
    x = conv_bn(layers, layers.Rescaling(1 / 255)(x), 24, strides=2)
    for width in (16, 24):
        branches = [
            conv_bn(layers, x, width, 1),
            conv_bn(layers, conv_bn(layers, x, width, 1), width),
            conv_bn(layers, conv_bn(layers, x, width // 2, 1), width, 5),
            conv_bn(layers, layers.MaxPooling2D(3, 1, padding="same")(x), width, 1),
        ]
        x = layers.MaxPooling2D()(layers.Concatenate()(branches))
    return head(layers, x)


def _residual(layers: Any, x: Any, width: int, stride: int, inner: Network) -> Any:
    shortcut = x
    if stride > 1 or x.shape[-1] != width:
        shortcut = layers.Conv2D(width, 1, strides=stride, use_bias=False)(x)
        shortcut = layers.BatchNormalization()(shortcut)
    return layers.ReLU()(layers.Add()([shortcut, inner(layers, x)]))


def resnet(blocks: int) -> Network:
    def network(layers: Any, x: Any) -> Any:
        x = conv_bn(layers, layers.Rescaling(1 / 255)(x), 16)
        for width in (16, 32, 64):
            for block in range(blocks):
                stride = 2 if block == 0 and width > 16 else 1

                def inner(layers: Any, x: Any, width: int = width, stride: int = stride) -> Any:
                    x = conv_bn(layers, x, width, strides=stride)
                    x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
                    return layers.BatchNormalization()(x)

                x = _residual(layers, x, width, stride, inner)
        return head(layers, x)

    return network


def resnext(layers: Any, x: Any) -> Any:
    def inner(layers: Any, x: Any) -> Any:
        x = conv_bn(layers, x, 32, 1)
        x = conv_bn(layers, x, 32, groups=8)
        return layers.BatchNormalization()(layers.Conv2D(32, 1, use_bias=False)(x))

    x = conv_bn(layers, layers.Rescaling(1 / 255)(x), 32, strides=2)
    for _ in range(2):
        x = _residual(layers, x, 32, 1, inner)
    return head(layers, x)


def densenet(layers: Any, x: Any) -> Any:
    growth = 12
    x = layers.Conv2D(24, 3, padding="same", use_bias=False)(layers.Rescaling(1 / 255)(x))
    for stage in range(3):
        for _ in range(4):
            y = layers.ReLU()(layers.BatchNormalization()(x))
            y = conv_bn(layers, y, 4 * growth, 1)
            y = layers.Conv2D(growth, 3, padding="same", use_bias=False)(y)
            x = layers.Concatenate()([x, y])
        if stage < 2:
            x = conv_bn(layers, x, x.shape[-1] // 2, 1)
            x = layers.AveragePooling2D(2)(x)
    return head(layers, layers.ReLU()(layers.BatchNormalization()(x)))


def mobilenet(layers: Any, x: Any) -> Any:
    x = conv_bn(layers, layers.Rescaling(1 / 255)(x), 16)
    for width, stride in ((32, 1), (64, 2), (64, 1), (96, 2), (96, 1)):
        x = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
        x = conv_bn(layers, x, width, 1)
    return head(layers, x)


def mobilenet_v2(layers: Any, x: Any) -> Any:
    x = conv_bn(layers, layers.Rescaling(1 / 255)(x), 16, strides=2)
    for width, stride in ((16, 1), (24, 2), (24, 1), (40, 2)):
        y = conv_bn(layers, x, 4 * x.shape[-1], 1)
        y = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(y)
        y = layers.ReLU(6)(layers.BatchNormalization()(y))
        y = layers.BatchNormalization()(layers.Conv2D(width, 1, use_bias=False)(y))
        x = layers.Add()([x, y]) if x.shape == y.shape else y
    return head(layers, x)


def separable(layers: Any, x: Any) -> Any:
    x = layers.Rescaling(1 / 255)(x)
    for width in (32, 48, 64):
        x = layers.SeparableConv2D(width, 5, padding="same", activation="elu")(x)
        x = layers.MaxPooling2D()(x)
    return layers.Dense(CLASSES)(layers.Flatten()(x))


def dilated(layers: Any, x: Any) -> Any:
    x = layers.MaxPooling2D()(conv_bn(layers, layers.Rescaling(1 / 255)(x), 24))
    for dilation in (1, 2, 4):
        x = conv_bn(layers, x, 24, dilation_rate=dilation)
    return head(layers, x)


def transposed(layers: Any, x: Any) -> Any:
    x = layers.Rescaling(1 / 255)(x)
    for width in (16, 32):
        x = layers.Conv2D(width, 3, strides=2, padding="same", activation="relu")(x)
    for width in (24, 16):
        x = layers.Conv2DTranspose(width, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.UpSampling2D()(layers.MaxPooling2D(4)(x))
    return layers.Dense(CLASSES)(layers.Flatten()(x))


def wide_mlp(layers: Any, x: Any) -> Any:
    x = layers.Flatten()(layers.Rescaling(1 / 255)(x))
    for width in (384, 384):
        x = layers.Dropout(0.2)(layers.Dense(width, activation="relu")(x))
    return layers.Dense(CLASSES)(x)


def deep_thin(layers: Any, x: Any) -> Any:
    x = layers.Rescaling(1 / 255)(x)
    for depth in range(24):
        x = conv_bn(layers, x, 8, strides=2 if depth in {4, 12} else 1)
    return head(layers, x)


def vit(layers: Any, x: Any) -> Any:
    x = layers.Conv2D(48, 4, strides=4)(layers.Rescaling(1 / 255)(x))
    x = layers.Reshape((64, 48))(x)
    for _ in range(3):
        y = layers.LayerNormalization()(x)
        x = layers.Add()([x, layers.MultiHeadAttention(4, 12)(y, y)])
        y = layers.Dense(96, activation="gelu")(layers.LayerNormalization()(x))
        x = layers.Add()([x, layers.Dropout(0.1)(layers.Dense(48)(y))])
    return layers.Dense(CLASSES)(layers.GlobalAveragePooling1D()(x))


def normalised(layers: Any, x: Any) -> Any:
    x = layers.LayerNormalization(axis=(1, 2, 3))(layers.Rescaling(1 / 255)(x))
    for width in (16, 32, 48):
        x = layers.Conv2D(width, 3, padding="same")(x)
        x = layers.ReLU()(layers.GroupNormalization(8)(x))
        x = layers.LayerNormalization()(layers.MaxPooling2D()(x))
    return head(layers, x)


def smooth_activations(layers: Any, x: Any) -> Any:
    x = layers.Rescaling(1 / 255)(x)
    for width, activation in ((16, "gelu"), (24, "silu"), (32, "mish"), (48, "selu")):
        x = layers.Conv2D(width, 3, padding="same", activation=activation)(x)
        x = layers.BatchNormalization()(x)
        x = x if width == 48 else layers.MaxPooling2D()(x)
    return head(layers, x)


def squeeze_excite(layers: Any, x: Any) -> Any:
    x = conv_bn(layers, layers.Rescaling(1 / 255)(x), 16)
    for width in (24, 32, 48):
        x = conv_bn(layers, x, width, strides=2)
        gate = layers.GlobalAveragePooling2D(keepdims=True)(x)
        gate = layers.Conv2D(width // 4, 1, activation="relu")(gate)
        gate = layers.Conv2D(width, 1, activation="sigmoid")(gate)
        x = layers.Multiply()([x, gate])
    return head(layers, x)


def convmixer(layers: Any, x: Any) -> Any:
    x = layers.Conv2D(48, 2, strides=2, activation="gelu")(layers.Rescaling(1 / 255)(x))
    x = layers.BatchNormalization()(x)
    for _ in range(3):
        y = layers.DepthwiseConv2D(5, padding="same", activation="gelu")(x)
        x = layers.Add()([x, layers.BatchNormalization()(y)])
        x = layers.Conv2D(48, 1, activation="gelu")(x)
        x = layers.BatchNormalization()(x)
    return head(layers, x)


def recurrent(layers: Any, x: Any) -> Any:
    x = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(
        layers.Rescaling(1 / 255)(x)
    )
    x = layers.Reshape((16, 256))(x)
    return layers.Dense(CLASSES)(layers.Bidirectional(layers.LSTM(48))(x))


def hand_made(layers: Any, x: Any) -> Any:
    import tensorflow as tf

    class LocalContrast(layers.Layer):  # type: ignore[misc]
        def call(self, images: Any) -> Any:
            mean = tf.nn.avg_pool2d(images, 5, 1, "SAME")
            spread = tf.sqrt(tf.nn.avg_pool2d(tf.square(images - mean), 5, 1, "SAME") + 1e-3)
            return tf.math.tanh((images - mean) / spread)

    class Bilinear(layers.Layer):  # type: ignore[misc]
        def build(self, shape: Any) -> None:
            self.left = self.add_weight(shape=(shape[-1], 24))
            self.right = self.add_weight(shape=(shape[-1], 24))

        def call(self, features: Any) -> Any:
            left = tf.einsum("bhwc,cd->bhwd", features, self.left)
            right = tf.tensordot(features, self.right, 1)
            flat = tf.reshape(left * tf.math.softplus(right), (-1, 64, 24))
            return tf.concat([tf.reduce_mean(flat, 1), tf.math.reduce_std(flat, 1)], 1)

    x = LocalContrast()(layers.Rescaling(1 / 255)(x))
    for width in (16, 32):
        x = layers.MaxPooling2D()(layers.Conv2D(width, 3, padding="same", activation="relu")(x))
    return layers.Dense(CLASSES)(Bilinear()(x))


def plain(layers: Any, x: Any) -> Any:
    x = layers.Rescaling(1 / 255)(x)
    for width in (16, 32, 64):
        x = layers.MaxPooling2D()(conv_bn(layers, x, width))
    return layers.Dense(CLASSES)(layers.Dropout(0.3)(layers.Flatten()(x)))


ARCHITECTURES = (
    Architecture("lenet5", lenet5, light_augmentation, optimizer="sgd"),
    Architecture("alexnet", alexnet, light_augmentation),
    Architecture("resnet8", resnet(1), light_augmentation, optimizer="adamw"),
    Architecture("resnext", resnext, no_augmentation, batch_size=32),
    Architecture("densenet", densenet, light_augmentation, batch_size=32),
    Architecture("mobilenet", mobilenet, light_augmentation, batch_size=32),
    Architecture("dilated", dilated, no_augmentation),
    Architecture("transposed", transposed, no_augmentation),
    Architecture("wide MLP", wide_mlp, no_augmentation, batch_size=128),
    Architecture("deep thin", deep_thin, no_augmentation),
    Architecture("ViT", vit, no_augmentation, optimizer="adamw"),
    Architecture("layer and group norm", normalised, no_augmentation),
    Architecture("GELU, SiLU, mish", smooth_activations, no_augmentation),
    Architecture("large batch", plain, no_augmentation, batch_size=512),
    Architecture("small batch", plain, light_augmentation, batch_size=4),
    Architecture("heavy augmentation", lenet5, heavy_augmentation),
    Architecture("hand-made layers", hand_made, no_augmentation),
    Architecture("VGG", vgg, usual_augmentation, held_out=True),
    Architecture("inception", inception, no_augmentation, held_out=True),
    Architecture("resnet14", resnet(2), usual_augmentation, optimizer="sgd", held_out=True),
    Architecture("MobileNetV2", mobilenet_v2, light_augmentation, held_out=True),
    Architecture("separable", separable, usual_augmentation, batch_size=128, held_out=True),
    Architecture("squeeze-excite", squeeze_excite, no_augmentation, held_out=True),
    Architecture("ConvMixer", convmixer, no_augmentation, 32, held_out=True),
    Architecture("recurrent", recurrent, no_augmentation, optimizer="rmsprop", held_out=True),
    Architecture("mixed augmentation", plain, mixed_augmentation, held_out=True),
)
