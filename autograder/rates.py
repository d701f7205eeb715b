"""What ops cost on the reference CPU: the constants behind reference seconds.

Fitted once on measured runs, see docs/reference-seconds.md. Changing one changes what every budget
is worth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

# What a step of worker/calibration.py takes on the machine that the constants were fitted on: 15.6
# to 20.7 ms in ten runs. Low in that range, so guards are rather wide.
CALIBRATION_STEP_MS = 16.0
# What TensorFlow spends on starting a step, and on each op, before any of its work.
STEP_US = 250.0
OP_US = 2.0
# What an op moves beyond this is no longer in the cache.
CACHE_BYTES = 4 << 20
MEMORY_GBYTES = 20.0
# AVX2 computes so many float32 at once; what is left over of a row costs as much as a full one, and
# a convolution's rows of channels, as if they were longer by so many.
LANES = 8
ROW_START = 2

Work = Literal["flops", "elements", "outputs"]


@dataclass(frozen=True)
class Kind:
    """How long ops of one kind take: ``overhead_us``, and the longer of computing and moving.

    Attributes:
        overhead_us: Microseconds that an op takes however little it does.
        gitems: Billions of items of work a second.
        gbytes: Billions of bytes a second.
        work: What an item is: a FLOP; an element of the largest tensor; or, where most of the
            inputs may go unread, an element of what comes out.
        ops: TensorFlow's names of them.
    """

    overhead_us: float
    gitems: float
    gbytes: float
    work: Work
    ops: str = ""
    padded: bool = False
    far_gbytes: float = MEMORY_GBYTES


KINDS = {
    "convolution": Kind(65, 87, 8.6, "flops", "Conv2D Conv3D"),
    "convolution to input": Kind(
        60, 82, 8.5, "flops", "Conv2DBackpropInput Conv3DBackpropInputV2"
    ),
    "convolution to filter": Kind(
        125, 82, 5, "flops", "Conv2DBackpropFilter Conv3DBackpropFilterV2"
    ),
    "grouped convolution": Kind(100, 0.4, 5, "flops"),
    "grouped convolution to filter": Kind(100, 0.09, 5, "flops"),
    "depthwise convolution": Kind(60, 24, 10, "flops", "DepthwiseConv2dNative"),
    "depthwise to input": Kind(25, 30, 11, "flops", "DepthwiseConv2dNativeBackpropInput"),
    "depthwise to filter": Kind(55, 15, 7, "flops", "DepthwiseConv2dNativeBackpropFilter"),
    "matrix product": Kind(
        8, 72, 6, "flops", "MatMul BatchMatMul BatchMatMulV2 BatchMatMulV3 Einsum"
    ),
    "average pooling": Kind(15, 12, 15, "flops", "AvgPool AvgPool3D"),
    "average pooling backward": Kind(15, 9, 6, "flops", "AvgPoolGrad AvgPool3DGrad"),
    "max pooling": Kind(30, 5, 11, "flops", "MaxPool MaxPool3D MaxPoolV2"),
    "max pooling backward": Kind(
        30, 7, 13, "flops", "MaxPoolGrad MaxPoolGradV2 MaxPool3DGrad"
    ),
    "simple, of one tensor": Kind(
        0.5, 8, 70, "elements",
        """Abs Add AddV2 BiasAdd Ceil ClipByValue Floor LeakyRelu LogicalNot Maximum Minimum Mul Neg
        Relu Relu6 Rint Round Sign Square Sub""",
    ),
    "simple, of several": Kind(
        0.8, 13, 38, "elements",
        """AddN EluGrad LeakyReluGrad LogicalAnd LogicalOr Relu6Grad ReluGrad SeluGrad SigmoidGrad
        SoftsignGrad TanhGrad""",
    ),
    "simple, broadcast": Kind(5, 2, 15, "elements", padded=True),
    "squared difference": Kind(15, 1.6, 7.5, "elements", "SquaredDifference", padded=True),
    "division, root": Kind(
        0.4, 4.3, 60, "elements",
        """Div DivNoNan Inv Mod RealDiv Reciprocal ReciprocalGrad Rsqrt RsqrtGrad Sqrt SqrtGrad
        Xdivy""",
    ),
    "function": Kind(
        1.3, 1.25, 20, "elements",
        """Acos Asin Atan Atan2 Cos Elu Erf Erfc Exp Log Log1p Selu Sigmoid Sin Softsign
        Tanh Xlogy""",
    ),
    "slow function": Kind(
        1, 0.25, 20, "elements", "Atanh Expm1 FloorMod Softplus SoftplusGrad"
    ),
    "very slow function": Kind(
        0.4, 0.08, 20, "elements",
        """Acosh Asinh BesselI0e BesselI1e Betainc Cosh Digamma Erfinv Igamma Igammac Lgamma Ndtri
        Polygamma Pow Sinh Tan Zeta""",
    ),
    "comparison, cast": Kind(
        1, 3.5, 20, "elements",
        """ApproximateEqual Cast Equal FloorDiv Greater GreaterEqual IsFinite IsInf IsNan LeftShift
        Less LessEqual NotEqual RightShift TruncateDiv BitwiseAnd BitwiseOr BitwiseXor Bitcast""",
    ),
    "selection": Kind(5, 1.2, 6, "elements", "Select SelectV2"),
    "selection, broadcast": Kind(4, 0.62, 18, "elements", padded=True),
    "reduction": Kind(
        4.5, 4.2, 40, "elements",
        "All Any EuclideanNorm L2Loss Max Mean Min Prod Sum", padded=True,
        far_gbytes=6,
    ),
    "reduction, scattered": Kind(4, 0.65, 20, "elements"),
    "bias gradient": Kind(8, 1.2, 25, "elements", "BiasAddGrad"),
    "softmax": Kind(
        17, 0.95, 20, "elements",
        """LogSoftmax LRN LRNGrad Softmax SoftmaxCrossEntropyWithLogits
        SparseSoftmaxCrossEntropyWithLogits""",
    ),
    "scan, search": Kind(5, 0.12, 20, "elements", "ArgMax ArgMin Cumprod Cumsum"),
    "sorting": Kind(5, 0.03, 20, "elements", "TopK TopKV2 Unique UniqueV2 Where"),
    "movement": Kind(
        2.5, 5, 11, "outputs",
        """BatchToSpaceND ConcatV2 DepthToSpace DiagPart DynamicStitch ExtractImagePatches
        MatrixBandPart MatrixDiagV3 Pad PadV2 ReverseV2 Roll Slice SpaceToBatchND SpaceToDepth
        Split SplitV StridedSlice StridedSliceGrad TensorListConcatV2 TensorListFromTensor
        TensorListStack Transpose ZerosLike OnesLike""",
    ),
    "repetition": Kind(5, 3, 30, "outputs", "BroadcastTo Fill OneHot Range Tile", padded=True),
    "gathering": Kind(
        10, 0.26, 20, "outputs",
        """Bincount DenseBincount GatherNd GatherV2 MirrorPad MirrorPadGrad Pack ResourceGather
        Unpack""",
    ),
    "scattering": Kind(
        8, 0.3, 20, "elements",
        """ResourceScatterAdd ResourceScatterUpdate ScatterNd SegmentSumV2 TensorScatterUpdate
        TensorScatterAdd UnsortedSegmentMax UnsortedSegmentSum""",
    ),
    "random numbers, uniform": Kind(
        4, 0.24, 20, "outputs",
        """RandomShuffle RandomUniform RandomUniformInt StatelessRandomUniformFullIntV2
        StatelessRandomUniformIntV2 StatelessRandomUniformV2 StatelessShuffle""",
    ),
    "random numbers, normal": Kind(
        9, 0.062, 20, "outputs", "RandomStandardNormal StatelessRandomNormalV2"
    ),
    "random numbers, other": Kind(
        10, 0.02, 20, "outputs",
        """Multinomial RandomGammaGrad RandomPoissonV2 StatelessMultinomial
        StatelessRandomBinomial StatelessRandomGammaV3 StatelessRandomPoisson
        StatelessTruncatedNormalV2 TruncatedNormal""",
    ),
    "image warp": Kind(
        2, 0.054, 20, "outputs",
        "CropAndResize ImageProjectiveTransformV3 ScaleAndTranslate ScaleAndTranslateGrad",
    ),
    "image resize": Kind(
        10, 0.6, 20, "elements",
        """ResizeArea ResizeBicubic ResizeBicubicGrad ResizeBilinear ResizeBilinearGrad
        ResizeNearestNeighbor ResizeNearestNeighborGrad""",
    ),
    "colour": Kind(10, 0.11, 20, "elements", "AdjustHue AdjustSaturation HSVToRGB RGBToHSV"),
    "update": Kind(
        1.6, 8, 12, "elements", "AssignAddVariableOp AssignSubVariableOp AssignVariableOp"
    ),
    "nothing moved": Kind(
        0, math.inf, math.inf, "outputs",
        """Assert BroadcastGradientArgs ConcatOffset EmptyTensorList InvertPermutation NoOp
        OptionalFromValue OptionalGetValue OptionalHasValue OptionalNone StatelessRandomGetAlg
        StatelessRandomGetKeyCounter TensorListElementShape
        TensorListGetItem TensorListLength TensorListPopBack TensorListPushBack
        TensorListReserve TensorListSetItem""",
    ),
}  # fmt: skip
# Whatever is not listed above: hardly any op is slower.
UNKNOWN = Kind(5, 0.05, 2, "elements")
KIND_OF = {op: name for name, kind in KINDS.items() for op in kind.ops.split()}
