"""`autograder calibrate` with jobs that are faked: what it trains, prints, keeps and writes."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from autograder.assignment import Assignment
from autograder.calibration_file import FILE_NAME, Calibration, threshold_warnings
from autograder.commands import calibrate as calibrate_module
from autograder.commands import grade as grade_module
from autograder.commands.calibrate import CalibrateOptions, calibrate, one_run
from autograder.commands.grade import GradeOptions, grade
from autograder.config import Config, SeedsConfig
from autograder.config_file import load_config
from autograder.errors import IntakeError, ResultsError
from autograder.jobs import Ending, JobResult
from autograder.rubric import ScaledCriterion, ThresholdCriterion
from autograder.runner import Runner
from autograder.store import Store
from tests.conftest import TINY, TinyData
from tests.fakes import HOLDOUT_COUNT, LABELS, FakeRunner, Script, fake_grader, predictions, result

RULES = """# How this class is graded.
version: 1
rules: {min_convolutions: 1, max_untrained_accuracy: 0.5}
rubric:
  - id: f1          # the signs
    title: F1
    points: 80
    metric: macro_f1
    zero_at: 0.3
    full_at: 0.95   # to be calibrated
  - {id: third, title: Third, points: 10, metric: recall, class_id: 2, at_least: 1.0}
  - {id: size, title: Size, points: 10, rules: [parameter-limit]}
