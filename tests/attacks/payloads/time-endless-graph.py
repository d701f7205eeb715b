# Computes for ever inside TensorFlow, where Python cannot be interrupted.
# verdict: TIME_LIMIT
# rule: cpu-limit
# stopped by: rlimit

import tensorflow as tf
from honest import build_augmentation, build_model, training_plan


@tf.function
def endless():
    return tf.while_loop(lambda x: x < 1.0, lambda x: x * 0.5, [tf.constant(0.5)])


endless()
