"""A zip that Gradescope builds its autograder from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autograder.ci.gradescope import Visibility
from autograder.config import Config
from autograder.errors import UserError
from autograder.holdout_seed import HoldoutSeed
from autograder.packaging.contents import assignment_files, template
from autograder.packaging.wheel import build_wheel, constraints, zipped

_PROGRAMS = ("setup.sh", "run_autograder")
_SEED = "holdout.seed"
_GRADER_MIB = 900  # of the grader and its zygote, beside a job
_SIZES_GB = (1.5, 3.0, 6.0)  # of Gradescope's containers
_SHOWN = {
    "visible": "at once",
    "after_due_date": "after the due date (and the late due date)",
    "after_published": "when you publish grades",
}


def gradescope_zip(
    config: Config, config_path: Path, seed: HoldoutSeed, *, show: Visibility, name: str
) -> bytes:
    """Return the archive to upload.

    Args:
        config: The rules.
        config_path: Where they are; checks and images lie beside them.
        seed: The holdout's secret; goes into the archive if the holdout hangs on it.
        show: When students see their points.
        name: Of the archive, for its README.

    Raises:
        UserError: The rules name something that cannot be taken along.
    """
    wheel = build_wheel()
    secret = config.dataset.hangs_on_secret
    files = {file: template(file, {"wheel": wheel.name}) for file in _PROGRAMS}
    files["settings.sh"] = template("settings.sh", {"show": show, "secret": _secret(secret)})
    files["README.md"] = _readme(config, show, name)
    files[f"program/{wheel.name}"] = wheel.content
    files["program/constraints.txt"] = constraints().encode()
    course = assignment_files(config, config_path) | dict(_images(config, config_path))
    files |= {f"course/{file}": content for file, content in course.items()}
    if secret:
        files[_SEED] = seed.value.encode()
    return zipped(files, dict.fromkeys(_PROGRAMS, 0o755) | {_SEED: 0o600})


def container_gb(memory_mib: int) -> float:
    """Return the smallest of Gradescope's containers that holds such a job and the grader."""
    needed = (memory_mib + _GRADER_MIB) / 1024
    return next((size for size in _SIZES_GB if size >= needed), _SIZES_GB[-1])


def _secret(hangs_on_it: bool) -> str:
    if not hangs_on_it:
        return "# The holdout lies among the images; it hangs on no secret."
    return f"export AUTOGRADER_HOLDOUT_SEED_FILE=/autograder/source/{_SEED}"


def _images(config: Config, config_path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the images of a data set that is no rendered one, holdout included."""
    folder, root = config.dataset.path, config_path.resolve().parent
    if folder is None:
        return
    if not folder.resolve().is_relative_to(root):
        raise UserError(
            f"{folder}: the images have to lie below {root} to be taken along; move them there "
            "and change dataset.path"
        )
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.resolve().relative_to(root).as_posix(), path.read_bytes()


def _readme(config: Config, show: Visibility, name: str) -> bytes:
    sealed = (
        f"The secret that it is made from lies in `{_SEED}`, for root alone."
        if config.dataset.hangs_on_secret
        else "They lie among the images in `course/`, for root alone."
    )
    board = "the holdout's metrics" if show == "visible" else "validation metrics only"
    values = {
        "assignment": config.assignment.name,
        "zip": name,
        "points": f"{config.max_score:g}",
        "memory_gb": f"{container_gb(config.limits.memory_mib):g}",
        "memory_mib": str(config.limits.memory_mib),
        "max_runs": str(config.seeds.max_runs),
        "training_s": f"{config.budget.training_s:g}",
        "shown": _SHOWN[show],
        "board": board,
        "seed_said": sealed,
    }
    return template("gradescope.md", values)
