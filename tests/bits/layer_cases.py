"""Cases for the layers: `k` is `keras.layers`, `x` float32 (batch, 8, 8, 12)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.bits.case import Case

Networks = Mapping[str, Callable[[Any, Any], Any]]


def row(k: Any, x: Any) -> Any:
    """Return it as sequences, (batch, 16, 48)."""
    return k.Reshape((16, 48))(x)


def volume(k: Any, x: Any) -> Any:
    """Return it as volumes, (batch, 4, 4, 4, 12)."""
    return k.Reshape((4, 4, 4, 12))(x)


def films(k: Any, x: Any) -> Any:
    """Return it as short films, (batch, 2, 8, 8, 6)."""
    return k.Reshape((2, 8, 8, 6))(x)


def tokens(k: Any, x: Any) -> Any:
    """Return whole numbers from 0 to 9, (batch, 8, 8)."""
    return k.Lambda(lambda x: _tensorflow().cast(_tensorflow().abs(x[..., 0]) * 40, "int32") % 10)(
        x
    )


def _tensorflow() -> Any:
    import tensorflow as tf

    return tf


def _segments(tf: Any, x: Any) -> Any:
    return tf.math.unsorted_segment_sum(tf.transpose(x), [0, 1, 0, 1] * 4, 2)


def _of_squares(compute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return what a function of TensorFlow makes of positive definite matrices."""

    def computed(x: Any) -> Any:
        tf = _tensorflow()
        return compute(tf, x @ tf.transpose(x, (0, 2, 1)) + tf.eye(16))

    return lambda k, x: k.Lambda(computed)(row(k, x))


