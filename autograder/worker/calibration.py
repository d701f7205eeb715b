"""How fast this machine computes: half a second of fixed work, of the kind that training is."""

from __future__ import annotations

import time

_SECONDS = 0.5


def step_cpu_ms() -> float:
    """Return the CPU milliseconds of a fixed step of convolutions and their gradients.

    The least of all that fit into half a second: what else the machine does makes them longer,
    never shorter.
    """
    import tensorflow as tf

    images = tf.random.stateless_uniform((32, 32, 32, 16), (0, 1))
    kernels = [tf.random.stateless_normal((3, 3, 16, 32), (0, 2), stddev=0.1),
               tf.random.stateless_normal((3, 3, 32, 32), (0, 3), stddev=0.1)]  # fmt: skip

    def step() -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(kernels)
            features = tf.nn.relu(tf.nn.conv2d(images, kernels[0], 1, "SAME"))
            features = tf.nn.max_pool2d(features, 2, 2, "VALID")
            features = tf.nn.relu(tf.nn.conv2d(features, kernels[1], 1, "SAME"))
            loss = tf.reduce_mean(tf.square(features))
        return list(tape.gradient(loss, kernels))

    graph = tf.function(step, autograph=False)
    graph()
    least_s, until = float("inf"), time.process_time() + _SECONDS
    while time.process_time() < until:
        started = time.process_time()
        graph()
        least_s = min(least_s, time.process_time() - started)
    return 1e3 * least_s
