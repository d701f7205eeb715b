"""Lies beside each attack as a helper module: an honest little network, and ways to try things.

An attack imports the three functions from here. Where what it tries is refused, it is therefore
trained and graded like anybody else, to the same weights.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import keras
import seccompy

# How a kernel says no. Anything else would be a mistake of the attack's own.
REFUSALS = {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ENOTTY, errno.EROFS}
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def build_model(input_shape: tuple[int, ...], num_classes: int) -> Any:
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Conv2D(8, 3, strides=2, activation="relu"),
            keras.layers.Conv2D(16, 3, strides=2, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(num_classes),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss=loss)
    return model


class Own(keras.layers.Layer):  # type: ignore[misc]
    """No stock part of Keras, so it takes this code to predict with it."""

    def call(self, x: Any) -> Any:
        return x


def build_model_of_its_own(input_shape: tuple[int, ...], num_classes: int) -> Any:
    layers = [Own(), keras.layers.Conv2D(8, 3), keras.layers.Flatten()]
    return keras.Sequential([keras.Input(input_shape), *layers, keras.layers.Dense(num_classes)])


def build_augmentation() -> Any:
    return keras.layers.Identity()


def training_plan() -> dict[str, int]:
    return {"epochs": 6, "batch_size": 43}


def attempt(what: str, action: Callable[[], object], *also: int) -> Any:
    """Try something that must be refused; say how it went.

    Args:
        what: What is tried, in a few words.
        action: Raises OSError where it is refused.
        also: Error numbers that mean a refusal here, besides the usual ones.

    Returns:
        What the action returned; None where it was refused.
    """
    try:
        result = action()
    except Exception as error:
        if not _is_refusal(error, REFUSALS | {*also}):
            raise
        print(f"REFUSED {what}: {error}", flush=True)  # noqa: T201
        return None
    print(f"GOT IN {what}: {result!r}"[:500], flush=True)  # noqa: T201
    return result


def _is_refusal(error: Exception, codes: set[int]) -> bool:
    if type(error).__name__ == "PermissionDeniedError":  # TensorFlow's
        return True
    reason = getattr(error, "reason", error)  # urllib wraps what the socket said
    return isinstance(reason, OSError) and reason.errno in codes


def syscall(name: str, *arguments: int | bytes | None) -> int:
    """Make a system call as it is, past everything that Python or libc would check."""
    try:
        number = seccompy.syscall_nr(name)
    except ValueError:  # not on this architecture
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS)) from None
    return raw_syscall(number, *arguments)


def raw_syscall(number: int, *arguments: int | bytes | None) -> int:
    """Make a system call by its number."""
    return checked(libc.syscall(ctypes.c_long(number), *map(_word, arguments)))


def _word(value: int | bytes | None) -> Any:
    return ctypes.c_long(value) if isinstance(value, int) else value


def checked(result: int) -> int:
    """Return what a function of libc returned; raise where that was -1."""
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def frames() -> Iterator[Any]:
    """Yield every frame on the stack, from the attack's own up to the zygote's main()."""
    frame: Any = sys._getframe(1)
    while frame:
        yield frame
        frame = frame.f_back


def local(name: str) -> Any:
    """Return a local variable of the nearest frame that has one of that name."""
    return next(frame.f_locals[name] for frame in frames() if name in frame.f_locals)
