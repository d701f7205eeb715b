"""After ResNet (He et al. 2016): each stage adds what it learns to what goes in, normalised.

Pooling goes before normalisation and activation, so that both work on a quarter of the pixels.
"""

import keras
from keras import layers

EPOCHS, BATCH_SIZE = 14, 64
STEPS = EPOCHS * (4000 // BATCH_SIZE)


def stage(x, width):
    """Two convolutions and, but for the first stage, a shortcut past them; then half the size."""
    y = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
    y = layers.Conv2D(width, 3, padding="same", use_bias=False)(y)
    if x.shape[-1] > 3:
        y = layers.Add()([y, layers.Conv2D(width, 1, use_bias=False)(x)])
    y = layers.MaxPooling2D()(y)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(y))


def block(x, width):
    """Two convolutions of one size, normalised, and a shortcut past them."""
    y = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
    y = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(y))
    y = layers.Conv2D(width, 3, padding="same", use_bias=False)(y)
    y = layers.BatchNormalization(momentum=0.9)(y)
    shortcut = layers.Conv2D(width, 1, use_bias=False)(x)
    shortcut = layers.BatchNormalization(momentum=0.9)(shortcut)
    return layers.ReLU()(layers.Add()([y, shortcut]))


def build_model(input_shape, num_classes):
    """Stages of 8, 16 and 32 filters, then a block of 64 on what is left: 4x4."""
    inputs = keras.Input(input_shape)
    # Each image by its own mean and contrast: dusk and glare look alike then.
    x = layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False)(inputs)
    for width in (8, 16, 32):
        x = stage(x, width)
    x = block(x, 64)
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
