"""The image is pooled away before the last convolution."""

import keras
from keras import layers


def build_model(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    x = layers.Rescaling(1 / 255)(inputs)
    for width in (8, 16, 32, 64, 128, 256):
        x = layers.Conv2D(width, 3, activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(num_classes)(x))


def build_augmentation():
    return keras.Sequential(
        [
            layers.RandomRotation(0.03, fill_mode="nearest"),
            layers.RandomTranslation(0.1, 0.1, fill_mode="nearest"),
            layers.RandomZoom(0.15, fill_mode="nearest"),
        ]
    )


def training_plan():
    return {"epochs": 15, "batch_size": 64}
