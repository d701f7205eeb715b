"""After ResNet (He et al. 2016): blocks that add to what goes in, normalised, no dense layers.

The full-size image is seen by one strided convolution alone: the rest is a quarter of the work or
less, and so affords more filters and more steps.
"""

import keras
from keras import layers

EPOCHS, BATCH_SIZE = 8, 64
STEPS = EPOCHS * (4000 // BATCH_SIZE)


def convolution(x, width, size=3, strides=1):
    """Convolve and normalise."""
    x = layers.Conv2D(width, size, strides, padding="same", use_bias=False)(x)
    return layers.BatchNormalization(momentum=0.9)(x)


def block(x, width, strides=1):
    """Two convolutions, and a shortcut past them."""
    shortcut = x
    if strides > 1 or x.shape[-1] != width:
        shortcut = convolution(layers.AveragePooling2D(strides)(x), width, 1)
    x = layers.ReLU()(convolution(x, width, 3, strides))
    x = convolution(x, width)
    return layers.ReLU()(layers.Add()([x, shortcut]))


def build_model(input_shape, num_classes):
    """A strided convolution and three blocks, of 16x16, 8x8 and 4x4."""
    inputs = keras.Input(input_shape)
    # Each image by its own mean and contrast: dusk and glare look alike then.
    x = layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False)(inputs)
    x = layers.ReLU()(convolution(x, 24, 5, 2))
    x = block(x, 24)
    x = block(x, 48, 2)
    x = block(x, 96, 2)
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
