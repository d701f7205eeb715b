"""TensorFlow and Keras, set so that equal inputs give equal bits: see docs/decisions.md."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any

# Where oneDNN is held to AVX2 it has no bfloat16, and TensorFlow asks for it on a CPU with more:
# these would fail, or crash. In float16 they give other bits on other CPUs.
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
    _split_grouped_convolutions()
    _decompose_in_fixed_order()
    if "ONEDNN_MAX_CPU_ISA" in os.environ:
        _widen_short_floats()


def _replace_approximations() -> None:
    """Compute by operations that are the same on every CPU.

    The CPU's own reciprocals are approximate, and ``erfc``, of which GELU is made, is computed by
    other instructions where there is AVX-512; ``erf`` is not.
    """
    import tensorflow as tf
    from tensorflow.python.ops import math_ops

    def reciprocal(x: Any, name: str | None = None) -> Any:
        return tf.math.divide(1.0, x, name=name)

    def rsqrt(x: Any, name: str | None = None) -> Any:
        return tf.math.divide(1.0, tf.math.sqrt(x), name=name)

    def erfc(x: Any, name: str | None = None) -> Any:
        return tf.identity(1 - tf.math.erf(x), name=name)

    for module in (math_ops, tf.math):
        module.reciprocal = reciprocal
        module.rsqrt = rsqrt
        module.erfc = erfc


def _split_grouped_convolutions() -> None:
    """Convolve group by group; Keras has XLA do it, whose sums differ between CPUs."""
    import keras
    import tensorflow as tf
    from keras.src.backend.tensorflow import nn

    whole = nn.conv

    def conv(  # noqa: PLR0913, PLR0917 - as in Keras
        inputs: Any,
        kernel: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
    ) -> Any:
        more = (strides, padding, data_format, dilation_rate)
        groups = inputs.shape[-1] // kernel.shape[-2]
        channels_last = (data_format or keras.config.image_data_format()) == "channels_last"
        if groups == 1 or not channels_last:
            return whole(inputs, kernel, *more)
        pieces = zip(tf.split(inputs, groups, -1), tf.split(kernel, groups, -1), strict=True)
        return tf.concat([whole(*piece, *more) for piece in pieces], -1)

    nn.conv = conv


def _decompose_in_fixed_order() -> None:
    """Orthogonal weights by our QR; of large matrices, TensorFlow's differs between CPUs."""
    import tensorflow as tf
    from keras.src.backend.tensorflow import linalg

    by_tensorflow = linalg.qr

    def qr(x: Any, mode: str = "reduced") -> Any:
        ordinary = tf.is_tensor(x) and x.shape.rank == 2 and x.dtype in (tf.float32, tf.float64)
        if not tf.executing_eagerly() or not ordinary or mode != "reduced":
            return by_tensorflow(x, mode)
        q, r = _qr(x.numpy())
        return tf.constant(q, x.dtype), tf.constant(r, x.dtype)

    linalg.qr = qr


def _qr(matrix: Any) -> tuple[Any, Any]:
    """Return the reduced QR decomposition of a matrix of rank two, by Householder reflections."""
    import numpy as np

    rows, columns = matrix.shape
    rank = min(rows, columns)
    r = matrix.astype(np.float64)
    normals = []
    for i in range(rank):
        normal = r[i:, i].copy()
        normal[0] += np.copysign(np.sqrt((normal * normal).sum()), normal[0])
        length = np.sqrt((normal * normal).sum())
        normals.append(normal / length if length else normal)
        _reflect(r[i:, i:], normals[-1])
    q = np.eye(rows, rank)
    for i in reversed(range(rank)):
        _reflect(q[i:, i:], normals[i])
    return q, np.triu(r[:rank])


def _reflect(matrix: Any, normal: Any) -> None:
    """Reflect the columns of a matrix in place; it sums row by row, on every CPU."""
    matrix -= 2 * normal[:, None] * (normal[:, None] * matrix).sum(axis=0)


def _widen_short_floats() -> None:
    """Compute `_NARROW` of 16 bits in float32 and round what comes out, on every CPU."""
    from tensorflow.python.ops import gen_linalg_ops, gen_math_ops, gen_nn_ops

    for module in (gen_linalg_ops, gen_math_ops, gen_nn_ops):
        for name in _NARROW[module.__name__.rpartition(".")[2]].split():
            setattr(module, name, _widened(getattr(module, name)))


def _widened(operation: Callable[..., Any]) -> Callable[..., Any]:
    import tensorflow as tf

    def is_narrow(value: Any) -> bool:
        return bool(tf.is_tensor(value) and value.dtype in (tf.bfloat16, tf.float16))

    def widen(value: Any) -> Any:
        return tf.cast(value, tf.float32) if is_narrow(value) else value

    @functools.wraps(operation)
    def wide(*args: Any, **kwargs: Any) -> Any:
        narrow = [value for value in tf.nest.flatten((args, kwargs)) if is_narrow(value)]
        if not narrow:
            return operation(*args, **kwargs)
        args, kwargs = tf.nest.map_structure(widen, (args, kwargs))
        return tf.cast(operation(*args, **kwargs), narrow[0].dtype)

    return wide


def reseed(seed: int) -> None:
    """Seed Python, NumPy and Keras; layers draw their own seeds from these."""
    import keras

    keras.utils.set_random_seed(seed)