CONVOLUTIONS: Networks = {
    "Conv1D": lambda k, x: k.Conv1D(10, 3)(row(k, x)),
    "Conv1D causal": lambda k, x: k.Conv1D(10, 3, padding="causal", dilation_rate=2)(row(k, x)),
    "Conv2D": lambda k, x: k.Conv2D(10, 3)(x),
    "Conv2D same, strided": lambda k, x: k.Conv2D(10, 3, strides=2, padding="same")(x),
    "Conv2D dilated": lambda k, x: k.Conv2D(10, 3, dilation_rate=2)(x),
    "Conv2D dilated, same": lambda k, x: k.Conv2D(10, 3, dilation_rate=2, padding="same")(x),
    "Conv2D pointwise": lambda k, x: k.Conv2D(10, 1, use_bias=False)(x),
    "Conv2D 5x5, no multiple of 8": lambda k, x: k.Conv2D(7, 5, activation="relu")(x),
    "Conv2D grouped": lambda k, x: k.Conv2D(12, 3, groups=3)(x),
    "Conv2D grouped, strided": lambda k, x: k.Conv2D(8, 3, groups=2, strides=2)(x),
    "Conv3D": lambda k, x: k.Conv3D(6, 2)(volume(k, x)),
    "Conv3D strided": lambda k, x: k.Conv3D(6, 3, strides=2, padding="same")(volume(k, x)),
    "Conv1DTranspose": lambda k, x: k.Conv1DTranspose(6, 3, strides=2)(row(k, x)),
    "Conv2DTranspose": lambda k, x: k.Conv2DTranspose(6, 3)(x),
    "Conv2DTranspose strided": lambda k, x: k.Conv2DTranspose(6, 3, strides=2, padding="same")(x),
    "Conv3DTranspose": lambda k, x: k.Conv3DTranspose(6, 2, strides=2)(volume(k, x)),
    "DepthwiseConv1D": lambda k, x: k.DepthwiseConv1D(3)(row(k, x)),
    "DepthwiseConv2D": lambda k, x: k.DepthwiseConv2D(3)(x),
    "DepthwiseConv2D doubled": lambda k, x: k.DepthwiseConv2D(3, depth_multiplier=2)(x),
    "DepthwiseConv2D strided": lambda k, x: k.DepthwiseConv2D(3, strides=2, padding="same")(x),
    "DepthwiseConv2D dilated": lambda k, x: k.DepthwiseConv2D(3, dilation_rate=2)(x),
    "SeparableConv1D": lambda k, x: k.SeparableConv1D(10, 3)(row(k, x)),
    "SeparableConv2D": lambda k, x: k.SeparableConv2D(10, 3)(x),
    "SeparableConv2D strided": lambda k, x: k.SeparableConv2D(10, 3, strides=2)(x),
    "SpectralNormalization": lambda k, x: k.SpectralNormalization(k.Conv2D(10, 3))(x),
}
DENSE: Networks = {
    "Dense": lambda k, x: k.Dense(33, activation="relu")(k.Flatten()(x)),
    "Dense of maps": lambda k, x: k.Dense(9)(x),
    "EinsumDense": lambda k, x: k.EinsumDense("abc,cde->abde", (16, 3, 5))(row(k, x)),
    "Embedding": lambda k, x: k.Embedding(10, 4)(tokens(k, x)),
    "ReversibleEmbedding": lambda k, x: k.ReversibleEmbedding(10, 4)(tokens(k, x)),
    "Dot": lambda k, x: k.Dot(axes=2)([row(k, x), k.Dense(48)(row(k, x))]),
    "Dot, normalised": lambda k, x: k.Dot(axes=2, normalize=True)(
        [row(k, x), k.Dense(48)(row(k, x))]
    ),
    "TimeDistributed": lambda k, x: k.TimeDistributed(k.Dense(5))(row(k, x)),
    "Bilinear product": lambda k, x: k.Lambda(lambda x: x @ _tensorflow().transpose(x, (0, 2, 1)))(
        row(k, x)
    ),
}
NORMALISATIONS: Networks = {
    "BatchNormalization": lambda k, x: k.BatchNormalization()(x),
    "BatchNormalization of rows": lambda k, x: k.BatchNormalization()(k.Flatten()(x)),
    "BatchNormalization without scale": lambda k, x: k.BatchNormalization(
        scale=False, center=False
    )(x),
    "LayerNormalization": lambda k, x: k.LayerNormalization()(x),
    "LayerNormalization of maps": lambda k, x: k.LayerNormalization(axis=(1, 2, 3))(x),
    "LayerNormalization, one epsilon": lambda k, x: k.LayerNormalization(epsilon=1e-6, scale=False)(
        x
    ),
    "GroupNormalization": lambda k, x: k.GroupNormalization(3)(x),
    "GroupNormalization, instances": lambda k, x: k.GroupNormalization(-1)(x),
    "RMSNormalization": lambda k, x: k.RMSNormalization()(x),
    "UnitNormalization": lambda k, x: k.UnitNormalization()(x),
    "UnitNormalization of maps": lambda k, x: k.UnitNormalization(axis=(1, 2))(x),
    "Normalization": lambda k, x: k.Normalization(mean=0.3, variance=0.7)(x),
    "Normalization, adapted": lambda k, x: _adapted(k)(x),
    "batch_norm, local response": lambda k, x: k.Lambda(
        lambda x: _tensorflow().nn.local_response_normalization(x, 2, alpha=0.1, beta=0.75)
    )(x),
    "l2_normalize": lambda k, x: k.Lambda(lambda x: _tensorflow().nn.l2_normalize(x, -1))(x),
    "tf.nn.batch_normalization": lambda k, x: k.Lambda(
        lambda x: _tensorflow().nn.batch_normalization(
            x, *_tensorflow().nn.moments(x, (0, 1, 2)), None, None, 1e-3
        )
    )(x),
    "fused batch normalisation": lambda k, x: k.Lambda(
        lambda x: _tensorflow().compat.v1.nn.fused_batch_norm(x, *([[1.0] * 12, [0.1] * 12]))[0]
    )(x),
}


def _adapted(layers: Any) -> Any:
    import numpy as np

    layer = layers.Normalization()
    layer.adapt(np.random.default_rng(5).normal(3, 2, (50, 8, 8, 12)).astype(np.float32))
    return layer


