"""Who may import whom: each file what stands above it, and nobody TensorFlow but the worker."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "autograder"
# From top to bottom: a module may import modules of lines above it, and of its own line.
LAYERS = """
    errors time_left
    models measures probing npz
    evidence
    outcome
    config rubric
    config_file names
    roster
    roadsigns
    metrics scoring late diagnoses
    resampling
    stats
    near_duplicates
    choosing archives pictures downloads
    data_files layouts gtsrb_layouts
    gtsrb data_cache holdout_seed data_sources imported datasets
    data_summary corruptions
    corrupted
    robustness
    reading notebooks copies intake source_view check_rules checks
    code_tokens
    code_shingles
    similarity
    reports
    similarity_files
    handout starting
    config_edit calibration
    rates
    cost
    portability
    jobs budget model_rules stock
    outputs joblog turns
    namespaces syscalls worker
    disk_use
    sandbox watchdog
    zygote connection
    runner
    confined_runner plain_runner
    verdicts
    replay pricing looks
    leftovers
    desk
    training predicting instructor_checks check_plugin
    gradebook store results machine environment ci
    lms
    gradebooks predictions_only
    assignment
    runs measuring symptoms calibration_file gathering class_pictures
    way
    pipeline
    augmentation_words
    pages
    batch verification
    watching
    watch_server
    view
    augmentation_view cost_view calibration_view data_view
    selftest
    packaging
    commands
    cli_options
    cli_course cli_data
    cli
    __main__
"""
LEVELS = {
    name: level
    for level, line in enumerate(LAYERS.strip().splitlines())
    for name in line.split()
}  # fmt: skip


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def part(path: Path) -> str:
    """Return the name of the file or sub-package that a module belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Return the dotted names of everything a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_stands_above_it(path: Path) -> None:
    own = LEVELS[part(path)]
    ours = {name.split(".")[1] for name in imports(path) if name.startswith("autograder.")}
    below = {name for name in ours if name in LEVELS and LEVELS[name] > own}
    assert not below


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_worker_imports_tensorflow(path: Path) -> None:
    heavy = {name for name in imports(path) if name.split(".")[0] in {"tensorflow", "keras"}}
    runs_in_a_job = part(path) == "worker" or path == PACKAGE / "selftest" / "probes.py"
    assert not heavy or runs_in_a_job


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("worker/*.py")), ids=lambda path: path.name)
def test_the_worker_imports_nothing_else_of_ours(path: Path) -> None:
    ours = {name for name in imports(path) if name.startswith("autograder.")}
    assert all(name.startswith("autograder.worker") for name in ours)


def test_only_the_sandbox_knows_linux() -> None:
    linux = {"landlockpy", "seccompy", "resource"}
    users = {path.name for path in modules() if linux & {n.split(".")[0] for n in imports(path)}}
    assert users == {"sandbox.py", "syscalls.py", "probes.py"}


def test_the_sandbox_is_imported_by_the_zygote_and_where_it_is_asked_for() -> None:
    users = {path.name for path in modules() if "autograder.sandbox" in imports(path)}
    assert users == {"zygote.py", "connection.py", "confined_runner.py", "doctor.py"}


@pytest.mark.parametrize(
    "module",
    [
        "autograder.cli",
        "autograder.commands.grade",
        "autograder.confined_runner",
        "autograder.worker",
    ],
)
def test_importing_does_not_load_tensorflow(module: str) -> None:
    script = (
        f"import sys, {module}\n"
        "heavy = {'tensorflow', 'keras', 'sklearn', 'pandas', 'cv2'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
