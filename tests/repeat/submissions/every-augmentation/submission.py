"""Convolutions, batch norm and dropout, behind every layer of Keras that changes images."""

import keras
from keras import layers

RANGE = (0, 255)
# Of one change after the other, something of the sign has to be left.
LITTLE = 0.02


class Mixed(layers.Layer):
    """Mixes a little of other images in; so little that the labels can stay as they are."""

    def __init__(self, mixing, **kwargs):
        super().__init__(**kwargs)
        self.mixing = mixing

    def call(self, images, training=None):
        labels = keras.ops.zeros((keras.ops.shape(images)[0], 1))
        mixed = self.mixing({"images": images, "labels": labels}, training=training)
        return images + 0.2 * (mixed["images"] - images)


class OneByOne(layers.Layer):
    """Gives a layer single images, since Keras would unroll it over the batch."""

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer

    def call(self, images, training=None):
        return keras.ops.map(lambda image: self.layer(image[None], training=training)[0], images)


def resized(layer):
    """Bring back to size what a layer has cut."""
    return keras.Sequential([layer, layers.Resizing(16, 16)])


def build_model(input_shape, num_classes):
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Rescaling(1 / 255),
            layers.Conv2D(12, 3, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.SpatialDropout2D(0.1),
            layers.Conv2D(24, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.2),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy")
    return model


def build_augmentation():
    tiles = (2, 2)
    return keras.Sequential(
        [
            *(Mixed(layers.MixUp()), Mixed(layers.CutMix())),
            layers.RandAugment(RANGE, num_ops=1, factor=LITTLE),
            layers.AugMix(RANGE, num_chains=2, chain_depth=2, factor=LITTLE),
            layers.Pipeline([layers.RandomFlip("vertical"), layers.RandomFlip("vertical")]),
            layers.RandomFlip("horizontal"),
            layers.RandomRotation(LITTLE),
            layers.RandomTranslation(LITTLE, LITTLE),
            layers.RandomZoom(LITTLE),
            layers.RandomShear(LITTLE, LITTLE),
            layers.RandomPerspective(scale=LITTLE),
            OneByOne(layers.RandomElasticTransform(0.5, 0.5, value_range=RANGE)),
            *(resized(layers.RandomCrop(15, 15)), resized(layers.CenterCrop(15, 15))),
            layers.RandomBrightness(LITTLE),
            layers.RandomContrast(LITTLE),
            layers.RandomColorDegeneration(LITTLE, RANGE),
            layers.RandomColorJitter(RANGE, LITTLE, LITTLE, (0.49, 0.51), LITTLE),
            layers.RandomHue(LITTLE, RANGE),
            layers.RandomSaturation((0.49, 0.51), RANGE),
            layers.RandomSharpness(LITTLE, RANGE),
            layers.RandomPosterization(4, RANGE),
            layers.RandomGrayscale(LITTLE),
            layers.RandomInvert(LITTLE, RANGE),
            layers.Solarization(LITTLE, (0.9, 1.0), RANGE),
            layers.AutoContrast(RANGE),
            # Elsewhere than in a pipeline, nothing can follow it in Keras 3.15.
            layers.Pipeline([layers.Equalization(RANGE)]),
            layers.ContrastLimitedAdaptiveHistogramEqualization(RANGE, tile_grid_size=tiles),
            layers.RandomGaussianBlur(LITTLE, value_range=RANGE),
            layers.RandomErasing(LITTLE, value_range=RANGE),
            layers.GaussianNoise(1.0),
        ]
    )


def training_plan():
    return {"epochs": 2, "batch_size": 43}
