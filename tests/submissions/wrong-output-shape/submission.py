"""One output for each class, but also for each place: Flatten is missing."""

import keras
from keras import layers


def build_model(input_shape, num_classes):
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Rescaling(1 / 255),
            layers.Conv2D(16, 5, strides=2, padding="same", activation="relu"),
            layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )


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
