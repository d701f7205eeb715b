"""TensorFlow and Keras, set so that equal inputs give equal bits: see docs/decisions.md."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any

# Where oneDNN is held to AVX2 it has no bfloat16, and TensorFlow asks for it on a CPU with more:
# these would fail, or crash.
_NARROW = {
    "gen_nn_ops": """
        conv2d conv2d_backprop_input conv2d_backprop_filter conv3d conv3d_backprop_input_v2
        conv3d_backprop_filter_v2 depthwise_conv2d_native avg_pool avg_pool3d max_pool max_pool_v2
        max_pool3d softmax log_softmax
    """,
    "gen_math_ops": "mat_mul batch_mat_mul batch_mat_mul_v2 batch_mat_mul_v3",
    "gen_linalg_ops": "einsum",
}


def warm_up() -> None:
    """Import TensorFlow and Keras and fix how they compute; starts no thread and runs no op."""
    # Keras looks for these and works without; importing them would double its import time.
    unneeded = [name for name in ("sklearn", "matplotlib", "pandas") if name not in sys.modules]
    for name in unneeded:
        sys.modules[name] = None  # type: ignore[assignment]
    import keras  # noqa: F401
    import tensorflow as tf

    for name in unneeded:
        del sys.modules[name]
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    # Grappler would turn them back into the instructions that differ between CPUs.
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    _replace_approximations()
    if "ONEDNN_MAX_CPU_ISA" in os.environ:
        _widen_bfloat16()


def _replace_approximations() -> None:
    """Compute reciprocals from IEEE operations; the CPU's own instructions approximate them."""
    import tensorflow as tf
    from tensorflow.python.ops import math_ops

    def reciprocal(x: Any, name: str | None = None) -> Any:
        return tf.math.divide(1.0, x, name=name)

    def rsqrt(x: Any, name: str | None = None) -> Any:
        return tf.math.divide(1.0, tf.math.sqrt(x), name=name)

    for module in (math_ops, tf.math):
        module.reciprocal = reciprocal
        module.rsqrt = rsqrt


def _widen_bfloat16() -> None:
    """Compute the operations of `_NARROW` in float32 and round what comes out, on every CPU."""
    from tensorflow.python.ops import gen_linalg_ops, gen_math_ops, gen_nn_ops

    for module in (gen_linalg_ops, gen_math_ops, gen_nn_ops):
        for name in _NARROW[module.__name__.rpartition(".")[2]].split():
            setattr(module, name, _widened(getattr(module, name)))


def _widened(operation: Callable[..., Any]) -> Callable[..., Any]:
    import tensorflow as tf

    def is_narrow(value: Any) -> bool:
        return bool(tf.is_tensor(value) and value.dtype == tf.bfloat16)

    def widen(value: Any) -> Any:
        return tf.cast(value, tf.float32) if is_narrow(value) else value

    @functools.wraps(operation)
    def wide(*args: Any, **kwargs: Any) -> Any:
        if not any(map(is_narrow, tf.nest.flatten((args, kwargs)))):
            return operation(*args, **kwargs)
        args, kwargs = tf.nest.map_structure(widen, (args, kwargs))
        return tf.cast(operation(*args, **kwargs), tf.bfloat16)

    return wide


def reseed(seed: int) -> None:
    """Seed Python, NumPy and Keras; layers draw their own seeds from these."""
    import keras

    keras.utils.set_random_seed(seed)
