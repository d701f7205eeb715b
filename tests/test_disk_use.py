"""What a process keeps on a disk, and what it may try so that nobody counts it."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("it reads /proc", allow_module_level=True)

from autograder import disk_use
from autograder.disk_use import DiskUse
from autograder.namespaces import MAX_FILES
from tests.processes import python_process

MIB = 1 << 20


@contextmanager
def process(folder: Path, code: str = "") -> Iterator[int]:
    """Run Python code in a folder until the block ends."""
    code = f"import os, time\n{code}\nprint(1, flush=True)\ntime.sleep(60)"
    with python_process(code, folder) as pid:
        yield pid


def test_files_count_up_to_the_limit_and_no_further(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(bytes(MIB))
    with process(tmp_path) as pid:
        assert DiskUse(pid, tmp_path, MIB // 2).is_too_much()
        assert not DiskUse(pid, tmp_path, 2 * MIB).is_too_much()


def test_so_does_their_number(tmp_path: Path) -> None:
    for number in range(MAX_FILES):
        (tmp_path / str(number)).touch()
    with process(tmp_path) as pid:
        assert not DiskUse(pid, tmp_path, MIB).is_too_much()
        (tmp_path / "one more").touch()
        assert DiskUse(pid, tmp_path, MIB).is_too_much()


@pytest.mark.parametrize(
    "hides",
    [
        pytest.param("file = open('x', 'wb'); file.write(bytes(1 << 21)); os.unlink('x')", id="fd"),
        pytest.param(
            "import mmap; file = open('x', 'w+b'); file.write(bytes(1 << 21)); file.flush()\n"
            "kept = mmap.mmap(file.fileno(), 4096); os.unlink('x'); os.closerange(3, 20)",
            id="mapping",
        ),
    ],
)
def test_deleted_files_count_even_below_a_linked_folder(tmp_path: Path, hides: str) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with process(tmp_path / "link", hides) as pid:
        assert DiskUse(pid, tmp_path / "link", MIB).is_too_much()
        assert not (tmp_path / "real" / "x").exists()


@pytest.mark.parametrize("depth", [19, 40])
def test_names_longer_than_a_path_can_be_are_a_reason_not_a_crash(
    tmp_path: Path, depth: int
) -> None:
    """At the first of these depths the folder can still be listed, and no file in it looked at."""
    dig = f"[(os.mkdir('x' * 200), os.chdir('x' * 200)) for _ in range({depth})]"
    fill = "; open('y' * 255, 'w').close()"
    with process(tmp_path, dig + fill) as pid:
        assert DiskUse(pid, tmp_path, MIB).is_too_much()


def test_a_folder_that_cannot_be_reached_is_nobodys_fault(tmp_path: Path) -> None:
    with process(tmp_path) as pid:
        assert not DiskUse(pid, tmp_path / "gone", MIB).is_too_much()


def test_no_more_is_read_of_its_mappings_than_an_honest_job_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with process(tmp_path) as pid:
        size = len(Path(f"/proc/{pid}/maps").read_bytes())
        monkeypatch.setattr(disk_use, "_LONGEST_MAPS", size)
        assert not DiskUse(pid, tmp_path, MIB).is_too_much()
        monkeypatch.setattr(disk_use, "_LONGEST_MAPS", size - 1)
        assert DiskUse(pid, tmp_path, MIB).is_too_much()


def test_now_and_then_nothing_moves_while_it_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moves = "file = os.open('moves', os.O_RDWR | os.O_CREAT)\nprint(1, flush=True)\n"
    moves += "while True: os.pwrite(file, str(time.monotonic_ns()).encode(), 0)"
    seen: list[bool] = []

    def look(_: DiskUse) -> bool:
        before = (tmp_path / "moves").read_bytes()
        time.sleep(0.05)
        seen.append(before != (tmp_path / "moves").read_bytes())
        return False

    monkeypatch.setattr(DiskUse, "_look", look)
    with process(tmp_path, moves) as pid:
        for draw in (1, 0, 1):
            monkeypatch.setattr(secrets, "randbelow", lambda _, draw=draw: draw)
            DiskUse(pid, tmp_path, MIB).is_too_much()
    assert seen == [True, False, True]


def test_who_has_ended_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "randbelow", lambda _: 0)
    ended = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(ended, 0)
    assert not DiskUse(ended, tmp_path, MIB).is_too_much()
