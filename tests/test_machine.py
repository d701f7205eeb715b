"""What is read of a machine, on machines that this one is not."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from autograder.machine import cache_sizes, cpu_facts, memory_mib, system_name

INTEL = """processor\t: 0
model name\t: Some(R) CPU @ 2.00GHz
flags\t\t: fpu sse4_2 avx512f avx2 fma amx_tile secret_feature

processor\t: 1
model name\t: Another
flags\t\t: fpu
"""
ARM = """processor\t: 0
BogoMIPS\t: 50.00
Features\t: fp asimd evtstrm aes bf16 sve
CPU implementer\t: 0x41
CPU part\t: 0xd0c
"""


def cpuinfo(folder: Path, text: str) -> Path:
    path = folder / "cpuinfo"
    path.write_text(text)
    return path


def test_vector_extensions_come_in_one_order(tmp_path: Path) -> None:
    name, extensions = cpu_facts(cpuinfo(tmp_path, INTEL))
    assert name == "Some(R) CPU @ 2.00GHz"
    assert extensions == ("sse4_2", "fma", "avx2", "avx512f", "amx_tile")


def test_an_arm_processor_is_named_by_its_part(tmp_path: Path) -> None:
    assert cpu_facts(cpuinfo(tmp_path, ARM)) == ("0x41/0xd0c", ("asimd", "bf16", "sve"))


@pytest.mark.parametrize("text", ["", "no table", "flags", ":"])
def test_a_processor_that_tells_nothing_is_unknown(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "processor", lambda: "")
    assert cpu_facts(cpuinfo(tmp_path, text)) == ("unknown", ())


def test_systems_without_proc_and_sys_have_no_facts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "processor", lambda: "arm")
    assert cpu_facts(tmp_path / "none") == ("arm", ())
    assert cache_sizes(tmp_path / "none") == ()


def test_caches_have_level_kind_and_size(tmp_path: Path) -> None:
    for index, facts in enumerate([("1", "Data", "48K"), ("3", "Unified", "32M")]):
        folder = tmp_path / f"index{index}"
        folder.mkdir()
        for file, fact in zip(("level", "type", "size"), facts, strict=True):
            (folder / file).write_text(f"{fact}\n")
    (tmp_path / "index9").mkdir()
    assert cache_sizes(tmp_path) == ("L1 data 48K", "L3 unified 32M")


def no_release() -> dict[str, str]:
    raise OSError


@pytest.mark.parametrize(
    ("release", "mac", "name"),
    [
        (lambda: {"NAME": "Debian", "VERSION_ID": "12"}, "", "Debian 12, glibc 2.36"),
        (lambda: {"NAME": "Arch Linux"}, "", "Arch Linux, glibc 2.36"),
        (no_release, "15.1", "Darwin 15.1, glibc 2.36"),
        (no_release, "", "Darwin, glibc 2.36"),
    ],
)
def test_a_system_has_a_name_and_a_version(
    release: object, mac: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "freedesktop_os_release", release)
    monkeypatch.setattr(platform, "mac_ver", lambda: (mac, ("", "", ""), ""))
    monkeypatch.setattr(platform, "win32_ver", lambda: ("", "", "", ""))
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.36"))
    assert system_name() == name


GIB = 1 << 30


@pytest.mark.parametrize(
    ("groups", "limits", "mib"),
    [
        ("", {}, 4096),
        ("0::/\n", {"memory.max": "max"}, 4096),
        ("0::/\n", {"memory.max": str(2 * GIB)}, 2048),
        ("0::/a/b\n", {"a/memory.max": str(GIB), "a/b/memory.max": str(3 * GIB)}, 1024),
        # Without a namespace of its own, a container is told its place outside.
        ("0::/docker/abc\n", {"memory.max": str(GIB)}, 1024),
        ("0::/../b\n", {"memory.max": str(GIB)}, 1024),
        ("4:cpu:/x\n3:memory:/x\n0::/\n", {"memory/x/memory.limit_in_bytes": str(GIB)}, 1024),
        ("3:memory:/\n", {"memory/memory.limit_in_bytes": str((1 << 63) - 4096)}, 4096),
        ("9:cpu,memory:/x\n", {"memory/memory.limit_in_bytes": str(GIB)}, 1024),
        ("9:cpu:/x\n", {"x/memory.max": str(GIB)}, 4096),
    ],
)
def test_the_smallest_limit_says_how_much_memory_there_is(
    tmp_path: Path, groups: str, limits: dict[str, str], mib: int
) -> None:
    proc, mount = tmp_path / "proc", tmp_path / "mount"
    (proc / "self").mkdir(parents=True)
    (proc / "meminfo").write_text("MemTotal:        4194304 kB\nMemFree:  1 kB\n")
    (proc / "self" / "cgroup").write_text(groups)
    for path, text in limits.items():
        (mount / path).parent.mkdir(parents=True, exist_ok=True)
        (mount / path).write_text(f"{text}\n")
    assert memory_mib(proc, mount) == mib


def test_where_nobody_says_how_much_memory_there_is_it_is_unknown(tmp_path: Path) -> None:
    assert memory_mib(tmp_path, tmp_path) is None
