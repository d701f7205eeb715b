"""Every training image looks the same each time."""

import keras


def build_augmentation():
    """Change nothing."""
    return keras.layers.Identity()
