"""Reference solution: a small VGG-like network and an augmentation that keeps every label."""

import keras
from keras import layers


def build_model(input_shape, num_classes):
    """Three convolution stages of growing width, each halving the image."""
    inputs = keras.Input(input_shape)
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    for width in (24, 48, 96):
        x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.Activation("relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.3)(x)
    x = layers.Dense(128, activation="relu")(x)
    outputs = layers.Dense(num_classes)(x)
    model = keras.Model(inputs, outputs)
    model.compile(
        optimizer=keras.optimizers.AdamW(2e-3, weight_decay=1e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


def build_augmentation():
    """Small turns, shifts and zooms, other light; never a flip, which would change the sign."""
    return keras.Sequential(
        [
            layers.RandomRotation(0.03, fill_mode="nearest"),
            layers.RandomTranslation(0.1, 0.1, fill_mode="nearest"),
            layers.RandomZoom(0.15, fill_mode="nearest"),
            layers.RandomBrightness(0.2, value_range=(0, 255)),
            layers.RandomContrast(0.3, value_range=(0, 255)),
        ]
    )


def training_plan():
    """Twenty times through the training images."""
    return {"epochs": 20, "batch_size": 64}
