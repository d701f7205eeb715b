"""The sample class through the real command line: packed, graded, its grades put back.

``make lms`` packs it as each system does, grades it under the tiny rules of the tests (one student
has handed in a network, the others what is rejected at once) and writes the grades into an export
of that system; ``make lms ARGS="canvas"`` does one of them.
"""

from __future__ import annotations

import dataclasses
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from autograder.cli import run
from tests.lms_exports import EXPORTS, Style
from tests.lms_samples import CLASS, FORMATS, packed, unpacked

HERE = Path(__file__).parent
NETWORK = HERE / "submissions" / "no-augmentation" / "submission.py"
RULES = HERE / "tiny.yaml"
# Systems that hand out folders rather than archives.
FOLDERS = {"github", "folder"}
# Its downloads tell students by name alone, and two of the class have the same: a person decides.
EXPECTED = {"brightspace": 1}
ASKED = {"canvas": ("--column", "412"), "brightspace": ("--match", "name")}


def round_trip(name: str, folder: Path) -> int:
    """Pack, grade and write back; return the worst exit code."""
    one, *others = CLASS
    own = {"submission.py": NETWORK.read_bytes()}
    files = FORMATS[name]([dataclasses.replace(one, files=own), *others])
    download = folder / name if name in FOLDERS else folder / f"{name}.zip"
    if name in FOLDERS:
        unpacked(files, download)
    else:
        download.write_bytes(packed(files))
    results = folder / f"{name}-results"
    rules = ("--config", str(RULES))
    codes = [run(["grade", str(download), "--out", str(results), *rules])]
    if name in EXPORTS:
        export = folder / f"{name}.csv"
        export.write_bytes(EXPORTS[name](CLASS, {}, lambda one: True, Style()))
        into = ("--into", str(export), "-o", str(folder / f"{name}-graded.csv"))
        options = ("--format", name, *into, *ASKED.get(name, ()))
        codes.append(run(["gradebook", str(results), *options]))
    return max(codes)


def main(names: Sequence[str]) -> int:
    """Do it for these systems, or for all; return 0 if every exit code is the one expected."""
    with tempfile.TemporaryDirectory() as folder:
        codes = {name: round_trip(name, Path(folder)) for name in names or FORMATS}
    print("exit codes:", ", ".join(f"{name} {code}" for name, code in codes.items()))  # noqa: T201
    return int(any(code != EXPECTED.get(name, 0) for name, code in codes.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
