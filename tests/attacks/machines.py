"""Makes this machine a poorer one for a command: ``python -m tests.attacks.machines NAMES -- ...``.

* ``without-landlock``: a kernel that has never heard of it;
* ``landlock-abi-N``: a kernel of the time when Landlock was at version N (root only);
* ``without-namespaces``: a container that may neither make namespaces nor mount;
* ``no-interface``: a network namespace in which nothing is up;
* ``readable-python``: a Python that other users can read, wherever it really lies (root only);
* ``ordinary-user``: nobody in particular, user 65534, with such a Python (root only).

Several names are applied in the order given. Where this machine cannot be made so poor, the exit
code is 77. Source: mount_namespaces(7), seccomp(2).
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NoReturn

import landlockpy
import seccompy as seccomp

CANNOT = 77
NOBODY = 65534
ROOT = Path(__file__).parent.parent.parent
_NEWNS, _NEWUSER, _NEWNET = 0x20000, 0x10000000, 0x40000000
_MS_BIND, _MS_REC, _MS_PRIVATE = 1 << 12, 1 << 14, 1 << 18
_NAMESPACE_FLAGS = (0x80, 0x20000, *(1 << bit for bit in range(25, 31)))
_libc = ctypes.CDLL(None, use_errno=True)


def on(*names: str) -> list[str]:
    """Return what to put before a command to run it on such a machine."""
    return [sys.executable, "-m", "tests.attacks.machines", *names, "--"]


def without_landlock() -> None:
    """Answer its calls like a kernel that does not know them."""
    rules = seccomp.Filter(seccomp.Action.ALLOW)
    for call in ("create_ruleset", "add_rule", "restrict_self"):
        rules.errno(f"landlock_{call}", errno.ENOSYS)
    rules.load()


def without_namespaces() -> None:
    """Refuse to make any, and to mount."""
    rules = seccomp.Filter(seccomp.Action.ALLOW)
    for flag in _NAMESPACE_FLAGS:
        wanted = seccomp.ArgCmp(0, seccomp.CmpOp.MASKED_EQ, flag, flag)
        rules.errno("unshare", errno.EPERM, args=(wanted,))
        if flag != _NAMESPACE_FLAGS[0]:  # in clone(2), that bit belongs to the signal's number
            rules.errno("clone", errno.EPERM, args=(wanted,))
    rules.errno("clone3", errno.ENOSYS)
    rules.errno("mount", errno.EPERM)
    rules.load()


def no_interface() -> None:
    """Leave the network behind."""
    uid, gid = os.geteuid(), os.getegid()
    _must(_libc.unshare(_NEWNET if uid == 0 else _NEWNET | _NEWUSER))
    if uid:
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", encoding="ascii")


def readable_python() -> None:
    """Open the folders above the Python and the checkout that only root may enter.

    In a mount namespace of its own: an empty folder takes the place of each, and what is needed
    of it is bound into that.
    """
    _own_mounts()
    needed = {
        ROOT,
        *map(Path, (sys.prefix, sys.base_prefix)),
        Path(sys.executable).resolve().parent,
    }
    closed: dict[Path, list[Path]] = {}
    for path in sorted(needed):
        above = next((one for one in reversed(path.parents) if not one.stat().st_mode & 1), None)
        if above:
            closed.setdefault(above, []).append(path)
    for folder, paths in closed.items():
        real = os.open(folder, os.O_PATH)
        _must(_libc.mount(b"tmpfs", bytes(folder), b"tmpfs", 0, b"mode=755"))
        for path in paths:
            path.mkdir(parents=True, exist_ok=True)
            source = f"/proc/self/fd/{real}/{path.relative_to(folder)}"
            _must(_libc.mount(source.encode(), bytes(path), None, _MS_BIND | _MS_REC, None))
        os.close(real)


def ordinary_user() -> None:
    """Become nobody in particular."""
    readable_python()
    os.environ["HOME"] = "/nonexistent"
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def landlock_abi(version: int) -> None:
    """Put another file in the place of the library's, which finds an older kernel."""
    _own_mounts()
    real = Path(landlockpy.__file__).with_name("_syscall.py")
    text = real.read_text(encoding="utf-8")
    text += f"\n\ndef abi_version() -> int:\n    return {version}\n"
    with tempfile.NamedTemporaryFile("w", suffix=".py") as older:
        older.write(text)
        older.flush()
        Path(older.name).chmod(0o644)
        _must(_libc.mount(older.name.encode(), bytes(real), None, _MS_BIND, None))
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"


def _own_mounts() -> None:
    _must(_libc.unshare(_NEWNS))
    _must(_libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None))


def _must(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


MACHINES: dict[str, Callable[[], None]] = {
    "without-landlock": without_landlock,
    "without-namespaces": without_namespaces,
    "no-interface": no_interface,
    "readable-python": readable_python,
    "ordinary-user": ordinary_user,
}
MACHINES |= {f"landlock-abi-{number}": partial(landlock_abi, number) for number in range(1, 7)}


def main(arguments: list[str]) -> NoReturn:
    """Become the command, on such a machine."""
    names = arguments[: arguments.index("--")]
    command = arguments[len(names) + 1 :]
    for name in names:
        try:
            MACHINES[name]()
        except OSError as error:
            sys.stderr.write(f"{name}: this machine cannot be made so: {error}\n")
            sys.exit(CANNOT)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
