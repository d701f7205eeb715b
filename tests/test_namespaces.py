"""Namespaces, tried for real in children of the test."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("namespaces are Linux's", allow_module_level=True)

from autograder import namespaces

pytestmark = pytest.mark.skipif(
    not namespaces.available(), reason="this machine lets us have no namespaces"
)


def in_child(action: Callable[[], bool]) -> bool:
    """Run something in a child that has entered namespaces of its own."""
    pid = os.fork()
    if pid == 0:
        code = 2
        try:
            namespaces.enter()
            code = 0 if action() else 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_there_is_no_network() -> None:
    def finds_no_interface_that_is_up() -> bool:
        with socket.socket() as tcp:
            return tcp.connect_ex(("127.0.0.1", 9)) != 0 and len(socket.if_nameindex()) <= 1

    assert in_child(finds_no_interface_that_is_up)


def test_a_working_folder_holds_no_more_than_it_may(tmp_path: Path) -> None:
    def is_full_after_a_mebibyte() -> bool:
        namespaces.mount_workdir(tmp_path, 1)
        try:
            (tmp_path / "big").write_bytes(bytes(3 << 20))
        except OSError as error:
            return "No space" in str(error)
        return False

    assert in_child(is_full_after_a_mebibyte)
    assert list(tmp_path.iterdir()) == []


def test_a_working_folder_holds_no_more_files_than_it_may(tmp_path: Path) -> None:
    def is_full_after_many_files() -> bool:
        namespaces.mount_workdir(tmp_path, 1)
        try:
            for number in range(namespaces.MAX_FILES + 1):
                (tmp_path / str(number)).touch()
        except OSError as error:
            return "No space" in str(error)
        return False

    assert in_child(is_full_after_many_files)


def test_the_outside_sees_into_it_and_removing_the_folder_frees_it(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            namespaces.enter()
            namespaces.mount_workdir(folder, 1)
            (folder / "result").write_text("found")
            os.write(write_end, b"!")
            deadline = time.monotonic() + 20
            while folder.exists() and time.monotonic() < deadline:
                time.sleep(0.01)
        finally:
            os._exit(0 if not folder.exists() else 1)
    assert os.read(read_end, 1) == b"!"
    os.close(read_end)
    os.close(write_end)
    assert list(folder.iterdir()) == []
    seen = namespaces.seen_from_outside(pid, folder)
    assert (seen / "result").read_text() == "found"
    shutil.rmtree(folder)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_who_may_see_only_one_folder_sees_no_other_and_no_other_process(tmp_path: Path) -> None:
    """Not even whether they are there; what others see is as it was."""
    for name in ("own", "other"):
        (tmp_path / name / "work").mkdir(parents=True)
    parent = os.getpid()

    def sees_only_itself() -> bool:
        namespaces.mount_workdir(tmp_path / "own" / "work", 1)
        namespaces.see_only(tmp_path / "own", tmp_path / "own" / "work")
        (tmp_path / "own" / "work" / "file").write_bytes(b"x")
        return (
            [path.name for path in tmp_path.iterdir()] == ["own"]
            and {path.name for path in Path("/proc").iterdir()} == {"self", str(os.getpid())}
            and Path("/proc/self/stat").read_text().startswith(f"{os.getpid()} ")
            and not Path(f"/proc/{parent}").exists()
        )

    assert in_child(sees_only_itself)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == [
        "other", "other/work", "own", "own/work",
    ]  # fmt: skip
    assert Path("/proc/1").exists()


def test_nothing_else_is_left_to_write_to(tmp_path: Path) -> None:
    if tuple(map(int, os.uname().release.split(".")[:2])) < (5, 12):
        pytest.skip("this kernel cannot make all mounts read-only at once")
    (tmp_path / "own" / "work").mkdir(parents=True)

    def is_refused_everywhere_else() -> bool:
        namespaces.mount_workdir(tmp_path / "own" / "work", 1)
        namespaces.see_only(tmp_path / "own", tmp_path / "own" / "work")
        (tmp_path / "own" / "work" / "file").touch()
        Path("/dev/null").write_bytes(b"x")
        refused = 0
        for folder in (tmp_path, tmp_path / "own", Path("/"), Path("/dev/shm"), Path("/var/tmp")):
            try:
                (folder / "left-behind").touch()
            except OSError as error:
                refused += error.errno == errno.EROFS
        return refused == 5

    assert in_child(is_refused_everywhere_else)
