"""Reference solution: three small convolutions, and an augmentation that keeps every label.

What was found by changing one thing at a time (macro-F1 on the try-out holdout):

* without augmentation 0.84, with it 0.92: the same signs, seen from a little elsewhere;
* pooling before normalisation and activation: the same network for a quarter less time, since both
  then work on a quarter of the pixels;
* one affine warp instead of a rotation, a translation and a zoom in a row: a third of their time.
"""

import keras
from keras import layers, ops

EPOCHS, BATCH_SIZE = 13, 64
STEPS = EPOCHS * (4000 // BATCH_SIZE)


def build_model(input_shape, num_classes):
    """Stack three stages of convolution, pooling and batch normalisation, each twice as wide."""
    inputs = keras.Input(input_shape)
    # Each image by its own mean and contrast: dusk and glare look alike then.
    x = layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False)(inputs)
    for width in (16, 32, 64):
        x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
        x = layers.MaxPooling2D()(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.ReLU()(x)
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


class RandomPose(layers.Layer):
    """Turns, shifts and zooms each image a little, in one warp; the border repeats the edge.

    Never mirrors: "keep right" would become "keep left".
    """

    def __init__(self, turn=0.15, shift=3.0, zoom=0.15, stretch=0.05, **kwargs):
        """Take the largest turn (radians), shift (pixels), zoom and stretch (logarithms)."""
        super().__init__(**kwargs)
        self.turn, self.shift, self.zoom, self.stretch = turn, shift, zoom, stretch
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, images, training=False):
        """Return the images, changed if training."""
        if not training:
            return images
        count, middle = ops.shape(images)[0], (images.shape[1] - 1) / 2

        def draw(limit):
            return keras.random.uniform((count,), -limit, limit, seed=self.seed_generator)

        angle, across = draw(self.turn), ops.exp(draw(self.zoom))
        down = across * ops.exp(draw(self.stretch))
        a, b = ops.cos(angle) * across, -ops.sin(angle) * across
        c, d = ops.sin(angle) * down, ops.cos(angle) * down
        # Around the middle of the image, not around its corner.
        right = middle - (a + b) * middle + draw(self.shift)
        below = middle - (c + d) * middle + draw(self.shift)
        none = ops.zeros_like(angle)
        warp = ops.stack([a, b, right, c, d, below, none, none], axis=1)
        return ops.image.affine_transform(images, warp, fill_mode="nearest")

    def compute_output_shape(self, input_shape):
        """Keep the shape."""
        return input_shape


def build_augmentation():
    """Other poses; the light needs none, since the network evens it out itself."""
    return RandomPose()


def training_plan():
    """Train until the learning rate has come down to nothing."""
    return {"epochs": EPOCHS, "batch_size": BATCH_SIZE}
