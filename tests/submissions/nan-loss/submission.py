"""Images are not rescaled and the learning rate is far too high."""

import keras
from keras import layers


def build_model(input_shape, num_classes):
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(16, 5, strides=2, padding="same", activation="leaky_relu"),
            layers.Conv2D(32, 3, strides=2, padding="same", activation="leaky_relu"),
            layers.Flatten(),
            layers.Dense(num_classes),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.SGD(1e6),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


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
