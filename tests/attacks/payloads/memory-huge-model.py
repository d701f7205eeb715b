# Builds a network of four thousand million weights.
# verdict: MEMORY_LIMIT
# rule: memory-limit
# stopped by: rlimit

import keras
from honest import build_augmentation, training_plan


def build_model(input_shape, num_classes):
    dense = [keras.layers.Dense(65536) for _ in range(2)]
    return keras.Sequential([keras.Input(input_shape), *dense, keras.layers.Flatten()])
