"""grading.yaml: what an instructor writes by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import yaml

from autograder.config import Config
from autograder.config_file import load_config
from autograder.errors import ConfigError
from tests.fuzz.campaign import fuzz
from tests.fuzz.mutations import bent_files
from tests.sample_reports import report

RULES = """\
version: 1
assignment: {name: Signs, module: submission}
dataset: {kind: roadsigns, image_size: 32, holdout_images: 3000}
seeds: {training: 2027, min_runs: 1, max_runs: 5, pass_mark: 50}
robustness: {images: 215, severities: [1, 3, 5]}
budget: {training_s: 40, parameters: 1500000}
limits: {guard: 4, memory_mib: 2048, threads: 64}
rules: {disabled: [signature], min_convolutions: 2, max_untrained_accuracy: 0.2}
rubric:
  - {id: f1, title: F1, points: 60, metric: macro_f1, zero_at: 0.79, full_at: 0.91}
  - {id: bad, title: Bad, points: 5, metric: robust_macro_f1, zero_at: 0.5, full_at: 0.7}
  - {id: stop, title: Stop, points: 10, metric: recall, class_id: 14, at_least: 0.85}
  - {id: some, title: Some, points: 5, metric: recall, class_ids: [1, 2], at_least: 0.8}
  - {id: warn, title: Warn, points: 5, metric: family_recall, family: warning, at_least: 0.8}
  - {id: size, title: Size, points: 5, rules: [parameter-limit]}
  - {id: look, title: Look, points: 5, augmentation: {stochastic: true, label_safe: true}}
  - {id: check, title: Check, points: 5, check: "checks/test_it.py::test_it"}
late:
  due: 2027-01-31T23:59:00+01:00
  grace_minutes: 15
  points_per_day: 10
  cap_points: 50
report: {pictures: true}
"""
TOKENS = tuple(
    token.encode()
    for token in (
        "&a ", "*a", "&a [*a, *a]", "<<: *a\n", "? [1, 2]\n: 3\n", "!!int ''", "!!float ''",
        "!!bool x", "!!timestamp x", "!!binary x", "!!null [", "!!set {a}", "!!omap [a: 1]",
        "!!python/object:os.system ", "!", "!<x> ", "--- ", "\n...\n", "%YAML 9.9\n", "|\n", ">\n",
        "2027-02-30", "2027-01-31T23:59:00", "12:30:45", "0o17", "0b1", ".inf", ".nan", "~", "@",
        "`", "- - - ", "{{", "'\\0'", '"\\0"', '"\\ud800"', '"\\e[2J"', "  ",
    )
)  # fmt: skip


def dump(document: Any) -> bytes:
    # JSON is YAML too, and quicker to write.
    return json.dumps(document, indent=1, default=str).encode()


def as_text(document: Any) -> bytes:
    return RULES.encode() if document == VALID else dump(document)


VALID = json.loads(json.dumps(yaml.safe_load(RULES), default=str))


@fuzz(bent_files(VALID, as_text, TOKENS), raises=(ConfigError,), share=0.6)
def test_rules(hostile: bytes, folder: Path) -> Config:
    path = folder / "grading.yaml"
    path.write_bytes(hostile)

    config = load_config(path)

    assert config == load_config(path)
    assert config.digest == load_config(path).digest
    assert 0 < config.max_score < math.inf
    # Rules that are accepted can be reported on.
    assert report(config=config).max_score >= 0
    return config
