from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from autograder.config import Config
from autograder.config_file import load_config
from autograder.errors import ConfigError
from autograder.rubric import ESSENTIAL_RULES, ScaledCriterion

ROOT = Path(__file__).parent.parent
MINIMAL = """\
version: 1
rubric:
  - id: recognition
    title: Signs are recognised
    points: 80
    metric: macro_f1
    zero_at: 0.79
    full_at: 0.91
"""


def load(folder: Path, text: str) -> Config:
    path = folder / "grading.yaml"
    path.write_text(text, encoding="utf-8")
    return load_config(path)


def refusal(folder: Path, text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    assert caught.value.path == folder / "grading.yaml"
    return caught.value


def test_a_short_file_gets_the_defaults(tmp_path: Path) -> None:
    config = load(tmp_path, MINIMAL)

    assert isinstance(config.rubric[0], ScaledCriterion)
    assert config.max_score == 80
    assert config.assignment.module == "submission"
    assert config.late is None


def test_the_file_shipped_is_valid_and_worth_100_points() -> None:
    config = load_config(ROOT / "grading.yaml")
    assert config.max_score == 100
    assert [type(criterion).__name__ for criterion in config.rubric] == [
        "ScaledCriterion",
        "ScaledCriterion",
        "ScaledCriterion",
        "RuleCriterion",
        "CheckCriterion",
    ]


def test_the_students_readme_quotes_the_rules_as_they_are() -> None:
    config = load_config(ROOT / "grading.yaml")
    readme = (ROOT / "assignment" / "README.md").read_text(encoding="utf-8")
    scaled = [item for item in config.rubric if isinstance(item, ScaledCriterion)]
    assert len(scaled) == 3
    assert config.late is not None
    quotes = [
        f"{config.budget.training_s:g} reference seconds",
        f"{config.budget.parameters:,} parameters",
        f"{config.budget.source_kib} KiB",
        f"{config.rules.min_convolutions} convolution layers",
        *(f"0 points at {item.zero_at} and below" for item in scaled),
        *(f"{item.points:g} at {item.full_at} and above" for item in scaled),
        f"more than {config.seeds.max_score_se:g} points, the grader trains your network again",
        f"{config.late.due:%d %B %Y, %H:%M}",
        f"{config.late.grace_minutes:g} minutes",
        f"{config.late.points_per_day:g} points are lost",
        f"{config.late.cap_points:g} at most",
        *(f"| {criterion.points:g} |" for criterion in config.rubric),
    ]
    assert [quote for quote in quotes if quote not in re.sub(r"\s+", " ", readme)] == []


# Each: YAML, the line to blame, the key to blame, a part of the message.
MISTAKES: dict[str, tuple[str, int | None, str | None, str]] = {
    "an unknown section": (
        MINIMAL + "buget:\n  parameters: 7\n",
        9,
        "buget",
        "unknown key; check its spelling",
    ),
    "a misspelt key": (
        MINIMAL + "budget:\n  source_kib: 7\n  paramters: 7\n",
        11,
        "budget.paramters",
        "unknown key; check its spelling",
    ),
    "a misspelt key that is then missing": (
        MINIMAL.replace("title:", "titel:"),
        4,
        "rubric[0].titel",
        "unknown key; check its spelling",
    ),
    "a key that belongs elsewhere": (
        MINIMAL + "cpu_s: 7\n",
        9,
        "cpu_s",
        "check its spelling and where it stands",
    ),
    "a missing key": (
        MINIMAL.replace("    points: 80\n", ""),
        3,
        "rubric[0].points",
        "missing; it has no default",
    ),
    "a missing version": (MINIMAL.removeprefix("version: 1\n"), 1, "version", "missing"),
    "another version": (MINIMAL.replace("version: 1", "version: 2"), 1, "version", "got 2"),
    "a wrong type": (
        MINIMAL + "budget:\n  parameters: many\n",
        10,
        "budget.parameters",
        "valid integer",
    ),
    "a number out of range": (
        MINIMAL + "limits:\n  memory_mib: 64\n",
        10,
        "limits.memory_mib",
        "greater than or equal to 768, got 64",
    ),
    "a list in place of a section": (MINIMAL + "budget: [1]\n", 9, "budget", "got [1]"),
    "a choice that does not exist": (
        MINIMAL + "reproducibility: strickt\n",
        9,
        "reproducibility",
        "got 'strickt'",
    ),
    "an unknown rule": (
        MINIMAL + "rules:\n  disabled:\n    - signature\n    - no-fun\n",
        12,
        "rules.disabled[1]",
        "got 'no-fun'",
    ),
    "a repeated key": (
        MINIMAL + "seeds:\n  training: 1\n  training: 2\n",
        11,
        "training",
        "given twice; keep one of them",
    ),
    "a repeated section": (MINIMAL + "version: 1\n", 9, "version", "given twice"),
    "an essential rule switched off": (
        MINIMAL + "rules:\n  disabled: [signature, syntax]\n",
        9,
        "rules",
        "cannot be switched off: syntax",
    ),
    "more runs at least than at most": (
        MINIMAL + "seeds:\n  min_runs: 6\n",
        9,
        "seeds",
        "min_runs is 6, so max_runs cannot be 5: write max_runs: 6 or more",
    ),
    "a pass mark out of reach": (
        MINIMAL + "seeds:\n  pass_mark: 81\n",
        1,
        None,
        "seeds: pass_mark is 81, but the rubric has only 80 points",
    ),
    "a standard error of nothing": (
        MINIMAL + "seeds:\n  max_score_se: 0\n",
        10,
        "seeds.max_score_se",
        "greater than 0",
    ),
    "ends in the wrong order": (
        MINIMAL.replace("zero_at: 0.79", "zero_at: 0.95"),
        3,
        "rubric[0]",
        "zero_at must be below full_at",
    ),
    "recall without a class": (
        MINIMAL.replace("macro_f1", "recall"),
        3,
        "rubric[0]",
        "metric recall needs either class_id or class_ids",
    ),
    "recall of a class and of several": (
        MINIMAL.replace("macro_f1", "recall") + "    class_id: 14\n    class_ids: [13, 17]\n",
        3,
        "rubric[0]",
        "metric recall needs either class_id or class_ids",
    ),
    "a class twice": (
        MINIMAL.replace("macro_f1", "recall") + "    class_ids: [13, 13]\n",
        3,
        "rubric[0]",
        "class_ids names a class twice",
    ),
    "classes without recall": (
        MINIMAL + "    class_ids: [13, 14]\n",
        3,
        "rubric[0]",
        "so do class_ids",
    ),
    "a family without its metric": (
        MINIMAL + "    family: warning\n",
        3,
        "rubric[0]",
        "family goes with metric family_recall",
    ),
    "family_recall without a family": (
        MINIMAL.replace("macro_f1", "family_recall"),
        3,
        "rubric[0]",
        "family goes with metric family_recall",
    ),
    "a family that there is not": (
        MINIMAL.replace("macro_f1", "family_recall") + "    family: round\n",
        9,
        "rubric[0].family",
        "'prohibitory', 'warning', 'mandatory' or 'other'",
    ),
    "a corruption twice": (
        MINIMAL + "robustness: {corruptions: [fog, snow, fog]}\n",
        9,
        "robustness",
        "corruptions: named twice: fog",
    ),
    "a severity beyond the scale": (
        MINIMAL + "robustness: {severities: [1, 6]}\n",
        9,
        "robustness.severities[1]",
        "less than or equal to 5",
    ),
    "a class without recall": (
        MINIMAL + "    class_id: 14\n",
        3,
        "rubric[0]",
        "class_id goes with metric recall",
    ),
    "an essential rule worth points": (
        MINIMAL + "  - {id: size, title: Size, points: 5, rules: [output-shape]}\n",
        9,
        "rubric[1]",
        "always reject, so cannot be worth points: output-shape",
    ),
    "a check without a test": (
        MINIMAL + "  - {id: size, title: Size, points: 5, check: checks.py}\n",
        9,
        "rubric[1].check",
        "match pattern",
    ),
    "two criteria with one id": (
        MINIMAL + "  - {id: recognition, title: T, points: 5, rules: [signature]}\n",
        1,
        None,
        "rubric: id used twice: recognition",
    ),
    "an empty rubric": ("version: 1\nrubric: []\n", 2, "rubric", "at least 1 item"),
    "a due time without a zone": (
        MINIMAL + "late:\n  due: 2027-01-31T23:59:00\n  points_per_day: 10\n",
        9,
        "late",
        "due needs a time zone",
    ),
    "rendered signs with a path": (
        MINIMAL + "dataset:\n  path: images\n",
        9,
        "dataset",
        "path is for kind gtsrb",
    ),
    "photographs without a path": (
        MINIMAL + "dataset: {kind: gtsrb}\n",
        9,
        "dataset",
        "kind gtsrb needs a path",
    ),
    "infinite points": (
        MINIMAL.replace("points: 80", "points: .inf"),
        5,
        "rubric[0].points",
        "finite number",
    ),
    "no YAML": (MINIMAL + "late: [1, 2\nrules: {\n", 10, None, "not valid YAML"),
    "a tab for an indentation": (
        MINIMAL + "budget:\n\tparameters: 7\n",
        10,
        None,
        "not valid YAML",
    ),
    "an object of Python's": (
        "version: !!python/object/apply:os.getcwd []\n",
        1,
        None,
        "not valid YAML: could not determine a constructor",
    ),
    "a list of all": ("- version: 1\n", 1, None, "expected keys and values"),
    "an empty file": ("", 1, None, "expected keys and values"),
    "a comment alone": ("# later\n", 1, None, "expected keys and values"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_file_line_and_key(tmp_path: Path, mistake: str) -> None:
    text, line, key, message = MISTAKES[mistake]
    error = refusal(tmp_path, text)

    assert (error.line, error.key) == (line, key)
    assert message in error.message
    assert str(error).startswith(f"{tmp_path / 'grading.yaml'}:{line}: ")


@pytest.mark.parametrize(
    "text",
    [
        MINIMAL + "late: {due: 2027-13-45T00:00:00+01:00, points_per_day: 1}\n",
        "version: 1\nrubric: &all [*all]\n",
        "version: 1\nrubric: " + "[" * 3000 + "]" * 3000 + "\n",
        "version: 1\nrubric: [7]\n",
        "version: !!int ''\n",
        "version: !!bool x\n",
        "version: !!timestamp x\n",
        MINIMAL + 'assignment: {name: "\\ud800"}\n',
        MINIMAL + f"budget: {{parameters: 0x{'f' * 5000}}}\n",
        MINIMAL + 'dataset: {kind: gtsrb, path: "\\0"}\n',
        MINIMAL + "dataset: {kind: gtsrb, path: ~nobody-of-that-name/x}\n",
        MINIMAL + "late: {due: 0001-01-01T00:00:00+14:00, points_per_day: 1}\n",
        MINIMAL + "late: {due: 2027-01-01T00:00:00Z, points_per_day: 1, grace_minutes: 1.0e+300}\n",
        MINIMAL.replace("points: 80", "points: 1.0e-320"),
        MINIMAL.replace("points: 80", "points: 1.0e+308"),
    ],
    ids=[
        "a 13th month",
        "a list in itself",
        "3000 lists deep",
        "a number for a criterion",
        "a number that is none",
        "a truth that is none",
        "a time that is none",
        "half a character",
        "a number of thousands of digits",
        "a path with a NUL",
        "the home of nobody",
        "a due time before all time",
        "an endless grace",
        "points that are none",
        "points beyond sums",
    ],
)
def test_hostile_yaml_is_a_mistake_too(tmp_path: Path, text: str) -> None:
    assert str(refusal(tmp_path, text)).startswith(str(tmp_path / "grading.yaml"))


def test_rules_that_repeat_themselves_are_refused_quickly(tmp_path: Path) -> None:
    lists = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 30)]
    error = refusal(tmp_path, MINIMAL + "l0: &l0 [x]\n" + "".join(lists))
    assert "unknown key" in error.message


def test_a_file_that_holds_no_rules_is_not_read_for_long(tmp_path: Path) -> None:
    error = refusal(tmp_path, MINIMAL + "# data\n" * 50_000)
    assert "is this the right file?" in error.message


def test_what_was_found_is_shown_in_short(tmp_path: Path) -> None:
    error = refusal(tmp_path, MINIMAL + f"seeds: {{training: {'x' * 5000}}}\n")
    assert len(error.message) < 200


def test_a_missing_file_says_how_to_name_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file; say which with --config FILE"):
        load_config(tmp_path / "grading.yaml")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "grading.yaml").write_bytes(MINIMAL.encode("utf-16"))
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "grading.yaml")


