"""`python -m tests.bits`: the whole matrix, natively and on emulated CPUs, and what differs."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

from tests.bits.cases import CASES
from tests.bits.emulation import CPUS, NATIVE, Digests, differing, qemu, read, train


def main() -> int:
    """Train, compare, print a table; return 1 if anything differs that is not to."""
    parser = argparse.ArgumentParser(prog="python -m tests.bits", description=__doc__)
    parser.add_argument("pattern", nargs="*", help="only cases whose id contains one of these")
    parser.add_argument("--cpu", action="append", choices=CPUS, help="default: all of them")
    parser.add_argument("--out", type=Path, default=Path("results/bits"))
    options = parser.parse_args()
    cpus = options.cpu or CPUS
    if qemu() is None:
        print(f"skipped: {', '.join(cpus)}; qemu-x86_64 is not installed (Debian: qemu-user)")
        cpus = ()
    answers = {}
    for cpu in (NATIVE, *cpus):
        started = time.monotonic()
        train(cpu, options.out / f"{cpu}.jsonl", options.pattern)
        answers[cpu] = read(options.out / f"{cpu}.jsonl")
        print(f"{cpu}: {len(answers[cpu])} cases in {time.monotonic() - started:.0f} s", flush=True)
    return report(answers, options.out / "differing.txt")


def report(answers: dict[str, dict[str, Digests]], out: Path) -> int:
    """Print how many cases of each family agree, write down which do not."""
    native = answers.pop(NATIVE)
    apart = {cpu: differing(native, answer) for cpu, answer in answers.items()}
    families = {case.id: case.family for case in CASES}
    counts = Counter(families[case] for case in native)
    widths = [max(map(len, counts), default=0), *(max(11, len(cpu)) for cpu in apart)]
    print_row(["", *apart], widths)
    for family, count in counts.items():
        differ = [sum(families[case] == family for case in found) for found in apart.values()]
        print_row([family, *(f"{count - number} of {count}" for number in differ)], widths)
    equal = [f"{len(native) - len(found)} of {len(native)}" for found in apart.values()]
    print_row(["all", *equal], widths)
    portable = {case.id for case in CASES if case.portable}
    lines = [
        f"{cpu}: {case}{'' if case in portable else ' (as expected)'}: {', '.join(parts)}"
        for cpu, found in apart.items()
        for case, parts in found.items()
    ]
    failed = [f"{case}: {parts['error']}" for case, parts in native.items() if "error" in parts]
    out.write_text("".join(f"{line}\n" for line in lines + failed), encoding="utf-8")
    print(*lines, *failed, sep="\n")
    return int(bool(failed) or any(portable & set(found) for found in apart.values()))


def print_row(cells: list[str], widths: list[int]) -> None:
    print("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)))


if __name__ == "__main__":
    sys.exit(main())
