"""A first reference solution: plain, to be made better. Never handed out."""

import keras
from keras import layers


def build_model(input_shape, num_classes):
    """Stack stages of convolution and pooling, each with more channels than the one before."""
    model = keras.Sequential([keras.Input(input_shape), layers.Rescaling(1 / 255)])
    for width in {{ widths }}:
        model.add(layers.Conv2D(width, 3, padding="same", use_bias=False))
        model.add(layers.MaxPooling2D())
        model.add(layers.BatchNormalization(momentum=0.9))
        model.add(layers.ReLU())
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(num_classes))
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


def build_augmentation():
    """Shift and turn a little; does that leave the meaning of your images alone?"""
    return keras.Sequential(
        [
            layers.RandomTranslation(0.1, 0.1, fill_mode="nearest"),
            layers.RandomRotation(0.03, fill_mode="nearest"),
        ]
    )


def training_plan():
    """Train as long as the budget lasts."""
    return {"epochs": {{ epochs }}, "batch_size": 32}
