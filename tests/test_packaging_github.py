"""Workflows: valid, with commands that exist, and nothing secret where students read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from autograder.cli import run
from autograder.config import Config
from autograder.config_file import load_config, parse_config
from autograder.packaging.github import github_files, public_rules
from tests.command_lines import accept, our_commands

ROOT = Path(__file__).parent.parent
RULES = ROOT / "grading.yaml"
CLASSROOM = "classroom/.github/workflows/classroom.yml"
COURSE = "course/.github/workflows/grade.yml"
GITLAB = "course/.gitlab-ci.yml"
CHECK = {"id": "check", "title": "Checked", "points": 5, "check": "checks/test_it.py::test_it"}
RULE = {"id": "rule", "title": "Within rules", "points": 5, "rules": ["parameter-limit"]}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return github_files(load_config(RULES), RULES)


def workflow(files: dict[str, bytes], name: str) -> Any:
    # YAML takes the key `on` for a truth value.
    return yaml.safe_load(files[name].decode().replace("\non:", '\n"on":'))


def scripts(document: Any) -> str:
    """Return all that a workflow runs."""
    if "jobs" in document:
        steps = [step for job in document["jobs"].values() for step in job["steps"]]
        return "\n".join(step["run"] for step in steps if "run" in step)
    return "\n".join(document["grade"]["script"])


@pytest.mark.parametrize("name", [CLASSROOM, COURSE, GITLAB])
def test_every_command_of_ours_exists(files: dict[str, bytes], name: str) -> None:
    found = list(our_commands(scripts(workflow(files, name))))
    assert any("grade" in words for words in found)
    for words in found:
        accept(words)


def test_a_command_that_does_not_exist_would_be_noticed() -> None:
    for line in (".venv/bin/autograder frobnicate", ".venv/bin/autograder grade x --cy github"):
        [words] = our_commands(line)
        with pytest.raises(click.UsageError):
            accept(words)


@pytest.mark.parametrize("name", [CLASSROOM, COURSE])
def test_every_step_is_known_and_names_a_version(files: dict[str, bytes], name: str) -> None:
    [job] = workflow(files, name)["jobs"].values()
    ids = {step["id"] for step in job["steps"] if "id" in step}
    for step in job["steps"]:
        assert ("uses" in step) != ("run" in step)
        assert set(step) <= {"name", "id", "if", "uses", "with", "run", "env"}
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"])
    named = set(re.findall(r"steps\.([\w-]+)\.", files[name].decode()))
    assert named <= ids


def test_classroom_finds_the_job_and_the_result(files: dict[str, bytes]) -> None:
    document = workflow(files, CLASSROOM)
    assert document["on"] == ["push", "repository_dispatch"]
    job = document["jobs"]["run-autograding-tests"]
    assert job["if"] == "github.actor != 'github-classroom[bot]'"
    *_, reporter = job["steps"]
    [grade] = [step for step in job["steps"] if step.get("id") == "autograder"]
    assert reporter["uses"] == "classroom-resources/autograding-grading-reporter@v1"
    runner = reporter["with"]["runners"]
    assert runner == grade["id"]
    variable = f"{runner.upper()}_RESULTS"
    assert reporter["env"][variable] == "${{ steps.autograder.outputs.result }}"
    assert "--ci github" in grade["run"]


def test_students_get_neither_secret_nor_check(files: dict[str, bytes]) -> None:
    theirs = {name: text for name, text in files.items() if name.startswith("classroom/")}
    assert not any("solutions" in name or "calibration" in name for name in theirs)
    for name, content in theirs.items():
        if not name.endswith(".whl"):
            assert b"secrets." not in content
            assert b"HOLDOUT_SEED" not in content
    config = load_config(RULES)
    shown = parse_config(theirs["classroom/grading.yaml"].decode(), RULES)
    assert [item.id for item in shown.rubric] == [
        item.id for item in config.rubric if not hasattr(item, "check")
    ]
    assert shown.budget == config.budget
    assert shown.late is None


def test_the_course_has_all_that_the_rules_name(files: dict[str, bytes]) -> None:
    assert files["course/grading.yaml"] == RULES.read_bytes()
    check = "solutions/checks/test_augmentation.py"
    assert files[f"course/{check}"] == (ROOT / check).read_bytes()
    assert "course/calibration.json" in files
    assert not any("reference" in name for name in files)


def test_the_secret_comes_from_the_service(files: dict[str, bytes]) -> None:
    [job] = workflow(files, COURSE)["jobs"].values()
    [secret] = [step["env"] for step in job["steps"] if "env" in step]
    assert secret == {"AUTOGRADER_HOLDOUT_SEED": "${{ secrets.AUTOGRADER_HOLDOUT_SEED }}"}
    assert "pull_request" not in files[COURSE].decode()
    assert 'test -n "$AUTOGRADER_HOLDOUT_SEED"' in files[GITLAB].decode()


def test_the_environment_is_cached_by_what_is_installed_and_the_holdout_is_not(
    files: dict[str, bytes],
) -> None:
    for name in (CLASSROOM, COURSE):
        [job] = workflow(files, name)["jobs"].values()
        [cache] = [s["with"] for s in job["steps"] if s.get("uses", "").startswith("actions/cache")]
        assert cache["path"] == ".venv"
        assert "hashFiles('.autograder/*')" in cache["key"]
    assert workflow(files, GITLAB)["grade"]["cache"]["paths"] == [".venv"]


@pytest.mark.parametrize("name", [CLASSROOM, COURSE, GITLAB])
def test_what_is_installed_is_in_the_package(files: dict[str, bytes], name: str) -> None:
    folder = name.partition("/")[0]
    named = set(re.findall(r"\.autograder/[\w.-]+", files[name].decode()))
    assert {f".autograder/{Path(n).name}" for n in files if f"{folder}/.autograder/" in n} <= named
    assert all(f"{folder}/{path}" in files for path in named)


def test_gitlab_reads_junit(files: dict[str, bytes]) -> None:
    assert workflow(files, GITLAB)["grade"]["artifacts"]["reports"]["junit"] == "results/junit.xml"


def test_nothing_is_left_to_fill_in(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        if name.endswith((".yml", "README.md")):
            assert not re.search(rb"@[a-z_]+@", content), name


def test_the_readme_says_what_the_points_sum_to(files: dict[str, bytes]) -> None:
    assert "its points sum to 95, not to 100" in files["README.md"].decode()


def test_public_rules_do_not_ask_for_points_that_nobody_can_get() -> None:
    config = Config.model_validate(
        {"version": 1, "rubric": [CHECK, RULE], "seeds": {"pass_mark": 8}}
    )
    assert parse_config(public_rules(config), RULES).max_score == 5


def test_rules_of_checks_alone_give_no_classroom(tmp_path: Path) -> None:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "test_it.py").write_text("")
    rules = tmp_path / "grading.yaml"
    rules.write_text(yaml.safe_dump({"version": 1, "rubric": [CHECK]}))
    files = github_files(load_config(rules), rules)
    assert not any(name.startswith("classroom/") for name in files)
    assert b"nothing is left of the rubric" in files["README.md"]


def test_photographs_are_not_handed_to_students(tmp_path: Path) -> None:
    rules = tmp_path / "grading.yaml"
    data = {"kind": "imported", "path": "images"}
    rules.write_text(yaml.safe_dump({"version": 1, "rubric": [RULE], "dataset": data}))
    files = github_files(load_config(rules), rules)
    assert not any(name.startswith("classroom/") for name in files)
    assert b"the answers, too" in files["README.md"]


def test_it_is_written_into_a_new_folder_and_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(["package", "github", "-o", str(out), "--config", str(RULES)]) == 0
    assert (out / CLASSROOM).is_file()
    assert run(["package", "github", "-o", str(out), "--config", str(RULES)]) == 2
    assert "not empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("check", "words"), [("none.py::test_it", "no such file"), ("../c.py::test_it", "outside of")]
)
def test_a_check_that_cannot_be_taken_along_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], check: str, words: str
) -> None:
    rules = tmp_path / "course" / "grading.yaml"
    rules.parent.mkdir()
    (tmp_path / "c.py").write_text("")
    rules.write_text(yaml.safe_dump({"version": 1, "rubric": [CHECK | {"check": check}]}))
    out = tmp_path / "out"
    assert run(["package", "github", "-o", str(out), "--config", str(rules)]) == 2
    assert words in capsys.readouterr().err
    assert not out.exists()