def test_a_path_is_relative_to_the_file_that_names_it(tmp_path: Path) -> None:
    config = load(tmp_path, MINIMAL + "dataset: {kind: gtsrb, path: photos}\n")
    assert config.dataset.path == (tmp_path / "photos").resolve()


def test_the_digest_follows_the_rules_and_nothing_else(tmp_path: Path) -> None:
    first = load(tmp_path, MINIMAL)
    assert first.digest == load(tmp_path, "# a comment\n" + MINIMAL).digest
    assert first.digest == load(tmp_path, MINIMAL + "seeds: {training: 2027}\n").digest
    assert first.digest != load(tmp_path, MINIMAL + "seeds: {training: 2028}\n").digest


def test_a_config_survives_being_written_down() -> None:
    config = load_config(ROOT / "grading.yaml")
    assert Config.model_validate_json(config.model_dump_json()) == config


def test_a_config_cannot_be_changed() -> None:
    config: Any = load_config(ROOT / "grading.yaml")
    with pytest.raises(ValidationError):
        config.seeds.training = 1


@pytest.mark.parametrize("rule", sorted(ESSENTIAL_RULES))
def test_no_config_switches_off_what_training_needs(tmp_path: Path, rule: str) -> None:
    error = refusal(tmp_path, MINIMAL + f"rules: {{disabled: [{rule}]}}\n")
    assert error.message == f"cannot be switched off: {rule}"
