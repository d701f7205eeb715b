"""Repositories that grade themselves: one for the course, one for what students start from."""

from __future__ import annotations

from pathlib import Path

import yaml

from autograder.config import Config
from autograder.config_file import parse_config
from autograder.packaging.contents import RULES, assignment_files, handout_files, template
from autograder.packaging.wheel import Wheel, build_wheel, constraints
from autograder.rubric import CheckCriterion

_IGNORED = b".venv/\nresults/\nreport.html\n"
_NO_PHOTOGRAPHS = (
    "Not written: its data set is a folder of images, and what lies there holds the answers, too.\n"
)
_NOTHING_LEFT = "Not written: without the instructor's checks nothing is left of the rubric.\n"


def github_files(config: Config, config_path: Path) -> dict[str, bytes]:
    """Return all files to write, by their relative paths.

    Raises:
        UserError: The rules name something that cannot be taken along.
    """
    wheel = build_wheel()
    course = assignment_files(config, config_path) | _program(wheel) | {
        ".github/workflows/grade.yml": template("grade.yml", {"wheel": wheel.name}),
        ".gitlab-ci.yml": template("gitlab-ci.yml", {"wheel": wheel.name}),
        "submissions/.gitkeep": b"",
    }  # fmt: skip
    classroom, about = _classroom(config, config_path, wheel)
    readme = template("github.md", {"assignment": config.assignment.name, "classroom": about})
    return (
        {"README.md": readme}
        | {f"course/{name}": content for name, content in course.items()}
        | {f"classroom/{name}": content for name, content in classroom.items()}
    )


def public_rules(config: Config) -> str:
    """Return rules for students to grade themselves by: without checks that they have not got.

    Raises:
        ValueError: Nothing is left of the rubric.
    """
    rubric = [item for item in config.rubric if not isinstance(item, CheckCriterion)]
    if not rubric:
        raise ValueError("the rubric consists of checks")
    public = config.model_copy(update={"rubric": tuple(rubric), "late": None})
    # A mark for passing may be out of reach without the points of the checks.
    rules = public.model_dump(
        mode="json", exclude_unset=True, exclude={"late": True, "seeds": {"pass_mark"}}
    )
    head = "# Written by autograder: the rules without what only the instructor checks.\n"
    return head + yaml.safe_dump(rules, sort_keys=False, allow_unicode=True)


def _classroom(config: Config, config_path: Path, wheel: Wheel) -> tuple[dict[str, bytes], str]:
    """Return the files for students' repositories, and what the instructor has to know of them."""
    if config.dataset.kind != "roadsigns":
        return {}, _NO_PHOTOGRAPHS
    try:
        rules = public_rules(config)
    except ValueError:
        return {}, _NOTHING_LEFT
    shown = parse_config(rules, config_path)
    files = handout_files(config_path) | _program(wheel) | {
        RULES: rules.encode(),
        ".github/workflows/classroom.yml": template("classroom.yml", {"wheel": wheel.name}),
        ".gitignore": _IGNORED,
    }  # fmt: skip
    points = {"points": f"{shown.max_score:g}", "all_points": f"{config.max_score:g}"}
    return files, template("github-classroom.md", points).decode()


def _program(wheel: Wheel) -> dict[str, bytes]:
    return {
        f".autograder/{wheel.name}": wheel.content,
        ".autograder/constraints.txt": constraints().encode(),
    }
