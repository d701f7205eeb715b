"""Namespaces of its own for the zygote and its jobs, where the kernel lets us have them.

They come on top of Landlock and seccomp, which hold without them:

* network: no interface at all, so even a socket that came in from elsewhere reaches nobody;
* IPC: no shared memory, semaphores or message queues of anybody else;
* mount: each job works in a file system of its own in memory, whose size and number of files the
  kernel caps, and which nobody outside sees; and it finds no other job, and no other process, where
  it could ask about them (Landlock does not guard that) and they could answer.

Root needs CAP_SYS_ADMIN for that; anybody else, user namespaces. Containers often have neither.
Source: namespaces(7), user_namespaces(7), mount_namespaces(7).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import tempfile
from pathlib import Path

_CLONE_NEWNS, _CLONE_NEWIPC, _CLONE_NEWUSER, _CLONE_NEWNET = (
    0x00020000, 0x08000000, 0x10000000, 0x40000000,
)  # fmt: skip
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_BIND = 2, 4, 8, 1 << 12
_MS_REC, _MS_PRIVATE = 1 << 14, 1 << 18
_MNT_DETACH = 2
_MOUNT_SETATTR, _MOUNT_ATTR_RDONLY, _AT_RECURSIVE = 442, 1, 0x8000
_HARMLESS = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
# Folders and the links between them count as well as files.
MAX_FILES = 2000

_libc = ctypes.CDLL(None, use_errno=True)


def enter() -> None:
    """Move this process, which has one thread, into namespaces of its own.

    Raises:
        OSError: The kernel refuses; the process may then be halfway, so try in a child first.
    """
    uid, gid = os.geteuid(), os.getegid()
    wanted = _CLONE_NEWNS | _CLONE_NEWIPC | _CLONE_NEWNET
    if uid == 0:
        _must(_libc.unshare(wanted))
    else:
        _must(_libc.unshare(wanted | _CLONE_NEWUSER))
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", encoding="ascii")
    _must(_libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None))


def mount_workdir(folder: Path, size_mib: int) -> None:
    """Mount a file system in memory on a folder; it goes when the folder is removed.

    Raises:
        OSError: The kernel refuses.
    """
    _mount_memory(folder, f"size={size_mib}m,nr_inodes={MAX_FILES},mode=700")


def unmount_workdir(folder: Path) -> None:
    """Unmount what `mount_workdir` mounted, if it still is."""
    _libc.umount2(os.fsencode(folder), _MNT_DETACH)


def see_only(folder: Path, work: Path) -> None:
    """Hide what lies beside a folder, and all of /proc but this process, from this process.

    Args:
        folder: What is left of what lies beside it.
        work: The folder in it that alone stays writable, from Linux 5.12 on; a mount.

    Raises:
        OSError: The kernel refuses.
    """
    _must(_libc.unshare(_CLONE_NEWNS))
    held = os.open(folder, os.O_PATH)
    _mount_memory(folder.parent, "size=64k,nr_inodes=8,mode=711")
    folder.mkdir()
    _bind(Path(f"/proc/self/fd/{held}"), folder)
    os.close(held)
    # By way of a place that is not about to be hidden.
    way, own = folder.parent / "way", Path(f"/proc/{os.getpid()}")
    way.mkdir()
    _bind(own, way)
    _mount_memory(Path("/proc"), "size=64k,nr_inodes=8,mode=555")
    own.mkdir()
    _bind(way, own)
    Path("/proc/self").symlink_to(own.name)
    _must(_libc.umount2(os.fsencode(way), _MNT_DETACH))
    way.rmdir()
    if _set_attributes(Path("/"), set_=_MOUNT_ATTR_RDONLY, flags=_AT_RECURSIVE) == 0:
        _must(_set_attributes(work, clear=_MOUNT_ATTR_RDONLY))


def _set_attributes(mount: Path, *, set_: int = 0, clear: int = 0, flags: int = 0) -> int:
    """Call mount_setattr(2), whose number is the same everywhere; libc may not know it yet."""
    attributes = (ctypes.c_uint64 * 4)(set_, clear, 0, 0)
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    path, no_folder = os.fsencode(mount), -1
    return int(
        _libc.syscall(_MOUNT_SETATTR, no_folder, path, flags, ctypes.byref(attributes), size)
    )


def _mount_memory(folder: Path, options: str) -> None:
    name = os.fsencode(folder)
    _must(_libc.mount(b"tmpfs", name, b"tmpfs", _HARMLESS, options.encode()))


def _bind(source: Path, target: Path) -> None:
    names = os.fsencode(source), os.fsencode(target)
    _must(_libc.mount(*names, None, _MS_BIND | _MS_REC, None))


def seen_from_outside(pid: int, folder: Path) -> Path:
    """Return the path of a folder as a process in its own mount namespace sees it."""
    return Path(f"/proc/{pid}/root") / folder.relative_to("/")


def available() -> bool:
    """Whether all of the above works here, tried for real in a child."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="autograder-"))
    except OSError:
        return False
    ready_read, ready_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        _try(folder, ready_write)
    os.close(ready_write)
    try:
        if os.read(ready_read, 1) != b"!":
            return False
        return (seen_from_outside(pid, folder) / "probe").is_file()
    except OSError:
        return False
    finally:
        os.close(ready_read)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        folder.rmdir()


def _try(folder: Path, ready: int) -> None:
    """Do it all in a fresh child, say so, wait to be killed; never returns."""
    with contextlib.suppress(BaseException):
        enter()
        mount_workdir(folder, 1)
        see_only(folder, folder)
        (folder / "probe").touch()
        os.write(ready, b"!")
        signal.pause()
    os._exit(1)


def _must(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
