"""Cases for the layers: `l` is `keras.layers`, `x` float32 (batch, 8, 8, 12)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.bits.case import Case

Networks = Mapping[str, Callable[[Any, Any], Any]]


def row(l: Any, x: Any) -> Any:  # noqa: E741
    """Return it as sequences, (batch, 16, 48)."""
    return l.Reshape((16, 48))(x)


def volume(l: Any, x: Any) -> Any:  # noqa: E741
    """Return it as volumes, (batch, 4, 4, 4, 12)."""
    return l.Reshape((4, 4, 4, 12))(x)


def films(l: Any, x: Any) -> Any:  # noqa: E741
    """Return it as short films, (batch, 2, 8, 8, 6)."""
    return l.Reshape((2, 8, 8, 6))(x)


def tokens(l: Any, x: Any) -> Any:  # noqa: E741
    """Return whole numbers from 0 to 9, (batch, 8, 8)."""
    return l.Lambda(lambda x: _tensorflow().cast(_tensorflow().abs(x[..., 0]) * 40, "int32") % 10)(
        x
    )


def _tensorflow() -> Any:
    import tensorflow as tf

    return tf


CONVOLUTIONS: Networks = {
    "Conv1D": lambda l, x: l.Conv1D(10, 3)(row(l, x)),
    "Conv1D causal": lambda l, x: l.Conv1D(10, 3, padding="causal", dilation_rate=2)(row(l, x)),
    "Conv2D": lambda l, x: l.Conv2D(10, 3)(x),
    "Conv2D same, strided": lambda l, x: l.Conv2D(10, 3, strides=2, padding="same")(x),
    "Conv2D dilated": lambda l, x: l.Conv2D(10, 3, dilation_rate=2)(x),
    "Conv2D dilated, same": lambda l, x: l.Conv2D(10, 3, dilation_rate=2, padding="same")(x),
    "Conv2D pointwise": lambda l, x: l.Conv2D(10, 1, use_bias=False)(x),
    "Conv2D 5x5, no multiple of 8": lambda l, x: l.Conv2D(7, 5, activation="relu")(x),
    "Conv2D grouped": lambda l, x: l.Conv2D(12, 3, groups=3)(x),
    "Conv2D grouped, strided": lambda l, x: l.Conv2D(8, 3, groups=2, strides=2)(x),
    "Conv3D": lambda l, x: l.Conv3D(6, 2)(volume(l, x)),
    "Conv3D strided": lambda l, x: l.Conv3D(6, 3, strides=2, padding="same")(volume(l, x)),
    "Conv1DTranspose": lambda l, x: l.Conv1DTranspose(6, 3, strides=2)(row(l, x)),
    "Conv2DTranspose": lambda l, x: l.Conv2DTranspose(6, 3)(x),
    "Conv2DTranspose strided": lambda l, x: l.Conv2DTranspose(6, 3, strides=2, padding="same")(x),
    "Conv3DTranspose": lambda l, x: l.Conv3DTranspose(6, 2, strides=2)(volume(l, x)),
    "DepthwiseConv1D": lambda l, x: l.DepthwiseConv1D(3)(row(l, x)),
    "DepthwiseConv2D": lambda l, x: l.DepthwiseConv2D(3)(x),
    "DepthwiseConv2D doubled": lambda l, x: l.DepthwiseConv2D(3, depth_multiplier=2)(x),
    "DepthwiseConv2D strided": lambda l, x: l.DepthwiseConv2D(3, strides=2, padding="same")(x),
    "DepthwiseConv2D dilated": lambda l, x: l.DepthwiseConv2D(3, dilation_rate=2)(x),
    "SeparableConv1D": lambda l, x: l.SeparableConv1D(10, 3)(row(l, x)),
    "SeparableConv2D": lambda l, x: l.SeparableConv2D(10, 3)(x),
    "SeparableConv2D strided": lambda l, x: l.SeparableConv2D(10, 3, strides=2)(x),
    "SpectralNormalization": lambda l, x: l.SpectralNormalization(l.Conv2D(10, 3))(x),
}
DENSE: Networks = {
    "Dense": lambda l, x: l.Dense(33, activation="relu")(l.Flatten()(x)),
    "Dense of maps": lambda l, x: l.Dense(9)(x),
    "EinsumDense": lambda l, x: l.EinsumDense("abc,cde->abde", (16, 3, 5))(row(l, x)),
    "Embedding": lambda l, x: l.Embedding(10, 4)(tokens(l, x)),
    "ReversibleEmbedding": lambda l, x: l.ReversibleEmbedding(10, 4)(tokens(l, x)),
    "Dot": lambda l, x: l.Dot(axes=2)([row(l, x), l.Dense(48)(row(l, x))]),
    "Dot, normalised": lambda l, x: l.Dot(axes=2, normalize=True)(
        [row(l, x), l.Dense(48)(row(l, x))]
    ),
    "TimeDistributed": lambda l, x: l.TimeDistributed(l.Dense(5))(row(l, x)),
    "Bilinear product": lambda l, x: l.Lambda(lambda x: x @ _tensorflow().transpose(x, (0, 2, 1)))(
        row(l, x)
    ),
}
NORMALISATIONS: Networks = {
    "BatchNormalization": lambda l, x: l.BatchNormalization()(x),
    "BatchNormalization of rows": lambda l, x: l.BatchNormalization()(l.Flatten()(x)),
    "BatchNormalization without scale": lambda l, x: l.BatchNormalization(
        scale=False, center=False
    )(x),
    "LayerNormalization": lambda l, x: l.LayerNormalization()(x),
    "LayerNormalization of maps": lambda l, x: l.LayerNormalization(axis=(1, 2, 3))(x),
    "LayerNormalization, one epsilon": lambda l, x: l.LayerNormalization(epsilon=1e-6, scale=False)(
        x
    ),
    "GroupNormalization": lambda l, x: l.GroupNormalization(3)(x),
    "GroupNormalization, instances": lambda l, x: l.GroupNormalization(-1)(x),
    "RMSNormalization": lambda l, x: l.RMSNormalization()(x),
    "UnitNormalization": lambda l, x: l.UnitNormalization()(x),
    "UnitNormalization of maps": lambda l, x: l.UnitNormalization(axis=(1, 2))(x),
    "Normalization": lambda l, x: l.Normalization(mean=0.3, variance=0.7)(x),
    "Normalization, adapted": lambda l, x: _adapted(l)(x),
    "batch_norm, local response": lambda l, x: l.Lambda(
        lambda x: _tensorflow().nn.local_response_normalization(x, 2, alpha=0.1, beta=0.75)
    )(x),
    "l2_normalize": lambda l, x: l.Lambda(lambda x: _tensorflow().nn.l2_normalize(x, -1))(x),
    "tf.nn.batch_normalization": lambda l, x: l.Lambda(
        lambda x: _tensorflow().nn.batch_normalization(
            x, *_tensorflow().nn.moments(x, (0, 1, 2)), None, None, 1e-3
        )
    )(x),
    "fused batch normalisation": lambda l, x: l.Lambda(
        lambda x: _tensorflow().compat.v1.nn.fused_batch_norm(x, *([[1.0] * 12, [0.1] * 12]))[0]
    )(x),
}


def _adapted(layers: Any) -> Any:
    import numpy as np

    layer = layers.Normalization()
    layer.adapt(np.random.default_rng(5).normal(3, 2, (50, 8, 8, 12)).astype(np.float32))
    return layer


POOLING: Networks = {
    "MaxPooling1D": lambda l, x: l.MaxPooling1D()(row(l, x)),
    "MaxPooling2D": lambda l, x: l.MaxPooling2D()(x),
    "MaxPooling2D overlapping": lambda l, x: l.MaxPooling2D(3, 2, padding="same")(x),
    "MaxPooling3D": lambda l, x: l.MaxPooling3D()(volume(l, x)),
    "AveragePooling1D": lambda l, x: l.AveragePooling1D(2)(row(l, x)),
    "AveragePooling2D": lambda l, x: l.AveragePooling2D(2)(x),
    "AveragePooling2D overlapping": lambda l, x: l.AveragePooling2D(3, 2, padding="same")(x),
    "AveragePooling3D": lambda l, x: l.AveragePooling3D(2)(volume(l, x)),
    "GlobalMaxPooling1D": lambda l, x: l.GlobalMaxPooling1D()(row(l, x)),
    "GlobalMaxPooling2D": lambda l, x: l.GlobalMaxPooling2D()(x),
    "GlobalMaxPooling3D": lambda l, x: l.GlobalMaxPooling3D()(volume(l, x)),
    "GlobalAveragePooling1D": lambda l, x: l.GlobalAveragePooling1D()(row(l, x)),
    "GlobalAveragePooling2D": lambda l, x: l.GlobalAveragePooling2D()(x),
    "GlobalAveragePooling3D": lambda l, x: l.GlobalAveragePooling3D()(volume(l, x)),
    "AdaptiveAveragePooling1D": lambda l, x: l.AdaptiveAveragePooling1D(5)(row(l, x)),
    "AdaptiveAveragePooling2D": lambda l, x: l.AdaptiveAveragePooling2D(3)(x),
    "AdaptiveAveragePooling3D": lambda l, x: l.AdaptiveAveragePooling3D(2)(volume(l, x)),
    "AdaptiveMaxPooling1D": lambda l, x: l.AdaptiveMaxPooling1D(5)(row(l, x)),
    "AdaptiveMaxPooling2D": lambda l, x: l.AdaptiveMaxPooling2D(3)(x),
    "AdaptiveMaxPooling3D": lambda l, x: l.AdaptiveMaxPooling3D(2)(volume(l, x)),
}
ATTENTION: Networks = {
    "Attention": lambda l, x: l.Attention()([row(l, x), row(l, x)]),
    "Attention, scaled": lambda l, x: l.Attention(use_scale=True, dropout=0.2)(
        [row(l, x), row(l, x)]
    ),
    "AdditiveAttention": lambda l, x: l.AdditiveAttention()([row(l, x), row(l, x)]),
    "MultiHeadAttention": lambda l, x: l.MultiHeadAttention(3, 8)(row(l, x), row(l, x)),
    "MultiHeadAttention with dropout": lambda l, x: l.MultiHeadAttention(2, 8, dropout=0.3)(
        row(l, x), row(l, x)
    ),
    "MultiHeadAttention, causal": lambda l, x: l.MultiHeadAttention(2, 8)(
        row(l, x), row(l, x), use_causal_mask=True
    ),
    "MultiHeadAttention, flash": lambda l, x: l.MultiHeadAttention(2, 8, flash_attention=False)(
        row(l, x), row(l, x)
    ),
    "GroupQueryAttention": lambda l, x: l.GroupQueryAttention(8, 4, 2)(row(l, x), row(l, x)),
}
RECURRENT: Networks = {
    "SimpleRNN": lambda l, x: l.SimpleRNN(9)(row(l, x)),
    "LSTM": lambda l, x: l.LSTM(9)(row(l, x)),
    "LSTM with dropout": lambda l, x: l.LSTM(9, dropout=0.2, recurrent_dropout=0.2)(row(l, x)),
    "GRU": lambda l, x: l.GRU(9, return_sequences=True)(row(l, x)),
    "GRU, reset before": lambda l, x: l.GRU(9, reset_after=False)(row(l, x)),
    "Bidirectional": lambda l, x: l.Bidirectional(l.LSTM(5))(row(l, x)),
    "RNN of cells": lambda l, x: l.RNN([l.LSTMCell(7), l.GRUCell(5), l.SimpleRNNCell(4)])(
        row(l, x)
    ),
    "RNN of StackedRNNCells": lambda l, x: l.RNN(l.StackedRNNCells([l.GRUCell(5), l.GRUCell(4)]))(
        row(l, x)
    ),
    "ConvLSTM1D": lambda l, x: l.ConvLSTM1D(4, 3)(l.Reshape((4, 16, 12))(x)),
    "ConvLSTM2D": lambda l, x: l.ConvLSTM2D(4, 3)(films(l, x)),
    "ConvLSTM3D": lambda l, x: l.ConvLSTM3D(3, 2)(l.Reshape((2, 4, 4, 4, 6))(x)),
    "Masking": lambda l, x: l.LSTM(5)(l.Masking(0.0)(l.ReLU()(row(l, x)))),
}
REGULARISATION: Networks = {
    "Dropout": lambda l, x: l.Dropout(0.3)(x),
    "AlphaDropout": lambda l, x: l.AlphaDropout(0.3)(x),
    "GaussianDropout": lambda l, x: l.GaussianDropout(0.3)(x),
    "GaussianNoise": lambda l, x: l.GaussianNoise(0.3)(x),
    "SpatialDropout1D": lambda l, x: l.SpatialDropout1D(0.3)(row(l, x)),
    "SpatialDropout2D": lambda l, x: l.SpatialDropout2D(0.3)(x),
    "SpatialDropout3D": lambda l, x: l.SpatialDropout3D(0.3)(volume(l, x)),
    "ActivityRegularization": lambda l, x: l.ActivityRegularization(0.01, 0.01)(x),
    "L1 and L2": lambda l, x: l.Conv2D(6, 3, kernel_regularizer="l1", bias_regularizer="l2")(x),
    "orthogonal regulariser": lambda l, x: l.Dense(9, kernel_regularizer="orthogonal_regularizer")(
        x
    ),
    "MaxNorm": lambda l, x: l.Dense(9, kernel_constraint="max_norm")(x),
    "MinMaxNorm": lambda l, x: l.Dense(9, kernel_constraint="min_max_norm")(x),
    "NonNeg": lambda l, x: l.Dense(9, kernel_constraint="non_neg")(x),
    "UnitNorm": lambda l, x: l.Dense(9, kernel_constraint="unit_norm")(x),
}
RESHAPING: Networks = {
    "Cropping1D": lambda l, x: l.Cropping1D(1)(row(l, x)),
    "Cropping2D": lambda l, x: l.Cropping2D(1)(x),
    "Cropping3D": lambda l, x: l.Cropping3D(1)(volume(l, x)),
    "ZeroPadding1D": lambda l, x: l.Conv1D(4, 3)(l.ZeroPadding1D(1)(row(l, x))),
    "ZeroPadding2D": lambda l, x: l.Conv2D(4, 3)(l.ZeroPadding2D(1)(x)),
    "ZeroPadding3D": lambda l, x: l.Conv3D(4, 3)(l.ZeroPadding3D(1)(volume(l, x))),
    "UpSampling1D": lambda l, x: l.UpSampling1D()(row(l, x)),
    "UpSampling2D": lambda l, x: l.UpSampling2D()(x),
    "UpSampling2D bilinear": lambda l, x: l.UpSampling2D(interpolation="bilinear")(x),
    "UpSampling2D bicubic": lambda l, x: l.UpSampling2D(interpolation="bicubic")(x),
    "UpSampling2D lanczos5": lambda l, x: l.UpSampling2D(interpolation="lanczos5")(x),
    "UpSampling3D": lambda l, x: l.UpSampling3D()(volume(l, x)),
    "Permute and RepeatVector": lambda l, x: l.RepeatVector(2)(
        l.Flatten()(l.Permute((3, 1, 2))(x))
    ),
    "Identity": lambda l, x: l.Identity()(x),
    "Add": lambda l, x: l.Add()([x, l.Dense(12)(x)]),
    "Average": lambda l, x: l.Average()([x, l.Dense(12)(x), l.Dense(12)(x)]),
    "Concatenate": lambda l, x: l.Concatenate()([x, l.Dense(5)(x)]),
    "Maximum": lambda l, x: l.Maximum()([x, l.Dense(12)(x)]),
    "Minimum": lambda l, x: l.Minimum()([x, l.Dense(12)(x)]),
    "Multiply": lambda l, x: l.Multiply()([x, l.Dense(12)(x)]),
    "Subtract": lambda l, x: l.Subtract()([x, l.Dense(12)(x)]),
}
DATA: Networks = {
    "CategoryEncoding": lambda l, x: l.CategoryEncoding(10, "one_hot")(tokens(l, x)),
    "Discretization": lambda l, x: l.Embedding(5, 3)(l.Discretization([-1.0, -0.1, 0.0, 0.5])(x)),
    "Hashing": lambda l, x: l.Embedding(7, 3)(l.Hashing(7)(tokens(l, x))),
    "HashedCrossing": lambda l, x: l.Embedding(7, 3)(
        l.HashedCrossing(7)((tokens(l, x)[:, 0, :1], tokens(l, x)[:, 1, :1]))
    ),
    "IntegerLookup": lambda l, x: l.Embedding(12, 3)(
        l.IntegerLookup(vocabulary=list(range(10)))(tokens(l, x))
    ),
    "STFTSpectrogram": lambda l, x: l.STFTSpectrogram(frame_length=64, frame_step=32)(
        l.Reshape((768, 1))(x)
    ),
    "MelSpectrogram": lambda l, x: l.MelSpectrogram(
        fft_length=128, sequence_stride=64, sequence_length=128, sampling_rate=2000, num_mel_bins=9,
    )(l.Reshape((768,))(x)),
}  # fmt: skip
# What sums along thousands of numbers: libraries cut these by the sizes of the CPU's caches.
LONG: Networks = {
    "Dense, 6144 inputs": lambda l, x: l.Dense(130)(l.Concatenate()([l.Flatten()(x)] * 8)),
    "Conv2D, 300 channels": lambda l, x: l.Conv2D(33, 3)(l.Dense(300)(x)),
    "Conv2D of large maps": lambda l, x: l.Conv2D(17, 3)(l.UpSampling2D(8)(x)),
    "DepthwiseConv2D of large maps": lambda l, x: l.DepthwiseConv2D(3)(l.UpSampling2D(8)(x)),
    "BatchNormalization of large maps": lambda l, x: l.BatchNormalization()(l.UpSampling2D(8)(x)),
    "LayerNormalization of long rows": lambda l, x: l.LayerNormalization()(
        l.Dense(3000)(l.Flatten()(x))
    ),
    "GlobalAveragePooling of large maps": lambda l, x: l.GlobalAveragePooling2D()(
        l.UpSampling2D(8)(x)
    ),
    "Softmax of long rows": lambda l, x: l.Softmax()(l.Dense(3000)(l.Flatten()(x))),
    "MultiHeadAttention, 256 tokens": lambda l, x: l.MultiHeadAttention(2, 48)(
        *[l.Reshape((256, 12))(l.UpSampling2D(2)(x))] * 2
    ),
    "LSTM, 300 units": lambda l, x: l.LSTM(300)(l.Reshape((4, 192))(x)),
    "Conv2D grouped, 96 channels": lambda l, x: l.Conv2D(96, 3, groups=4)(l.Dense(96)(x)),
}
LINEAR_ALGEBRA: Networks = {
    name: lambda l, x, compute=compute: l.Lambda(lambda x: compute(_tensorflow(), x))(
        l.Lambda(lambda x: _square(_tensorflow(), x))(row(l, x))
    )
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
        "segment_sum": lambda tf, x: x + tf.math.unsorted_segment_sum(tf.transpose(x), [0, 1, 0, 1] * 4, 2)[0, 0, 0],
    }.items()
}  # fmt: skip


def _square(tf: Any, x: Any) -> Any:
    """Return positive definite matrices, (batch, 16, 16)."""
    return x @ tf.transpose(x, (0, 2, 1)) + tf.eye(16)


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
