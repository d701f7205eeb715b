"""What an attack could have changed around it, as it is at one moment."""

from __future__ import annotations

import ctypes
import hashlib
import os
import resource
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_EVERYBODYS = (Path("/dev/shm"), Path("/tmp"), Path("/var/tmp"), Path.home())
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class World:
    """What an attack could have changed.

    Attributes:
        files: Checksum of every file in the suite's folder but the results, by name.
        secrets: Bytes that must turn up in no result.
        bystander: State, niceness and limits of the process that nobody may touch.
        ipc: The tables of System V shared memory, semaphores and message queues.
        strays: Files of the attacks' in folders that everybody may write.
        children: Processes that have nobody but us to belong to.
        results: Content of every file in the results folder, by name.
    """

    files: Mapping[str, str]
    secrets: tuple[bytes, ...]
    bystander: str
    ipc: str
    strays: tuple[str, ...]
    children: tuple[str, ...]
    results: Mapping[str, bytes]

    @classmethod
    def look(cls, folder: Path, token: str, bystander: int) -> World:
        """Look at all of it."""
        labels = next(folder.glob("cache/holdouts/*/sealed/holdout_labels.npy"))
        first = list(map(str, np.load(labels)[:20]))
        return cls(
            files={
                name: hashlib.sha256(content).hexdigest()
                for name, content in _contents(folder).items()
                if not name.startswith("results/")
            },
            secrets=(
                token.encode(),
                labels.read_bytes()[-200:],
                ", ".join(first).encode(),
                " ".join(first).encode(),
            ),
            bystander=_state_of(bystander),
            ipc=_ipc_tables(),
            strays=_strays(mark_of(token)),
            children=_children(),
            results=_contents(folder / "results"),
        )


def mark_of(token: str) -> str:
    """Return what the names of all files begin with that attacks make outside their folders."""
    return f"attack-{token[:8]}"


def adopt_orphans(*, wanted: bool) -> None:
    """Become the parent of whatever outlives its own among our descendants, or stop to."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(wanted), 0, 0, 0)


def _contents(folder: Path) -> dict[str, bytes]:
    """Return the content of every file below a folder by its name; what is no file has none."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"no file"
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or not path.is_dir()
    }


def _state_of(pid: int) -> str:
    """Return what others can change of a process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return "gone"
    kinds = sorted(value for name, value in vars(resource).items() if name.startswith("RLIMIT_"))
    limits = [resource.prlimit(pid, kind) for kind in kinds]
    return f"state {fields[0]}, niceness {fields[16]}, limits {limits}"


def _ipc_tables() -> str:
    tables = (Path("/proc/sysvipc", kind) for kind in ("shm", "sem", "msg"))
    return "".join(table.read_text(encoding="ascii") for table in tables if table.exists())


def _strays(mark: str) -> tuple[str, ...]:
    folders = (folder for folder in _EVERYBODYS if os.access(folder, os.R_OK))
    return tuple(str(path) for folder in folders for path in folder.glob(f"*{mark}*"))


def _children() -> tuple[str, ...]:
    """Return process id and command of each child of this process."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue  # it has ended
        command, _, rest = text.rpartition(")")
        state, parent, threads = (rest.split()[number] for number in (0, 1, 17))
        # One that has ended and was not waited for has one thread; a headless one has more.
        if int(parent) == os.getpid() and not (state == "Z" and int(threads) <= 1):
            found.append(command + ")")
    return tuple(found)
