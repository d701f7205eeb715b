from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from autograder.config import (
    AssignmentConfig,
    BudgetConfig,
    Config,
    DatasetConfig,
    LateConfig,
    LimitsConfig,
    ReportConfig,
    RobustnessConfig,
    RulesConfig,
    SeedsConfig,
)
from autograder.models import Verdict
from autograder.reports.fields import Part
from autograder.reports.report import Flag, Report
from autograder.rubric import (
    ESSENTIAL_RULES,
    AugmentationAsked,
    AugmentationCriterion,
    CheckCriterion,
    ModelRule,
    RuleCriterion,
    ScaledCriterion,
    Section,
    StaticRule,
    ThresholdCriterion,
)

DOCS = Path(__file__).parent.parent / "docs"
GRADING_YAML = (DOCS / "grading-yaml.md").read_text(encoding="utf-8")
REPORT_JSON = (DOCS / "report-json.md").read_text(encoding="utf-8")
SECTIONS: dict[str, type[Section]] = {
    "Top level": Config,
    "assignment": AssignmentConfig,
    "dataset": DatasetConfig,
    "robustness": RobustnessConfig,
    "seeds": SeedsConfig,
    "budget": BudgetConfig,
    "limits": LimitsConfig,
    "rules": RulesConfig,
    "late": LateConfig,
    "report": ReportConfig,
}
CRITERIA = (
    ScaledCriterion,
    ThresholdCriterion,
    RuleCriterion,
    AugmentationCriterion,
    CheckCriterion,
)


def chapter(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", GRADING_YAML, re.MULTILINE | re.DOTALL)
    assert found, f"docs/grading-yaml.md has no chapter {title}"
    return found.group(1)


def rows(title: str) -> dict[str, tuple[str, ...]]:
    """Return the table rows of a chapter, by key."""
    found = re.findall(r"^\| `(\w+)` \|(.*)\|$", chapter(title), re.MULTILINE)
    return {key: tuple(cell.strip() for cell in rest.split("|")) for key, rest in found}


@pytest.mark.parametrize("title", SECTIONS)
def test_every_key_has_its_row_and_no_row_is_out_of_date(title: str) -> None:
    assert set(rows(title)) == set(SECTIONS[title].model_fields)


@pytest.mark.parametrize("title", SECTIONS)
def test_defaults_in_the_docs_are_those_of_the_code(title: str) -> None:
    documented = rows(title)
    for key, field in SECTIONS[title].model_fields.items():
        shown = documented[key][1].strip("`")
        if field.is_required():
            assert shown == "required", key
        elif isinstance(field.default, int | float | str):
            assert shown == str(field.default).removesuffix(".0").replace("True", "true"), key


def test_every_key_of_a_criterion_is_explained() -> None:
    keys = {key for part in (*CRITERIA, AugmentationAsked) for key in part.model_fields}
    assert {key for key in keys if f"`{key}`" not in chapter("rubric")} == set()


def test_every_rule_is_named() -> None:
    rules = {*get_args(StaticRule), *get_args(ModelRule)}
    assert {rule for rule in rules if f"`{rule}`" not in chapter("rules")} == set()


def test_rules_that_cannot_be_disabled_are_named() -> None:
    [sentence] = re.findall(r"^Without (.*?)\.$", chapter("rules"), re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"`([\w-]+)`", sentence)) == ESSENTIAL_RULES


def examples() -> Iterator[Any]:
    for text in re.findall(r"```yaml\n(.*?)```", GRADING_YAML, re.DOTALL):
        data = yaml.safe_load(text)
        yield {"rubric": data} if isinstance(data, list) else data


def test_examples_in_the_docs_are_valid() -> None:
    smallest, *others = examples()
    Config.model_validate(smallest)
    assert len(others) >= 6
    for example in others:
        Config.model_validate(smallest | example)


def parts(model: type[Part]) -> Iterator[type[Part]]:
    yield model
    for field in model.model_fields.values():
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, Part):
                yield from parts(kind)


def test_every_field_of_a_report_is_explained() -> None:
    top = set(re.findall(r"^\| `(\w+)` \|", REPORT_JSON, re.MULTILINE))
    assert set(Report.model_fields) <= top
    below = {name for part in parts(Report) for name in part.model_fields}
    # The layers explain themselves; the schema has the details.
    below -= {"kind", "output_shape"}
    assert {name for name in below if f"`{name}`" not in REPORT_JSON} == set()


def test_every_verdict_and_flag_is_explained() -> None:
    words = {*map(str, Verdict), *get_args(Flag)}
    assert {word for word in words if f"`{word}`" not in REPORT_JSON} == set()
