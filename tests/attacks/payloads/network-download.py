# Downloads weights that others have trained.
# verdict: RUNTIME_ERROR
# rule: exception
# stopped by: seccomp

import keras
from honest import build_augmentation, training_plan


def build_model(input_shape, num_classes):
    return keras.applications.MobileNetV2(weights="imagenet")
