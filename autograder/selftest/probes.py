"""Twenty things that no job may do, tried in a real job; `report` runs it as a submission.

Each probe raises OSError where it is refused, and returns where it got in.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import resource
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

_libc = ctypes.CDLL(None, use_errno=True)
# Where libc has no function of its own: numbers of asm/unistd_64.h and asm-generic/unistd.h.
_NUMBERS = {
    "x86_64": {"bpf": 321, "keyctl": 250, "perf_event_open": 298, "userfaultfd": 323},
    "aarch64": {"bpf": 280, "keyctl": 219, "perf_event_open": 241, "userfaultfd": 282},
}
_IO_URING_SETUP = 425  # the same everywhere
_CLONE_NEWUSER = 0x10000000
_PTRACE_ATTACH = 16
_SESSION_KEYRING = -3


def _ask(result: int) -> None:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _call(name: str, *arguments: Any) -> Callable[[], None]:
    number = _IO_URING_SETUP
    if name != "io_uring_setup":
        number = _NUMBERS[platform.machine()][name]
    return lambda: _ask(_libc.syscall(number, *arguments))


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


class _Vector(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


def _read_memory_of(pid: int) -> None:
    buffer = ctypes.create_string_buffer(8)
    here = _Vector(ctypes.addressof(buffer), 8)  # fork leaves it at the same address there
    _ask(_libc.process_vm_readv(pid, ctypes.byref(here), 1, ctypes.byref(here), 1, 0))


def probes(canary: Path) -> dict[str, Callable[[], object]]:
    """Return the probes by what they try.

    Args:
        canary: A file of the grader's, not to be read or changed.
    """
    parent = os.getppid()
    zeros = ctypes.create_string_buffer(128)
    return {
        "read a file of yours": canary.read_bytes,
        "write to a file of yours": lambda: canary.write_text("changed", encoding="ascii"),
        "list the jobs beside it": lambda: list(Path("../..").iterdir()),
        "list all processes": lambda: list(Path("/proc").iterdir()),
        "read the environment of its parent": Path(f"/proc/{parent}/environ").read_bytes,
        "open the memory of its parent": lambda: Path(f"/proc/{parent}/mem").open("rb"),
        "copy the memory of its parent": lambda: _read_memory_of(parent),
        "trace its parent": lambda: _ask(_libc.ptrace(_PTRACE_ATTACH, parent, None, None)),
        "signal its parent": lambda: os.kill(parent, 0),
        "renice its parent": lambda: os.setpriority(os.PRIO_PROCESS, parent, 19),
        "limit its parent": lambda: resource.prlimit(parent, resource.RLIMIT_NOFILE),
        "start a second process": _fork,
        "start a program": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
        "open an internet socket": lambda: socket.socket().close(),
        "open a local socket": lambda: socket.socket(socket.AF_UNIX).close(),
        "use io_uring": _call("io_uring_setup", 1, zeros),
        "load a kernel program": _call("bpf", 0, zeros, 128),
        "measure the kernel": _call("perf_event_open", zeros, 0, -1, -1, 0),
        "handle page faults": _call("userfaultfd", 0),
        "enter a user namespace": lambda: _ask(_libc.unshare(_CLONE_NEWUSER)),
    }


def _try(probe: Callable[[], object]) -> str | None:
    """Return how a probe was refused; None if it got in."""
    try:
        probe()
    except OSError as error:
        return f"{type(error).__name__}: {error.strerror}"
    return None


def build_model(input_shape: tuple[int, ...], num_classes: int) -> Any:
    """Try all of them, then build a model as any submission would."""
    import canary  # type: ignore[import-not-found] # written beside this file for the occasion
    import keras

    found = {name: _try(probe) for name, probe in probes(Path(canary.PATH)).items()}
    Path("probes.json").write_text(json.dumps(found), encoding="utf-8")
    return keras.Sequential(
        [keras.Input(input_shape), keras.layers.Flatten(), keras.layers.Dense(num_classes)]
    )


def build_augmentation() -> Any:
    """Return a layer that changes nothing."""
    import keras

    return keras.layers.Identity()


def training_plan() -> dict[str, int]:
    """Return the smallest plan there is."""
    return {"epochs": 1, "batch_size": 1}
