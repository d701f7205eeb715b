"""Cases for activations, functions, optimizers, losses, initialisers, NumPy, dtypes and XLA."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.bits.case import CLASSES, Case
from tests.bits.layer_cases import row

ACTIVATIONS = """
    celu elu exponential gelu hard_shrink hard_sigmoid hard_silu hard_tanh leaky_relu linear
    log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign
    sparse_plus sparse_sigmoid sparsemax squareplus tanh tanh_shrink
""".split()
# Of positive numbers, about 0.1 to 3, in a graph of their own; with their gradients.
FUNCTIONS = """
    acos acosh asin asinh atan atanh cos cosh digamma erf erfc erfinv exp expm1 lgamma log log1p
    log_sigmoid ndtri reciprocal rsqrt sigmoid sin sinh sqrt square tan tanh xlog1py_ pow_ divide_
    divide_no_nan_ floormod_ atan2_ igamma_ igammac_ bessel_i0 bessel_i1
""".split()
OPTIMIZERS: dict[str, Callable[[Any], Any]] = {
    "SGD": lambda o: o.SGD(0.1),
    "SGD, Nesterov": lambda o: o.SGD(0.1, momentum=0.9, nesterov=True),
    "Adadelta": lambda o: o.Adadelta(1.0),
    "Adafactor": lambda o: o.Adafactor(0.1),
    "Adagrad": lambda o: o.Adagrad(0.1),
    "Adam": lambda o: o.Adam(0.01),
    "Adam, AMSGrad": lambda o: o.Adam(0.01, amsgrad=True),
    "AdamW": lambda o: o.AdamW(0.01, weight_decay=0.01),
    "Adamax": lambda o: o.Adamax(0.01),
    "Ftrl": lambda o: o.Ftrl(0.1, l1_regularization_strength=0.01),
    "Lamb": lambda o: o.Lamb(0.01),
    "Lion": lambda o: o.Lion(0.01),
    "LossScaleOptimizer": lambda o: o.LossScaleOptimizer(o.SGD(0.1)),
    "MultiOptimizer": lambda o: o.MultiOptimizer(_by_kind(o.SGD(0.1), o.Adam(0.01))),
    "Muon": lambda o: o.Muon(0.01),
    "Nadam": lambda o: o.Nadam(0.01),
    "RMSprop": lambda o: o.RMSprop(0.01, momentum=0.5, centered=True),
    "ScheduleFreeAdamW": lambda o: o.ScheduleFreeAdamW(0.01),
    "clipnorm": lambda o: o.SGD(0.1, momentum=0.5, clipnorm=0.1),
    "global_clipnorm": lambda o: o.Adam(0.01, global_clipnorm=0.1),
    "clipvalue": lambda o: o.Adam(0.01, clipvalue=0.01),
    "use_ema": lambda o: o.Adam(0.01, use_ema=True, ema_overwrite_frequency=2),
    "gradient_accumulation_steps": lambda o: o.Adam(0.01, gradient_accumulation_steps=2),
    "CosineDecay": lambda o: o.SGD(o.schedules.CosineDecay(0.1, 7)),
    "CosineDecay, warmed up": lambda o: o.SGD(
        o.schedules.CosineDecay(0.1, 7, warmup_target=0.3, warmup_steps=1)
    ),
    "CosineDecayRestarts": lambda o: o.SGD(o.schedules.CosineDecayRestarts(0.1, 3)),
    "ExponentialDecay": lambda o: o.SGD(o.schedules.ExponentialDecay(0.1, 3, 0.7)),
    "InverseTimeDecay": lambda o: o.SGD(o.schedules.InverseTimeDecay(0.1, 3, 0.7)),
    "PiecewiseConstantDecay": lambda o: o.SGD(o.schedules.PiecewiseConstantDecay([1], [0.1, 0.07])),
    "PolynomialDecay": lambda o: o.SGD(o.schedules.PolynomialDecay(0.1, 7, power=1.7)),
}  # fmt: skip
LOSSES: dict[str, Callable[[Any, Any, Any], Any]] = {
    name: lambda losses, y, p, name=name: getattr(losses, name)()(y, p)
    for name in """
        BinaryCrossentropy BinaryFocalCrossentropy CategoricalCrossentropy
        CategoricalFocalCrossentropy CategoricalHinge
        CosineSimilarity Dice Hinge Huber KLDivergence LogCosh MeanAbsoluteError
        MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError Poisson
        SquaredHinge Tversky
    """.split()
} | {
    "label smoothing": lambda losses, y, p: (
        losses.CategoricalCrossentropy(label_smoothing=0.1)(y, p)
    ),
}  # fmt: skip
INITIALISERS = """
    glorot_normal glorot_uniform he_normal he_uniform lecun_normal lecun_uniform
    orthogonal random_normal random_uniform truncated_normal variance_scaling identity
