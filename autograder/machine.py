"""What the processor and the system are, read from files of Linux; empty where there are none.

Nothing here tells one machine from another of its kind: no name of host or user, no serial number,
no build of the kernel.
"""

from __future__ import annotations

import platform
from pathlib import Path

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


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
