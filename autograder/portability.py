"""What makes a training's bits hold on one CPU model only: all that is known, in one place.

Found by training every kind of layer on emulated CPUs; docs/bit-equality.md has the table, and
`make bits` repeats it.
"""

from __future__ import annotations

from autograder.cost import Graph, Op

XLA = "XLA (`jit_compile=True`): it compiles for the CPU that it finds"
FLOAT16 = (
    "float16: equal results could not be shown, since emulated CPUs flush its smallest numbers"
)
PYTHON = "Python inside of the step (`tf.py_function`): its libraries are not held to AVX2"
DECOMPOSITION = "decompositions of large matrices differ between CPUs"
FLOAT64 = "float64: large products differ between CPUs"
OTHER_CODE = "where a CPU has AVX-512, TensorFlow computes it by other instructions"
APPROXIMATE = "approximate instructions that differ between vendors"

_PYTHON = {"EagerPyFunc", "PyFunc", "PyFuncStateless"}
# `tf.math.rsqrt` and the like are replaced before a job starts; these go around that.
_DECOMPOSITIONS = {
    "Cholesky", "CholeskyGrad", "LogMatrixDeterminant", "Lu", "MatrixDeterminant",
    "MatrixExponential", "MatrixInverse", "MatrixSolve", "MatrixSolveLs", "MatrixSquareRoot",
    "MatrixTriangularSolve", "Qr", "SelfAdjointEigV2", "Svd",
}  # fmt: skip
# oneDNN, which is held to AVX2, has no float64.
_PRODUCTS = {"BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Einsum", "MatMul"}
_OTHER_CODE = {"Atan", "Erfc", "Ndtri"}
_APPROXIMATE = {"Inv", "Reciprocal", "Rsqrt"}


def unportable(graph: Graph) -> tuple[str, ...]:
    """Return what makes the bits of this training hold on one CPU model only, in words.

    Args:
        graph: The ops of its training step and of its prediction, as a job traced them.

    Returns:
        A line for each reason, with the layers or parts that it is found in; empty where every
        x86-64 CPU with AVX2 gives the same bits, as far as that was tried.
    """
    found: dict[str, dict[str, None]] = {}
    for op in (*graph.train.rows, *graph.predict.rows):
        for reason in _reasons(op):
            found.setdefault(reason, {})[op.layer or f"the {op.part}"] = None
    return tuple(f"{reason} (in {', '.join(places)})" for reason, places in found.items())


def _reasons(op: Op) -> list[str]:
    reasons = []
    if op.xla:
        reasons.append(XLA)
    if op.float16:
        reasons.append(FLOAT16)
    if op.op in _PYTHON:
        reasons.append(PYTHON)
    if op.op in _APPROXIMATE:
        reasons.append(f"{op.op}: {APPROXIMATE}")
    if op.op in _OTHER_CODE:
        reasons.append(f"{op.op}: {OTHER_CODE}")
    if op.item_bytes == 8 and (op.op in _PRODUCTS or op.op.startswith(("Conv2D", "Conv3D"))):
        reasons.append(FLOAT64)
    if op.op in _DECOMPOSITIONS:
        reasons.append(f"{op.op}: {DECOMPOSITION}")
    return reasons