""".split()


def _product(x: Any) -> Any:
    return x @ (x.T @ x)


NUMPY: dict[str, Callable[[Any, Any], Any]] = {
    "exp": lambda np, x: np.exp(x),
    "log": lambda np, x: np.log(x),
    "sin": lambda np, x: np.sin(x),
    "tanh": lambda np, x: np.tanh(x),
    "power": lambda np, x: x**1.7,
    "power of float64": lambda np, x: x.astype(float) ** 1.7,
    "log of float64": lambda np, x: np.log(x.astype(float)) * 1e7 % 1.0,
    "square root": lambda np, x: np.sqrt(x),
    "sum": lambda np, x: x * x.sum(axis=0) / x.sum(),
    "standard deviation": lambda np, x: x / x.std(axis=0),
    "matrix product": lambda np, x: _product(x),
    "matrix product of float64": lambda np, x: _product(x.astype(float)) * 1e7 % 1.0,
    "einsum": lambda np, x: np.einsum("ij,kj->ik", x, x[:64]),
    "convolve": lambda np, x: np.stack([np.convolve(row, x[0], "same") for row in x]),
    "singular values": lambda np, x: x * np.linalg.svd(x, compute_uv=False)[0],
    "inverse": lambda np, x: x @ np.linalg.inv(x[:64].astype(float)),
    "Fourier transform": lambda np, x: np.abs(np.fft.fft(x)),
    "normal random numbers": lambda np, x: np.random.default_rng(4).normal(size=x.shape),
    "old random numbers": lambda np, x: np.random.RandomState(4).gamma(2.0, size=x.shape),
}  # fmt: skip


def activation(name: str) -> Callable[[Any, Any], Any]:
    return lambda k, x: k.Activation(name)(x)


def function(name: str) -> Callable[[Any, Any], Any]:
    def compute(x: Any) -> Any:
        import tensorflow as tf

        x = tf.abs(x) * 0.9 + 0.05
        if name in {"acos", "asin", "atanh", "erfinv", "ndtri"}:
            x = x / (1 + tf.reduce_max(x))
        if name == "acosh":
            x = x + 1
        return getattr(tf.math, name)(x)

    def of_two(x: Any) -> Any:
        import tensorflow as tf

        x = tf.abs(x) + 0.3
        return getattr(tf.math, name[:-1])(x, x[:, ::-1] + 1.1)

    return lambda k, x: k.Lambda(of_two if name.endswith("_") else compute)(x)


def raw(name: str) -> Callable[[Any, Any], Any]:
    """Return an operation past our replacement, which is to be seen in the matrix."""

    def approximate(x: Any) -> Any:
        import tensorflow as tf

        return getattr(tf.raw_ops, name)(x=tf.abs(x) + 0.3)

    return lambda k, x: k.Lambda(approximate)(x)


def loss(compute: Callable[[Any, Any, Any], Any]) -> Callable[[Any], Any]:
    """Return a loss of probabilities, which is handed one-hot labels."""

    def of_labels(keras: Any) -> Any:
        return lambda y, p: compute(
            keras.losses, keras.ops.one_hot(y, CLASSES), keras.ops.softmax(p)
        )

    return of_labels


def _glu(k: Any, x: Any) -> Any:
    return k.Lambda(_keras().activations.glu)(x)


def _keras() -> Any:
    import keras

    return keras


def initialiser(name: str) -> Callable[[Any, Any], Any]:
    return lambda k, x: k.Dense(12, kernel_initializer=name)(x)


def numpy_weights(compute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return a layer whose weights NumPy computed."""
    import numpy as np

    def initial(shape: Any, dtype: Any = None) -> Any:
        import tensorflow as tf

        x = np.random.default_rng(3).random(shape, np.float32) + np.float32(0.1)
        return tf.constant(compute(np, x).astype(np.float32))

    return lambda k, x: k.Dense(64, kernel_initializer=initial)(k.Flatten()(x))


