"""The arithmetic of ours that stands in for TensorFlow's."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.worker.determinism import _qr


@pytest.mark.parametrize("shape", [(5, 5), (3, 7), (7, 3), (40, 9), (1, 4)])
def test_a_matrix_is_decomposed(shape: tuple[int, int]) -> None:
    matrix = np.random.default_rng(0).normal(size=shape)
    q, r = _qr(matrix)
    np.testing.assert_allclose(q @ r, matrix, atol=1e-12)
    np.testing.assert_allclose(q.T @ q, np.eye(min(shape)), atol=1e-12)
    assert np.array_equal(r, np.triu(r))


def test_a_matrix_of_zeros_is_decomposed() -> None:
    q, r = _qr(np.zeros((3, 2)))
    assert np.array_equal(q, np.eye(3, 2))
    assert not r.any()
