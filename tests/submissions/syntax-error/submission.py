"""A bracket is missing."""

import keras
from keras import layers


def build_model(input_shape, num_classes):
    return keras.Sequential([
        keras.Input(input_shape),
        layers.Conv2D(16, 3, activation="relu",
        layers.Flatten(),
    ])


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