def compiled(compute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return what XLA makes of a function of TensorFlow and a tensor."""

    def by_xla(x: Any) -> Any:
        import tensorflow as tf

        return tf.function(lambda x: compute(tf, x), jit_compile=True)(x)

    return lambda k, x: k.Lambda(by_xla)(row(k, x))


XLA = {
    "softmax": lambda tf, x: tf.nn.softmax(x),
    "exp": lambda tf, x: tf.exp(x),
    "tanh": lambda tf, x: tf.tanh(x),
    "gelu": lambda tf, x: tf.nn.gelu(x),
    "sum": lambda tf, x: x - tf.reduce_mean(x, axis=1, keepdims=True),
    "sum of rows": lambda tf, x: x - tf.reduce_mean(x, axis=2, keepdims=True),
    "normalisation": lambda tf, x: x * tf.math.rsqrt(tf.reduce_mean(x * x, 2, keepdims=True) + 1),
    "matrix product": lambda tf, x: x @ tf.transpose(x, (0, 2, 1)),
    "convolution": lambda tf, x: tf.nn.conv1d(x, tf.ones((3, 48, 7)) / 3, 1, "SAME"),
    "products added": lambda tf, x: x * x + x * 0.3 - x * x * 0.7,
    "random numbers": lambda tf, x: x + tf.random.stateless_normal(x.shape[1:], (1, 2)),
}  # fmt: skip


def network(k: Any, x: Any) -> Any:
    x = k.Conv2D(9, 3, padding="same")(x)
    x = k.ReLU()(k.BatchNormalization()(x))
    x = k.MaxPooling2D()(k.DepthwiseConv2D(3)(x))
    return k.Dense(17, activation="gelu")(k.Dropout(0.2)(k.Flatten()(x)))


def dtype_cases() -> tuple[Case, ...]:
    from tests.bits import layer_cases as of_layers

    pieces = {
        "Conv2D": of_layers.CONVOLUTIONS["Conv2D"],
        "Conv2D grouped": of_layers.CONVOLUTIONS["Conv2D grouped"],
        "Conv3D": of_layers.CONVOLUTIONS["Conv3D"],
        "Conv2DTranspose": of_layers.CONVOLUTIONS["Conv2DTranspose"],
        "DepthwiseConv2D": of_layers.CONVOLUTIONS["DepthwiseConv2D"],
        "SeparableConv2D": of_layers.CONVOLUTIONS["SeparableConv2D"],
        "Dense": of_layers.DENSE["Dense"],
        "Dense, 6144 inputs": of_layers.LONG["Dense, 6144 inputs"],
        "EinsumDense": of_layers.DENSE["EinsumDense"],
        "Embedding": of_layers.DENSE["Embedding"],
        "BatchNormalization": of_layers.NORMALISATIONS["BatchNormalization"],
        "LayerNormalization": of_layers.NORMALISATIONS["LayerNormalization"],
        "GroupNormalization": of_layers.NORMALISATIONS["GroupNormalization"],
        "MaxPooling2D": of_layers.POOLING["MaxPooling2D"],
        "AveragePooling2D": of_layers.POOLING["AveragePooling2D"],
        "GlobalAveragePooling2D": of_layers.POOLING["GlobalAveragePooling2D"],
        "MultiHeadAttention": of_layers.ATTENTION["MultiHeadAttention"],
        "LSTM": of_layers.RECURRENT["LSTM"],
        "GRU": of_layers.RECURRENT["GRU"],
        "Dropout": of_layers.REGULARISATION["Dropout"],
        "gelu": activation("gelu"),
        "softmax": activation("softmax"),
        "swish": activation("silu"),
        "UpSampling2D bilinear": of_layers.RESHAPING["UpSampling2D bilinear"],
        "network": network,
    }
    return (
        *(
            Case(policy, name, network, policy=policy, portable=policy == "mixed_bfloat16")
            for policy in ("mixed_float16", "mixed_bfloat16", "float64")
            for name, network in pieces.items()
        ),
        Case(
            "mixed_float16",
            "Adam",
            network,
            optimizer=_of("Adam"),
            policy="mixed_float16",
            portable=False,
        ),
        Case("float16", "network", network, policy="float16", portable=False),
        Case(
            "float16",
            "network, Adam",
            network,
            optimizer=_of("Adam"),
            policy="float16",
            portable=False,
        ),
        Case("bfloat16", "network", network, policy="bfloat16"),
        Case("bfloat16", "network, Adam", network, optimizer=_of("Adam"), policy="bfloat16"),
    )


def _of(optimizer: str) -> Callable[[Any], Any]:
    return lambda keras: OPTIMIZERS[optimizer](keras.optimizers)


def _by_kind(of_kernels: Any, of_others: Any) -> Callable[[Any], Any]:
    return lambda variable: of_kernels if variable.name == "kernel" else of_others


CASES = (
    *(Case("activation", name, activation(name)) for name in ACTIVATIONS),
    Case("activation", "glu", _glu),
    Case(
        "activation",
        "threshold",
        lambda k, x: k.Lambda(lambda x: _keras().activations.threshold(x, 0.1, 0.0))(x),
    ),
    Case("activation", "PReLU", lambda k, x: k.PReLU()(x)),
    Case("activation", "ReLU", lambda k, x: k.ReLU(6.0, 0.1, 0.01)(x)),
    Case("activation", "LeakyReLU", lambda k, x: k.LeakyReLU(0.2)(x)),
    Case("activation", "ELU", lambda k, x: k.ELU(0.7)(x)),
    Case("activation", "Softmax", lambda k, x: k.Softmax(axis=1)(x)),
    *(Case("function", name.rstrip("_"), function(name)) for name in FUNCTIONS),
    *(Case("optimizer", name, network, optimizer=_of(name)) for name in OPTIMIZERS),
    *(Case("loss", name, loss=loss(compute)) for name, compute in LOSSES.items()),
    Case("loss", "SparseCategoricalCrossentropy"),
    Case(
        "loss",
        "CategoricalGeneralizedCrossEntropy",
        loss=lambda keras: (
            lambda y, p: keras.losses.CategoricalGeneralizedCrossEntropy()(y, keras.ops.softmax(p))
        ),
    ),
    Case(
        "loss",
        "SparseCategoricalCrossentropy of probabilities",
        lambda k, x: k.Dense(CLASSES, activation="softmax")(k.Flatten()(x)),
        loss=lambda keras: keras.losses.SparseCategoricalCrossentropy(),
    ),
    *(Case("initialiser", name, initialiser(name)) for name in INITIALISERS),
    *(Case("NumPy in weights", name, numpy_weights(compute)) for name, compute in NUMPY.items()),
    *dtype_cases(),
    *(Case("XLA", name, compiled(compute), portable=False) for name, compute in XLA.items()),
    *(Case("approximation", name, raw(name), portable=False) for name in ("Rsqrt", "Reciprocal")),
)
