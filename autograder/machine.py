"""What the processor and the system are, read from files of Linux; empty where there are none.

Nothing here tells one machine from another of its kind: no name of host or user, no serial number,
no build of the kernel.
"""

from __future__ import annotations

import platform
from pathlib import Path

from autograder.config import LimitsConfig

# What the grader, the zygote and the system take beside the jobs.
_OURS_MIB = 900
# Those that libraries choose kernels by: x86-64 first, Arm after.
_VECTOR_EXTENSIONS = """
    sse4_2 avx f16c fma avx2 avx_vnni avx512f avx512cd avx512bw avx512dq avx512vl avx512_vnni
    avx512_bf16 avx512_fp16 amx_tile amx_int8 amx_bf16
    asimd asimdhp asimddp i8mm bf16 sve sve2 sme
""".split()


def cpu_facts(cpuinfo: Path = Path("/proc/cpuinfo")) -> tuple[str, tuple[str, ...]]:
    """Return the processor's model name and its vector extensions, as the kernel names them."""
    facts: dict[str, str] = {}
    for line in _text(cpuinfo).splitlines():
        key, _, value = line.partition(":")
        facts.setdefault(key.strip(), value.strip())  # of the first core
    arm = "/".join(facts[key] for key in ("CPU implementer", "CPU part") if key in facts)
    name = facts.get("model name") or arm or platform.processor() or "unknown"
    offered = facts.get("flags", facts.get("Features", "")).split()
    return name, tuple(sorted(set(offered) & set(_VECTOR_EXTENSIONS), key=_VECTOR_EXTENSIONS.index))


def cache_sizes(folder: Path = Path("/sys/devices/system/cpu/cpu0/cache")) -> tuple[str, ...]:
    """Return the first core's caches, such as ``L1 data 48K``."""
    caches = []
    for cache in sorted(folder.glob("index*")):
        level, kind, size = (_text(cache / name).strip() for name in ("level", "type", "size"))
        if size:
            caches.append(f"L{level} {kind.lower()} {size}")
    return tuple(caches)


def system_name() -> str:
    """Return the system's name and version, such as ``Debian GNU/Linux 12, glibc 2.36``."""
    try:
        release = platform.freedesktop_os_release()
        name = f"{release['NAME']} {release.get('VERSION_ID', '')}".rstrip()
    except (OSError, UnicodeError):
        version = platform.mac_ver()[0] or platform.win32_ver()[0]
        name = f"{platform.system()} {version}".rstrip()
    # Its functions round as the version has it.
    library = " ".join(platform.libc_ver()).strip()
    return f"{name}, {library}" if library else name


def memory_mib(proc: Path = Path("/proc"), cgroups: Path = Path("/sys/fs/cgroup")) -> int | None:
    """Return how much memory all that runs here may use together; None where nobody says.

    That is what the machine has, or less in a container. Source: cgroups(7), ``memory.max`` of
    version 2 and ``memory.limit_in_bytes`` of version 1, of its own group and of those above it.
    """
    meminfo = _text(proc / "meminfo").splitlines()
    limits = [int(line.split()[1]) << 10 for line in meminfo if line.startswith("MemTotal:")]
    for line in _text(proc / "self" / "cgroup").splitlines():
        _, controllers, group = line.split(":", 2)
        if not controllers:
            root, name = cgroups, "memory.max"
        elif "memory" in controllers.split(","):
            root, name = cgroups / "memory", "memory.limit_in_bytes"
        else:
            continue
        # A container may see itself as the root, and still be told where it lies outside.
        below = [part for part in group.split("/") if part]
        for depth in range(len(below) + 1):
            text = _text(root.joinpath(*below[:depth], name)).strip()
            limits += [int(text)] if text.isdecimal() else []  # else "max"
    return min(limits) >> 20 if limits else None


def jobs_that_fit(limits: LimitsConfig, memory: int) -> int:
    """Return how many jobs can use all the memory they may at once, of so many MiB in all."""
    # Where a job's folder lies in memory, its files count as well.
    return max(0, memory - _OURS_MIB) // (limits.memory_mib + limits.disk_mib)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
