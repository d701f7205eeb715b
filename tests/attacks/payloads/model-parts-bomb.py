# Leaves parts that take all memory when a clean job builds them to see what they cost.
# verdict: GRADED
# stopped by: a confined job
# shows: forged

import keras
from forgery import on_parts
from honest import build_augmentation, build_model, training_plan

layers = [keras.layers.GlobalAveragePooling2D(keepdims=True), keras.layers.UpSampling2D(4096)]
bomb = keras.saving.serialize_keras_object(
    keras.Sequential([keras.Input((16, 16, 3)), *layers, keras.layers.Conv2D(512, 3)])
)


def forge(parts):
    parts.update(augmentation=bomb, model=bomb)
    print("forged", flush=True)


on_parts(forge)
