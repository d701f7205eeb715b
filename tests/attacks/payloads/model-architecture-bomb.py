# Leaves an architecture of stock parts that takes all memory when it is built again.
# verdict: GRADED
# stopped by: a confined job
# shows: forged
# replay: not possible

import keras
from forgery import replace_file
from honest import build_augmentation, build_model, training_plan

layers = [keras.layers.GlobalAveragePooling2D(keepdims=True), keras.layers.UpSampling2D(4096)]
bomb = keras.Sequential([keras.Input((16, 16, 3)), *layers])
replace_file("architecture.json", bomb.to_json())
print("forged")