POOLING: Networks = {
    "MaxPooling1D": lambda k, x: k.MaxPooling1D()(row(k, x)),
    "MaxPooling2D": lambda k, x: k.MaxPooling2D()(x),
    "MaxPooling2D overlapping": lambda k, x: k.MaxPooling2D(3, 2, padding="same")(x),
    "MaxPooling3D": lambda k, x: k.MaxPooling3D()(volume(k, x)),
    "AveragePooling1D": lambda k, x: k.AveragePooling1D(2)(row(k, x)),
    "AveragePooling2D": lambda k, x: k.AveragePooling2D(2)(x),
    "AveragePooling2D overlapping": lambda k, x: k.AveragePooling2D(3, 2, padding="same")(x),
    "AveragePooling3D": lambda k, x: k.AveragePooling3D(2)(volume(k, x)),
    "GlobalMaxPooling1D": lambda k, x: k.GlobalMaxPooling1D()(row(k, x)),
    "GlobalMaxPooling2D": lambda k, x: k.GlobalMaxPooling2D()(x),
    "GlobalMaxPooling3D": lambda k, x: k.GlobalMaxPooling3D()(volume(k, x)),
    "GlobalAveragePooling1D": lambda k, x: k.GlobalAveragePooling1D()(row(k, x)),
    "GlobalAveragePooling2D": lambda k, x: k.GlobalAveragePooling2D()(x),
    "GlobalAveragePooling3D": lambda k, x: k.GlobalAveragePooling3D()(volume(k, x)),
    "AdaptiveAveragePooling1D": lambda k, x: k.AdaptiveAveragePooling1D(5)(row(k, x)),
    "AdaptiveAveragePooling2D": lambda k, x: k.AdaptiveAveragePooling2D(3)(x),
    "AdaptiveAveragePooling3D": lambda k, x: k.AdaptiveAveragePooling3D(2)(volume(k, x)),
    "AdaptiveMaxPooling1D": lambda k, x: k.AdaptiveMaxPooling1D(5)(row(k, x)),
    "AdaptiveMaxPooling2D": lambda k, x: k.AdaptiveMaxPooling2D(3)(x),
    "AdaptiveMaxPooling3D": lambda k, x: k.AdaptiveMaxPooling3D(2)(volume(k, x)),
}
ATTENTION: Networks = {
    "Attention": lambda k, x: k.Attention()([row(k, x), row(k, x)]),
    "Attention, scaled": lambda k, x: k.Attention(use_scale=True, dropout=0.2)(
        [row(k, x), row(k, x)]
    ),
    "AdditiveAttention": lambda k, x: k.AdditiveAttention()([row(k, x), row(k, x)]),
    "MultiHeadAttention": lambda k, x: k.MultiHeadAttention(3, 8)(row(k, x), row(k, x)),
    "MultiHeadAttention with dropout": lambda k, x: k.MultiHeadAttention(2, 8, dropout=0.3)(
        row(k, x), row(k, x)
    ),
    "MultiHeadAttention, causal": lambda k, x: k.MultiHeadAttention(2, 8)(
        row(k, x), row(k, x), use_causal_mask=True
    ),
    "MultiHeadAttention, flash": lambda k, x: k.MultiHeadAttention(2, 8, flash_attention=False)(
        row(k, x), row(k, x)
    ),
    "GroupQueryAttention": lambda k, x: k.GroupQueryAttention(8, 4, 2)(row(k, x), row(k, x)),
}
RECURRENT: Networks = {
    "SimpleRNN": lambda k, x: k.SimpleRNN(9)(row(k, x)),
    "LSTM": lambda k, x: k.LSTM(9)(row(k, x)),
    "LSTM with dropout": lambda k, x: k.LSTM(9, dropout=0.2, recurrent_dropout=0.2)(row(k, x)),
    "GRU": lambda k, x: k.GRU(9, return_sequences=True)(row(k, x)),
    "GRU, reset before": lambda k, x: k.GRU(9, reset_after=False)(row(k, x)),
    "Bidirectional": lambda k, x: k.Bidirectional(k.LSTM(5))(row(k, x)),
    "RNN of cells": lambda k, x: k.RNN([k.LSTMCell(7), k.GRUCell(5), k.SimpleRNNCell(4)])(
        row(k, x)
    ),
    "RNN of StackedRNNCells": lambda k, x: k.RNN(k.StackedRNNCells([k.GRUCell(5), k.GRUCell(4)]))(
        row(k, x)
    ),
    "ConvLSTM1D": lambda k, x: k.ConvLSTM1D(4, 3)(k.Reshape((4, 16, 12))(x)),
    "ConvLSTM2D": lambda k, x: k.ConvLSTM2D(4, 3)(films(k, x)),
    "ConvLSTM3D": lambda k, x: k.ConvLSTM3D(3, 2)(k.Reshape((2, 4, 4, 4, 6))(x)),
    "Masking": lambda k, x: k.LSTM(5)(k.Masking(0.0)(k.ReLU()(row(k, x)))),
}
REGULARISATION: Networks = {
    "Dropout": lambda k, x: k.Dropout(0.3)(x),
    "AlphaDropout": lambda k, x: k.AlphaDropout(0.3)(x),
    "GaussianDropout": lambda k, x: k.GaussianDropout(0.3)(x),
    "GaussianNoise": lambda k, x: k.GaussianNoise(0.3)(x),
    "SpatialDropout1D": lambda k, x: k.SpatialDropout1D(0.3)(row(k, x)),
    "SpatialDropout2D": lambda k, x: k.SpatialDropout2D(0.3)(x),
    "SpatialDropout3D": lambda k, x: k.SpatialDropout3D(0.3)(volume(k, x)),
    "ActivityRegularization": lambda k, x: k.ActivityRegularization(0.01, 0.01)(x),
    "L1 and L2": lambda k, x: k.Conv2D(6, 3, kernel_regularizer="l1", bias_regularizer="l2")(x),
    "orthogonal regulariser": lambda k, x: k.Dense(9, kernel_regularizer="orthogonal_regularizer")(
        x
    ),
    "MaxNorm": lambda k, x: k.Dense(9, kernel_constraint="max_norm")(x),
    "MinMaxNorm": lambda k, x: k.Dense(9, kernel_constraint="min_max_norm")(x),
    "NonNeg": lambda k, x: k.Dense(9, kernel_constraint="non_neg")(x),
    "UnitNorm": lambda k, x: k.Dense(9, kernel_constraint="unit_norm")(x),
}
RESHAPING: Networks = {
    "Cropping1D": lambda k, x: k.Cropping1D(1)(row(k, x)),
    "Cropping2D": lambda k, x: k.Cropping2D(1)(x),
    "Cropping3D": lambda k, x: k.Cropping3D(1)(volume(k, x)),
    "ZeroPadding1D": lambda k, x: k.Conv1D(4, 3)(k.ZeroPadding1D(1)(row(k, x))),
    "ZeroPadding2D": lambda k, x: k.Conv2D(4, 3)(k.ZeroPadding2D(1)(x)),
    "ZeroPadding3D": lambda k, x: k.Conv3D(4, 3)(k.ZeroPadding3D(1)(volume(k, x))),
    "UpSampling1D": lambda k, x: k.UpSampling1D()(row(k, x)),
    "UpSampling2D": lambda k, x: k.UpSampling2D()(x),
    "UpSampling2D bilinear": lambda k, x: k.UpSampling2D(interpolation="bilinear")(x),
    "UpSampling2D bicubic": lambda k, x: k.UpSampling2D(interpolation="bicubic")(x),
    "UpSampling2D lanczos5": lambda k, x: k.UpSampling2D(interpolation="lanczos5")(x),
    "UpSampling3D": lambda k, x: k.UpSampling3D()(volume(k, x)),
    "Permute and RepeatVector": lambda k, x: k.RepeatVector(2)(
        k.Flatten()(k.Permute((3, 1, 2))(x))
    ),
    "Identity": lambda k, x: k.Identity()(x),
    "Add": lambda k, x: k.Add()([x, k.Dense(12)(x)]),
    "Average": lambda k, x: k.Average()([x, k.Dense(12)(x), k.Dense(12)(x)]),
    "Concatenate": lambda k, x: k.Concatenate()([x, k.Dense(5)(x)]),
    "Maximum": lambda k, x: k.Maximum()([x, k.Dense(12)(x)]),
    "Minimum": lambda k, x: k.Minimum()([x, k.Dense(12)(x)]),
    "Multiply": lambda k, x: k.Multiply()([x, k.Dense(12)(x)]),
    "Subtract": lambda k, x: k.Subtract()([x, k.Dense(12)(x)]),
}
DATA: Networks = {
    "CategoryEncoding": lambda k, x: k.CategoryEncoding(10, "one_hot")(tokens(k, x)),
    "Discretization": lambda k, x: k.Embedding(5, 3)(k.Discretization([-1.0, -0.1, 0.0, 0.5])(x)),
    "Hashing": lambda k, x: k.Embedding(7, 3)(k.Hashing(7)(tokens(k, x))),
    "HashedCrossing": lambda k, x: k.Embedding(7, 3)(
        k.HashedCrossing(7)((tokens(k, x)[:, 0, :1], tokens(k, x)[:, 1, :1]))
    ),
    "IntegerLookup": lambda k, x: k.Embedding(12, 3)(
        k.IntegerLookup(vocabulary=list(range(10)))(tokens(k, x))
    ),
    "STFTSpectrogram": lambda k, x: k.STFTSpectrogram(frame_length=64, frame_step=32)(
        k.Reshape((768, 1))(x)
    ),
    "MelSpectrogram": lambda k, x: k.MelSpectrogram(
        fft_length=128, sequence_stride=64, sequence_length=128, sampling_rate=2000, num_mel_bins=9,
    )(k.Reshape((768,))(x)),
}  # fmt: skip
# What sums along thousands of numbers: libraries cut these by the sizes of the CPU's caches.
LONG: Networks = {
    "Dense, 6144 inputs": lambda k, x: k.Dense(130)(k.Concatenate()([k.Flatten()(x)] * 8)),
    "Conv2D, 300 channels": lambda k, x: k.Conv2D(33, 3)(k.Dense(300)(x)),
    "Conv2D of large maps": lambda k, x: k.Conv2D(17, 3)(k.UpSampling2D(8)(x)),
    "DepthwiseConv2D of large maps": lambda k, x: k.DepthwiseConv2D(3)(k.UpSampling2D(8)(x)),
    "BatchNormalization of large maps": lambda k, x: k.BatchNormalization()(k.UpSampling2D(8)(x)),
    "LayerNormalization of long rows": lambda k, x: k.LayerNormalization()(
        k.Dense(3000)(k.Flatten()(x))
    ),
    "GlobalAveragePooling of large maps": lambda k, x: k.GlobalAveragePooling2D()(
        k.UpSampling2D(8)(x)
    ),
    "Softmax of long rows": lambda k, x: k.Softmax()(k.Dense(3000)(k.Flatten()(x))),
    "MultiHeadAttention, 256 tokens": lambda k, x: k.MultiHeadAttention(2, 48)(
        *[k.Reshape((256, 12))(k.UpSampling2D(2)(x))] * 2
    ),
    "LSTM, 300 units": lambda k, x: k.LSTM(300)(k.Reshape((4, 192))(x)),
    "Conv2D grouped, 96 channels": lambda k, x: k.Conv2D(96, 3, groups=4)(k.Dense(96)(x)),
}
LINEAR_ALGEBRA: Networks = {
    name: _of_squares(compute)
    for name, compute in {
        "cholesky": lambda tf, x: tf.linalg.cholesky(x),
        "inv": lambda tf, x: tf.linalg.inv(x),
        "solve": lambda tf, x: tf.linalg.solve(x, x[:, :, :3] + 1.0),
        "det": lambda tf, x: tf.linalg.det(x / 20)[:, None],
        "qr": lambda tf, x: tf.linalg.qr(x)[1],
        "svd": lambda tf, x: tf.linalg.svd(x, compute_uv=False),
        "eigh": lambda tf, x: tf.linalg.eigvalsh(x),
        "fft": lambda tf, x: tf.abs(tf.signal.fft2d(tf.cast(x, tf.complex64))),
        "rfft": lambda tf, x: tf.abs(tf.signal.rfft(x)),
        "norm": lambda tf, x: tf.norm(x, axis=-1),
        "cumsum": lambda tf, x: tf.cumsum(x, axis=1),
        "cumprod": lambda tf, x: tf.math.cumprod(tf.tanh(x), axis=1),
        "logsumexp": lambda tf, x: tf.reduce_logsumexp(x, axis=1),
        "std": lambda tf, x: tf.math.reduce_std(x, axis=1),
        "top_k": lambda tf, x: tf.math.top_k(x, 3)[0],
        "segment_sum": lambda tf, x: x + _segments(tf, x)[0, 0, 0],
    }.items()
}  # fmt: skip


CASES = tuple(
    Case(family, name, network)
    for family, networks in {
        "convolution": CONVOLUTIONS,
        "dense, embedding": DENSE,
        "normalisation": NORMALISATIONS,
        "pooling": POOLING,
        "attention": ATTENTION,
        "recurrent": RECURRENT,
        "regularisation": REGULARISATION,
        "reshaping, merging": RESHAPING,
        "data": DATA,
        "long sums": LONG,
        "linear algebra": LINEAR_ALGEBRA,
    }.items()
    for name, network in networks.items()
)