"""


@dataclass
class Desk:
    """A folder with rules and solutions, and a machine that runs nothing."""

    folder: Path
    script: Script
    assignments: list[Assignment]

    @property
    def rules(self) -> Path:
        return self.folder / "grading.yaml"

    @property
    def seeds_trained(self) -> list[int]:
        return [job.arguments["seed"] for job in self.script.asked if job.task == "train"]

    def add(self, name: str, text: str = TINY) -> Path:
        path = self.folder / name
        path.mkdir(parents=True)
        (path / "submission.py").write_text(text)
        return path

    def right(self, answer: Callable[[int, str], int]) -> None:
        """Say how many holdout images are recognised, by seed and source."""

        def outputs() -> bytes:
            job = next(job for job in reversed(self.script.asked) if job.task == "train")
            count = answer(job.arguments["seed"], job.sources["submission.py"])
            return predictions(LABELS, count)

        self.script.replay = lambda: self.script.replayed(holdout=outputs())

    def calibrate(self, *paths: Path, **options: Any) -> tuple[int, str]:
        """Run the command; return its exit code and what it printed."""
        defaults = {
            "paths": paths, "solutions": None, "seeds": 3, "out": self.folder / "out",
            "config": self.rules, "write": False, "jobs": 1, "no_sandbox": False,
        }  # fmt: skip
        console = Console(file=io.StringIO(), width=500)
        code = calibrate(CalibrateOptions(**defaults | options), console)
        assert isinstance(console.file, io.StringIO)
        return code, console.file.getvalue()


@pytest.fixture
def desk(tiny_data: TinyData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    (tmp_path / "grading.yaml").write_text(RULES)
    grader, script = fake_grader(tiny_data)
    made = Desk(tmp_path, script, [])
    made.add("solutions/reference")
    made.right(lambda seed, _: HOLDOUT_COUNT - seed % 3)

    @contextmanager
    def opened(
        config: Config, config_path: Path, console: Console, *, no_sandbox: bool
    ) -> Iterator[tuple[Assignment, Runner]]:
        assignment = dataclasses.replace(grader.assignment, config=config, config_path=config_path)
        made.assignments.append(assignment)
        yield assignment, FakeRunner(script)

    monkeypatch.setattr(calibrate_module, "opened", opened)
    monkeypatch.setattr(grade_module, "opened", opened)
    return made


def test_solutions_are_trained_under_each_seed_from_that_of_the_rules_on(desk: Desk) -> None:
    code, printed = desk.calibrate(seeds=4)
    assert code == 0
    assert desk.seeds_trained == [2027, 2028, 2029, 2030]
    assert "seeds: 2027, 2028, 2029, 2030" in printed
    for seed in (2027, 2030):
        report = desk.folder / f"out/seed-{seed}/submissions/reference/report.json"
        assert json.loads(report.read_text())["seeds"]["training"] == seed


def test_nothing_is_drawn_that_nobody_looks_at(desk: Desk) -> None:
    desk.calibrate()
    described = [job.arguments for job in desk.script.asked if job.task == "describe"]
    assert described
    assert not [arguments for arguments in described if "cards" in arguments]
    assert not any(job.arguments.get("look") for job in desk.script.asked)


def test_distributions_rates_and_proposals_are_printed(desk: Desk) -> None:
    desk.right(lambda seed, _: {2027: 25, 2028: 24, 2029: 24}[seed])
    _, printed = desk.calibrate()
    lines = [" ".join(line.split()) for line in printed.splitlines()]
    assert "f1: F1 (80 points; macro_f1, full_at 0.95)" in lines
    row = "reference value 3 0.9731 0.0233 0.9596 0.9596 0.9596 0.9798 1.0000"
    assert row in lines
    assert "reference points 3 80.00 0.00 80.00 80.00 80.00 80.00 80.00" in lines
    [words] = [line for line in lines if line.startswith("reference misses full_at 0.95")]
    assert "(0 of 3 seen, 95 % interval 0.0% to 70.8%; estimated 24.1%)" in words
    [proposal] = [line for line in lines if line.startswith("proposal: full_at 0.95 → 0.78: ")]
    assert "(Student's t, 2 degrees of freedom)" in proposal
    assert "size: Size (10 points; no threshold)" in lines
    assert any(line.startswith("reference does not get all of them in 0 of 3") for line in lines)
    assert "Score, of 100 points" in lines


def test_nothing_is_changed_unless_asked_for(desk: Desk) -> None:
    desk.calibrate()
    assert desk.rules.read_text() == RULES
    assert not (desk.folder / FILE_NAME).exists()


def test_what_was_trained_is_not_trained_again(desk: Desk) -> None:
    first = desk.calibrate()[1]
    desk.script.asked.clear()
    again = desk.calibrate()[1]
    assert desk.seeds_trained == []
    assert again.replace("  (as before)", "") == first
    desk.calibrate(seeds=5)
    assert desk.seeds_trained == [2030, 2031]


def test_ctrl_c_keeps_what_is_done(desk: Desk) -> None:
    sound = desk.script.train

    def interrupted() -> JobResult:
        if desk.script.asked[-1].arguments["seed"] == 2029:
            raise KeyboardInterrupt
        return sound()

    desk.script.train = interrupted
    with pytest.raises(KeyboardInterrupt):
        desk.calibrate(write=True)
    assert desk.rules.read_text() == RULES
    desk.script.train = sound
    desk.script.asked.clear()
    assert desk.calibrate()[0] == 0
    assert desk.seeds_trained == [2029]


def test_write_changes_the_thresholds_and_nothing_else(desk: Desk) -> None:
    _, printed = desk.calibrate(write=True)
    written = desk.rules.read_text()
    changed = [
        (old, new)
        for old, new in zip(RULES.splitlines(), written.splitlines(), strict=True)
        if old != new
    ]
    assert len(changed) == 2
    config = load_config(desk.rules)
    f1, third = config.rubric[0], config.rubric[1]
    assert isinstance(f1, ScaledCriterion)
    assert isinstance(third, ThresholdCriterion)
    assert f1.threshold < 0.95
    assert third.threshold < 1.0
    assert changed[0][1] == f"    full_at: {f1.threshold!r}   # to be calibrated"
    assert changed[1][1] == changed[1][0].replace("1.0", repr(third.threshold))
    assert FILE_NAME in printed


def test_a_threshold_that_good_work_meets_is_not_raised(desk: Desk) -> None:
    easy = RULES.replace("full_at: 0.95", "full_at: 0.5").replace("at_least: 1.0", "at_least: 0.1")
    desk.rules.write_text(easy)
    desk.right(lambda *_: HOLDOUT_COUNT)
    _, printed = desk.calibrate(write=True)
    assert "full_at may stay; 0.83 is the most: reference" in printed
    assert "at_least may stay; 0.19 is the most: reference" in printed
    assert desk.rules.read_text() == easy
    assert (desk.folder / FILE_NAME).exists()


def test_after_a_write_grade_has_nothing_to_warn_of(desk: Desk) -> None:
    desk.calibrate(write=True)
    calibration = Calibration.model_validate_json((desk.folder / FILE_NAME).read_text())
    assert calibration.seeds == (2027, 2028, 2029)
    assert [part.id for part in calibration.criteria] == ["f1", "third"]
    assert all(part.false_fails.fails == 0 for part in calibration.criteria)
    before = desk.assignments[-1]
    after = dataclasses.replace(before, config=load_config(desk.rules))
    assert list(threshold_warnings(after)) == []
    assert [line.partition(":")[0] for line in threshold_warnings(before)] == ["f1", "third"]


def test_grade_warns_before_it_grades_and_grades_all_the_same(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.calibrate(write=True)
    desk.rules.write_text(RULES)
    paths = [desk.folder / "solutions"]
    options = GradeOptions(paths, desk.folder / "results", desk.rules, None, 1, no_sandbox=False)
    assert grade(options, Console(file=io.StringIO())) == 0
    [f1, third] = capsys.readouterr().err.splitlines()
    assert f1.startswith("warning: f1: reference misses full_at 0.95")
    assert third.startswith("warning: third: reference misses at_least 1")
    assert (desk.folder / "results" / "gradebook.csv").exists()


def test_a_class_is_shown_and_decides_nothing(desk: Desk) -> None:
    alone = desk.calibrate()[1]
    desk.add("class/weak", f"{TINY}\n# weak\n")
    desk.add("class/broken", "def build_model(")
    desk.right(lambda seed, text: 9 if "weak" in text else HOLDOUT_COUNT - seed % 3)
    code, printed = desk.calibrate(desk.folder / "class")
    assert code == 0
    assert "class of 2" in printed
    assert "class of 2: seeds alone make an SD of 0.00 points" in printed
    for line in alone.splitlines():
        if line.startswith(("reference misses", "proposal")):
            assert line in printed


def test_a_solution_that_is_also_in_the_class_is_a_solution(desk: Desk) -> None:
    _, printed = desk.calibrate(desk.folder / "solutions" / "reference")
    assert desk.seeds_trained == [2027, 2028, 2029]
    assert "class of" not in printed


def test_a_solution_that_diverges_is_told_and_no_threshold_is_proposed(desk: Desk) -> None:
    desk.right(lambda *_: HOLDOUT_COUNT)
    sound = desk.script.train

    def diverging() -> JobResult:
        if desk.script.asked[-1].arguments["seed"] == 2028:
            no_numbers = b"\xff" * len(predictions(desk.script.validation_labels))
            return desk.script.trained(**{"validation.f32": no_numbers})
        return sound()

    desk.script.train = diverging
    code, printed = desk.calibrate(write=True)
    assert code == 0
    assert "reference, seed 2028: INVALID_OUTPUT" in printed
    assert "proposal: none; no threshold helps: 1 of 3 trainings of reference" in printed
    assert "reference does not get all of them in 1 of 3" in printed
    assert desk.rules.read_text() == RULES
    [line, _] = threshold_warnings(desk.assignments[-1])
    assert "(1 of 3 seen" in line


def test_a_fault_of_ours_ends_it_without_a_word_on_thresholds(desk: Desk) -> None:
    desk.script.train = lambda: result(ending=Ending.KILLED_FROM_OUTSIDE, exit_code=-9)
    code, printed = desk.calibrate(write=True)
    assert code == 1
    assert "could not be graded: reference, seed 2027" in printed
    assert "proposal" not in printed
    assert desk.rules.read_text() == RULES


def test_no_solutions_is_an_error_that_names_the_folder(desk: Desk) -> None:
    with pytest.raises(IntakeError, match="nowhere"):
        desk.calibrate(solutions=desk.folder / "nowhere")


def test_results_in_use_are_left_alone(desk: Desk) -> None:
    with Store(desk.folder / "out" / "seed-2028"), pytest.raises(ResultsError, match="another"):
        desk.calibrate()


def test_one_seed_is_one_training_whatever_the_rules_say_about_more() -> None:
    config = load_config(Path(__file__).parent.parent / "grading.yaml")
    once = one_run(config, 7)
    assert once.seeds.training == 7
    for key in {"min_runs", "max_runs"} & set(SeedsConfig.model_fields):
        assert getattr(once.seeds, key) == 1
    assert not once.report.pictures
    assert once.model_copy(update={"seeds": config.seeds, "report": config.report}) == config
