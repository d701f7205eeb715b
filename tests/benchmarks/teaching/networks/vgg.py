"""After VGG (Simonyan and Zisserman 2015): pairs of 3x3 convolutions, pooling, twice the width.

With batch normalisation, which came a little later: without it, 40 seconds are too short.
"""

import keras
from keras import layers

EPOCHS, BATCH_SIZE = 14, 64
STEPS = EPOCHS * (4000 // BATCH_SIZE)


def build_model(input_shape, num_classes):
    """Three stages of two convolutions, each convolution normalised, as the books have it."""
    inputs = keras.Input(input_shape)
    # Each image by its own mean and contrast: dusk and glare look alike then.
    x = layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False)(inputs)
    # Few filters on the full image, where each costs most: that pays for more epochs.
    for width in (8, 16, 32):
        for _ in range(2):
            x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
            x = layers.BatchNormalization(momentum=0.9)(x)
            x = layers.ReLU()(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.3)(x)
    model = keras.Model(inputs, layers.Dense(num_classes)(x))
    model.compile(
        optimizer=keras.optimizers.AdamW(
            keras.optimizers.schedules.CosineDecay(4e-3, STEPS), weight_decay=1e-2
        ),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


def training_plan():
    """Train until the learning rate has come down to nothing."""
    return {"epochs": EPOCHS, "batch_size": BATCH_SIZE}
