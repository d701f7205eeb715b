"""Separable convolutions and layer norm, behind a normalisation adapted to a PyDataset."""

import keras
import numpy as np
from keras import layers


class Numbers(keras.utils.PyDataset):
    """Batches of made-up images, in an order that their sums depend on."""

    def __init__(self, input_shape):
        super().__init__(workers=2)
        random = np.random.default_rng(13)
        self.images = random.gamma(2.0, 50.0, size=(256, *input_shape)).astype("float32")
        self.order = random.permutation(256)

    def __len__(self):
        return 11

    def __getitem__(self, index):
        return np.minimum(self.images[self.order[24 * index : 24 * index + 24]], 255)


def build_model(input_shape, num_classes):
    normalization = layers.Normalization()
    normalization.adapt(Numbers(input_shape))
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            normalization,
            layers.Conv2D(16, 3, padding="same"),
            layers.LayerNormalization(),
            layers.Activation("gelu"),
            layers.AveragePooling2D(2),
            layers.SeparableConv2D(32, 3, padding="same"),
            layers.LayerNormalization(),
            layers.Activation("gelu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.AlphaDropout(0.1),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )
    schedule = keras.optimizers.schedules.CosineDecay(0.005, 30)
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=0.01, clipnorm=1.0)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    return model


def build_augmentation():
    return keras.Sequential([layers.RandomRotation(0.05), layers.RandomErasing(0.5)])


def training_plan():
    return {"epochs": 3, "batch_size": 43}
