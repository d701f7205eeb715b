"""Is a model made of nothing but Keras' own parts? Judged from its architecture as JSON.

The JSON was written by a process that ran a student's code, so it says whatever they like. What
passes here is rebuilt by Keras in a process that has none of that code, and must not bring any
along: no Lambda (whose bytecode is in the JSON), no wrapper around another framework's program, no
class or function by a name of one's own. Everything is an allow-list, and what Keras is handed is
written anew from what was read, so that no second reading of the same bytes can differ.

Source: `keras.saving.deserialize_keras_object` of Keras 3.15. It imports no module outside of
Keras' own, and with ``safe_mode`` no bytecode; the lists here do not rest on that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

# What goes where a layer goes; left out are the ones that run a program handed to them or that
# read files: Lambda, TFSMLayer, TorchModuleWrapper, JaxLayer, FlaxLayer and the lookups.
_LAYERS = frozenset(
    """
    Activation ActivityRegularization AdaptiveAveragePooling1D AdaptiveAveragePooling2D
    AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add
    AdditiveAttention AlphaDropout Attention AugMix AutoContrast Average AveragePooling1D
    AveragePooling2D AveragePooling3D BatchNormalization Bidirectional CategoryEncoding CenterCrop
    Concatenate ContrastLimitedAdaptiveHistogramEqualization Conv1D Conv1DTranspose Conv2D
    Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Cropping1D Cropping2D
    Cropping3D CutMix Dense DepthwiseConv1D DepthwiseConv2D Discretization Dot Dropout ELU
    EinsumDense Embedding Equalization Flatten GRU GRUCell GaussianDropout GaussianNoise
    GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D
    GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization GroupQueryAttention HashedCrossing
    Hashing Identity InputLayer LSTM LSTMCell LayerNormalization LeakyReLU Masking
    MaxNumBoundingBoxes MaxPooling1D MaxPooling2D MaxPooling3D Maximum MelSpectrogram Minimum
    MixUp MultiHeadAttention Multiply Normalization PReLU Permute Pipeline RMSNormalization RNN
    RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast
    RandomCrop RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale
    RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation RandomSaturation
    RandomSharpness RandomShear RandomTranslation RandomZoom ReLU RepeatVector Rescaling Reshape
    Resizing ReversibleEmbedding STFTSpectrogram SeparableConv1D SeparableConv2D SimpleRNN
    SimpleRNNCell Softmax Solarization SpatialDropout1D SpatialDropout2D SpatialDropout3D
    SpectralNormalization StackedRNNCells Subtract TimeDistributed UnitNormalization UpSampling1D
    UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D
    """.split()
)
_EXACTLY = {
    "keras": frozenset({"Sequential", "DTypePolicy"}),
    "keras.src.models.functional": frozenset({"Functional"}),
    "keras.layers": _LAYERS,
    "keras.dtype_policies": frozenset({"DTypePolicy", "DTypePolicyMap"}),
    "keras.random": frozenset({"SeedGenerator"}),
    "keras.src.ops.core": frozenset(
        "Cast ConvertToTensor SaturateCast Scatter ScatterUpdate Slice SliceUpdate StopGradient "
        "Unstack".split()
    ),
    "keras.src.ops.einops": frozenset({"Rearrange"}),
}
# Every class of these is arithmetic.
_WHOLE_MODULES = frozenset(
    "keras.initializers keras.regularizers keras.constraints keras.losses keras.optimizers "
    "keras.optimizers.schedules keras.src.ops.image "
    "keras.src.ops.linalg keras.src.ops.math keras.src.ops.nn keras.src.ops.numpy".split()
)
# Would differentiate a function handed to it; or are no operation of their own.
_NEVER = frozenset({"JVP", "Operation", "Function"})
_CLASS_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
_FUNCTIONS = frozenset(
    """
    celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu
    linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus
    softsign sparse_plus sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold
    """.split()
)
_FUNCTION_MODULES = frozenset({"builtins", "keras.activations"})
# Values that JSON has no word for, as Keras writes them.
_VALUES = {
    "__keras_tensor__": {"shape", "dtype", "keras_history"},
    "__slice__": {"start", "stop", "step"},
    "__ellipsis__": set[str](),
    "__numpy__": {"value", "dtype"},
    "__tensor__": {"value", "dtype"},
}
_NUMBERS = frozenset(
    "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 bfloat16 float32 "
    "float64".split()
)
_OBJECT_KEYS = {"class_name", "config", "module", "registered_name"}
_EXTRA_KEYS = {"build_config", "inbound_nodes", "name", "shared_object_id"}
_MAX_DEPTH = 100


def read_architecture(raw: bytes) -> Any:
    """Parse what a job left as its architecture, without the parts that say how it was trained.

    Raises:
        ValueError: It is no JSON.
    """
    try:
        return json.loads(raw, object_hook=_without_training)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _without_training(item: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key != "compile_config"}


def foreign_part(architecture: Any) -> str | None:
    """Return, in words, the first part that is not Keras' own; None if there is none."""
    if not isinstance(architecture, dict) or "class_name" not in architecture:
        return "the architecture is not as Keras writes it"
    return foreign_among(architecture)


def foreign_among(parts: Any) -> str | None:
    """The same for anything that holds parts, such as a list or dict of them."""
    return next(_foreign(parts, 0), None)


def _foreign(node: Any, depth: int) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        yield "the architecture is nested too deeply"
    elif isinstance(node, dict) and node.keys() & _OBJECT_KEYS - {"config"}:
        yield from _foreign_object(node, depth)
    elif isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from _foreign(child, depth + 1)


def _foreign_object(node: dict[str, Any], depth: int) -> Iterator[str]:
    name, module, config = (node.get(key) for key in ("class_name", "module", "config"))
    if isinstance(name, str) and name in _VALUES:
        if node.keys() != {"class_name", "config"} or not _is_value(config, _VALUES[name]):
            yield f"a {name} is not as Keras writes it"
    elif not _is_stock(node, name, module, config):
        shown = config if name == "function" else name
        yield f"{_shown(shown)} (from {_shown(module)}) is not a stock part of Keras"
    for key, child in node.items():
        if key not in ("class_name", "module", "registered_name"):
            yield from _foreign(child, depth + 1)


def _is_value(config: Any, keys: set[str]) -> bool:
    dtype = config.get("dtype", "int32") if isinstance(config, dict) else None
    return isinstance(dtype, str) and dtype in _NUMBERS and config.keys() == keys


def _is_stock(node: dict[str, Any], name: Any, module: Any, config: Any) -> bool:
    """Whether an object is written as Keras writes its own, and is one that we know."""
    if not isinstance(name, str) or not isinstance(module, str):
        return False
    registered = node.get("registered_name")
    if name == "function":
        known = module in _FUNCTION_MODULES and isinstance(config, str) and config in _FUNCTIONS
        return known and registered == config and node.keys() == _OBJECT_KEYS
    in_form = isinstance(config, dict) and registered in (None, name)
    in_form = in_form and _OBJECT_KEYS <= node.keys() <= _OBJECT_KEYS | _EXTRA_KEYS
    if module in _WHOLE_MODULES:
        return in_form and name not in _NEVER and _CLASS_NAME.fullmatch(name) is not None
    return in_form and name in _EXACTLY.get(module, ())


def _shown(value: Any) -> str:
    return repr(value)[:100] if value is not None else "nowhere"
