"""The order of the stages and what ends a submission's way, with jobs that follow a script."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json

import numpy as np
import pytest

from autograder.config import Config, ReportConfig
from autograder.errors import ConfigError, JobInfrastructureError
from autograder.jobs import Ending, JobResult
from autograder.models import Finding, Verdict
from autograder.probing.pictures import picture_bytes
from tests.conftest import CLASSES, SIZE, TinyData
from tests.fakes import (
    ARCHITECTURE,
    CONFIG,
    HISTORY,
    LABELS,
    WEIGHTS,
    Script,
    Watched,
    description,
    fake_grader,
    predictions,
    result,
    submission,
)


def test_the_stages_follow_each_other(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)
    watched = Watched()
    outcome = grader.grade(submission(), watched)
    assert watched.stages == [
        "checks", "building", "pricing", "training", "5/10", "predicting", "scoring",
    ]  # fmt: skip
    assert [job.task for job in script.asked] == ["describe", "price", "train", "replay"]
    assert outcome.verdict is Verdict.GRADED
    assert outcome.score is not None
    assert outcome.score.points == 100
    assert outcome.resources.cpu_s == 8.0
    assert outcome.log == b"printed\nprinted\n"


def test_points_come_from_the_holdout_alone(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)
    script.replay = lambda: script.replayed(holdout=predictions(LABELS, right=0))
    outcome = grader.grade(submission(), Watched())
    assert outcome.validation is not None
    assert outcome.validation.accuracy == 1.0
    assert outcome.holdout is not None
    assert outcome.holdout.accuracy == 0.0
    assert outcome.score is not None
    assert [criterion.points for criterion in outcome.score.criteria] == [0, 10]


def test_a_training_is_diagnosed_even_where_it_leads_to_no_score(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)
    diverged = HISTORY | {"loss": float("nan"), "validation_loss": float("nan")}
    no_numbers = np.full((20, CLASSES), np.nan, "<f4").tobytes()
    script.train = lambda: script.trained(
        **{"history.jsonl": json.dumps(diverged).encode(), "validation.f32": no_numbers}
    )
    outcome = grader.grade(submission(), Watched())
    assert outcome.verdict is Verdict.INVALID_OUTPUT
    assert [diagnosis.id for diagnosis in outcome.diagnoses][-1:] == ["loss-nan"]


def test_a_students_own_training_is_scored_on_validation(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data, holdout=False)
    outcome = grader.grade(submission(), Watched())
    assert [job.task for job in script.asked] == ["describe", "train", "replay"]
    assert script.asked[-1].arguments["holdout_images"] is None
    assert outcome.holdout is None
    assert outcome.score is not None
    assert outcome.score.points == 100


OWN_PARTS = {
    "architecture.json": json.dumps(ARCHITECTURE).replace("Conv2D", "Lambda").encode(),
}  # fmt: skip


def test_no_label_of_the_holdout_is_named_to_a_job(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)
    script.train = lambda: script.trained(**OWN_PARTS)
    grader.grade(submission(), Watched())
    for job in script.asked:
        assert "holdout_labels" not in json.dumps(dict(job.arguments))


@pytest.mark.parametrize("outputs", [{}, OWN_PARTS], ids=["stock", "own"])
def test_what_a_job_says_that_is_told_of_the_holdout_goes_to_staff_alone(
    tiny_data: TinyData, outputs: dict[str, bytes]
) -> None:
    grader, script = fake_grader(tiny_data)
    script.train = lambda: script.trained(**outputs)
    outcome = grader.grade(submission(), Watched())
    told = {job.task for job in script.asked if "holdout" in json.dumps(dict(job.arguments))}
    assert told == {"predict" if outputs else "replay"}
    assert outcome.log == b"printed\nprinted\n"
    assert outcome.sealed_log == (b"whispered\n" if outputs else b"")


def test_at_a_students_there_is_nothing_to_seal(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data, holdout=False)
    script.train = lambda: script.trained(**OWN_PARTS)
    outcome = grader.grade(submission(), Watched())
    assert outcome.log == b"printed\nprinted\nwhispered\n"
    assert outcome.sealed_log == b""


def failing(message: str, *, contract: bool = False) -> JobResult:
    error = {
        "stage": "prediction", "contract": contract, "type": "ValueError", "message": message,
        "places": [["submission.py", 3]],
    }  # fmt: skip
    return result({"error.json": json.dumps(error).encode()}, exit_code=1)


@pytest.mark.parametrize("contract", [True, False])
def test_the_words_of_a_failure_beside_the_holdout_are_withheld(
    tiny_data: TinyData, contract: bool
) -> None:
    grader, script = fake_grader(tiny_data)
    script.train = lambda: script.trained(**OWN_PARTS)
    script.predict = lambda: failing("PIXELS", contract=contract)
    outcome = grader.grade(submission(), Watched())
    assert outcome.verdict is (Verdict.REJECTED if contract else Verdict.RUNTIME_ERROR)
    (finding,) = outcome.findings
    assert "PIXELS" not in f"{finding} {outcome.note} {outcome.log!r}"
    assert "`autograder train`" in finding.hint
    assert finding.location is None
    assert "sealed.log" in outcome.note


def test_at_a_students_the_words_of_a_failure_are_there(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data, holdout=False)
    script.train = lambda: script.trained(**OWN_PARTS)
    script.predict = lambda: failing("no such layer")
    outcome = grader.grade(submission(), Watched())
    assert outcome.verdict is Verdict.RUNTIME_ERROR
    assert "no such layer" in outcome.findings[0].message


def test_what_a_model_forgets_when_it_is_built_again_is_told_and_counts(
    tiny_data: TinyData,
) -> None:
    grader, script = fake_grader(tiny_data)
    forgetful = {"validation.f32": predictions(script.validation_labels, right=10)}
    script.train = lambda: script.trained(**OWN_PARTS)
    script.predict = lambda: script.predicted(predictions(LABELS, right=12), **forgetful)
    outcome = grader.grade(submission(), Watched())
    assert outcome.verdict is Verdict.GRADED
    assert [finding.rule for finding in outcome.findings] == ["not-in-the-weights"]
    assert outcome.holdout is not None
    assert outcome.holdout.accuracy == 12 / 25
    assert outcome.validation is not None
    assert outcome.validation.accuracy == 1.0  # of the training, which saw nothing else


def test_a_static_fault_rejects_before_any_job(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)
    outcome = grader.grade(submission("def build_model(:"), Watched())
    assert outcome.verdict is Verdict.REJECTED
    assert [finding.rule for finding in outcome.findings] == ["syntax"]
    assert script.asked == []


def test_what_intake_could_not_take_in_is_rejected(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)
    problem = Finding("not-a-notebook", "This is no notebook.")
    broken = dataclasses.replace(submission(), problems=(problem,), files=())
    outcome = grader.grade(broken, Watched())
    assert (outcome.verdict, outcome.findings) == (Verdict.REJECTED, (problem,))
    assert script.asked == []


def test_a_broken_model_rule_rejects_before_training(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)
    wrong = description(output_shape=[8, 8, CLASSES])
    script.describe = lambda: result({"description.json": json.dumps(wrong).encode()})
    outcome = grader.grade(submission(), Watched())
    assert outcome.verdict is Verdict.REJECTED
    assert outcome.findings[0].rule == "output-shape"
    assert [job.task for job in script.asked] == ["describe"]


def test_a_rule_that_the_rubric_charges_for_costs_points_and_no_more(tiny_data: TinyData) -> None:
    small = CONFIG.model_copy(
        update={"budget": CONFIG.budget.model_copy(update={"parameters": 50})}
    )
    grader, _ = fake_grader(tiny_data, small)
    outcome = grader.grade(submission(), Watched())
    assert outcome.verdict is Verdict.GRADED
    assert outcome.score is not None
    assert [criterion.points for criterion in outcome.score.criteria] == [90, 0]
    assert outcome.findings[0].rule == "parameter-limit"


def test_an_impossible_plan_is_rejected(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)
    endless = json.loads(script.describe().outputs["description.json"]) | {"plan": {"epochs": -1}}
    outputs = {**script.describe().outputs, "description.json": json.dumps(endless).encode()}
    script.describe = lambda: result(outputs)
    outcome = grader.grade(submission(), Watched())
    assert outcome.verdict is Verdict.REJECTED
    assert outcome.findings[-1].rule == "training-plan"


def test_a_time_limit_in_training_keeps_what_was_learned_before(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)
    script.train = lambda: result(ending=Ending.CPU_LIMIT, exit_code=-9)
    outcome = grader.grade(submission(), Watched())
    assert outcome.verdict is Verdict.TIME_LIMIT
    assert outcome.score is None
    assert outcome.parameters == 112
    assert outcome.plan is not None


@pytest.mark.parametrize(
    "forged",
    [
        b"",
        predictions(LABELS)[:-4],
        predictions(LABELS) + b"\0\0\0\0",
        np.full((len(LABELS), CLASSES), np.nan, "<f4").tobytes(),
    ],
    ids=["missing", "short", "long", "nan"],
)
def test_predictions_that_are_none_are_invalid_output(tiny_data: TinyData, forged: bytes) -> None:
    grader, script = fake_grader(tiny_data)
    script.train = lambda: script.trained(**OWN_PARTS)
    script.predict = lambda: script.predicted(holdout=forged)
    outcome = grader.grade(submission(), Watched())
    assert outcome.verdict is Verdict.INVALID_OUTPUT
    assert outcome.score is None


@pytest.mark.parametrize("forged", [b"", b"\0" * 4, b"\xff" * 20 * CLASSES * 4])
def test_a_training_whose_predictions_are_none_is_predicted_by_nobody(
    tiny_data: TinyData, forged: bytes
) -> None:
    grader, script = fake_grader(tiny_data)
    script.train = lambda: script.trained(**{"validation.f32": forged})
    outcome = grader.grade(submission(), Watched())
    assert outcome.verdict is Verdict.INVALID_OUTPUT
    assert script.asked[-1].task == "train"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("training.json", b"{}"),
        ("training.json", b'{"not_kept": "", "weights_sha256": "zz"}'),
        ("training.json", b"[" * 200_000),
        ("history.jsonl", b'{"epoch": "one"}\n'),
        ("history.jsonl", b"\xff\xfe\n"),
    ],
)
def test_forged_files_are_the_students_fault(
    tiny_data: TinyData, file: str, content: bytes
) -> None:
    grader, script = fake_grader(tiny_data)
    script.train = lambda: script.trained(**{file: content})
    assert grader.grade(submission(), Watched()).verdict is Verdict.RUNTIME_ERROR


@pytest.mark.parametrize("shape", [[int("9" * 4200)] * 2, [-5, 3], [1] * 1000, ["3"]])
def test_a_forged_description_is_the_students_fault(
    tiny_data: TinyData, shape: list[object]
) -> None:
    grader, script = fake_grader(tiny_data)
    layer = description()["layers"][0] | {"weight_shapes": [shape]}
    forged = json.dumps(description(layers=[layer])).encode()
    script.describe = lambda: result({"description.json": forged})
    assert grader.grade(submission(), Watched()).verdict is Verdict.RUNTIME_ERROR


def test_our_own_fault_is_an_exception_not_a_verdict(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)
    script.train = lambda: result(ending=Ending.KILLED_FROM_OUTSIDE, exit_code=-9)
    with pytest.raises(JobInfrastructureError):
        grader.grade(submission(), Watched())


def test_checking_stops_before_training(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)
    outcome = grader.check(submission(), Watched())
    assert [job.task for job in script.asked] == ["describe", "price"]
    assert outcome.verdict is Verdict.GRADED
    assert outcome.score is None


def test_a_rubric_that_does_not_fit_the_data_is_refused_before_anything_runs(
    tiny_data: TinyData,
) -> None:
    recall = {"id": "r", "title": "R", "points": 1, "metric": "recall", "at_least": 0.5}
    config = Config.model_validate({"version": 1, "rubric": [recall | {"class_id": 40}]})
    with pytest.raises(ConfigError, match="criterion r: class_id 40"):
        fake_grader(tiny_data, config)


def test_an_instructors_check_is_run_and_scored(tiny_data: TinyData) -> None:
    (tiny_data.folder / "test_facts.py").write_text(
        "def test_small(submission):\n    assert submission.parameters < 100, 'Too large.'\n"
        "def test_shape(submission):\n    assert submission.augmented.shape[1:] == "
        "submission.originals.shape\n"
    )
    rubric = [
        {"id": name, "title": name, "points": 5, "check": f"test_facts.py::test_{name}"}
        for name in ("small", "shape", "missing")
    ]
    config = Config.model_validate(CONFIG.model_dump() | {"rubric": rubric})
    grader, _ = fake_grader(tiny_data, config)
    outcome = grader.grade(submission(), Watched())
    assert outcome.score is not None
    small, shape, missing = outcome.score.criteria
    assert (small.passed, small.points, small.reason) == (False, 0, "Too large.")
    assert (shape.passed, shape.points) == (True, 5)
    assert (missing.passed, missing.points) == (None, 0)
    assert "test_missing" in outcome.note


def test_equal_predictions_without_the_students_code_are_recorded(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)
    outcome = grader.grade(submission(), Watched())
    clean = script.asked[-1]
    assert (clean.task, clean.sources) == ("replay", {})
    assert set(clean.inputs) == {"architecture.json", "weights.json", "weights.bin"}
    assert outcome.replay is not None
    assert outcome.replay.replayed is True
    assert outcome.note == ""


def test_other_predictions_are_told_to_staff_and_cost_nothing_by_themselves(
    tiny_data: TinyData,
) -> None:
    grader, script = fake_grader(tiny_data)
    other = predictions(script.validation_labels, right=8)
    script.replay = lambda: script.replayed(b"", **{"validation.f32": other})
    outcome = grader.grade(submission(), Watched())
    assert outcome.replay is not None
    assert outcome.replay.replayed is False
    assert "12 of 20 validation images get another class" in outcome.replay.reason
    assert outcome.note == outcome.replay.reason
    assert outcome.verdict is Verdict.GRADED
    assert outcome.score is not None
    assert outcome.score.points == 100


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        (OWN_PARTS, "'Lambda' (from 'keras.layers') is not a stock part of Keras"),
        ({"architecture.json": b"[" * 200_000}, "no JSON"),
        ({"architecture.json": b""}, "left no model"),
        ({"architecture.json": b"", "training.json": b'{"not_kept": "no config"}'}, "no config"),
    ],
)
def test_what_cannot_be_replayed_never_reaches_a_job_and_says_why(
    tiny_data: TinyData, outputs: dict[str, bytes], words: str
) -> None:
    grader, script = fake_grader(tiny_data)
    script.train = lambda: script.trained(**outputs)
    outcome = grader.grade(submission(), Watched())
    assert [job.task for job in script.asked] == ["describe", "price", "train", "predict"]
    with_own_code = script.asked[-1]
    assert set(with_own_code.sources) == {"submission.py"}
    assert set(with_own_code.inputs) == {"weights.json", "weights.bin"}
    assert outcome.replay is not None
    assert outcome.replay.replayed == "not possible"
    assert words in outcome.replay.reason
    assert outcome.verdict is Verdict.GRADED


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        ({"weights.bin": WEIGHTS[:-1]}, "they are missing"),
        ({"weights.json": b"["}, "they are missing"),
        ({"weights.bin": b"", "training.json": b'{"not_kept": "its weights are large"}'}, "large"),
    ],
)
def test_a_training_without_weights_cannot_predict(
    tiny_data: TinyData, outputs: dict[str, bytes], words: str
) -> None:
    grader, script = fake_grader(tiny_data)
    script.train = lambda: script.trained(**outputs)
    outcome = grader.grade(submission(), Watched())
    assert script.asked[-1].task == "train"
    assert outcome.verdict is Verdict.INVALID_OUTPUT
    assert outcome.findings[0].rule == "no-weights"
    assert words in outcome.findings[0].message


def test_a_model_that_is_another_than_was_judged_is_told_to_staff(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)
    other = [layer | {"kind": "Dense"} for layer in description()["layers"]]
    script.replay = lambda: script.replayed(**{"layers.json": json.dumps(other).encode()})
    outcome = grader.grade(submission(), Watched())
    assert outcome.replay is not None
    assert outcome.replay.replayed is False
    assert "its layer 1 is Dense [3x3x3x4, 4], it was Conv2D [3x3x3x4, 4]" in outcome.note


def test_a_clean_job_that_describes_no_end_of_layers_proves_nothing(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)
    many = json.dumps(description()["layers"] * 5001).encode()
    script.replay = lambda: script.replayed(**{"layers.json": many})
    outcome = grader.grade(submission(), Watched())
    assert outcome.replay is not None
    assert outcome.replay.replayed == "not possible"
    assert "described more layers than we read" in outcome.replay.reason


def test_a_clean_job_that_fails_is_no_fault_of_anybodys(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)
    script.replay = lambda: result(ending=Ending.CPU_LIMIT, exit_code=-9)
    outcome = grader.grade(submission(), Watched())
    assert outcome.replay is not None
    assert outcome.replay.replayed == "not possible"
    assert "stopped after" in outcome.replay.reason
    assert outcome.verdict is Verdict.GRADED


def test_a_clean_job_that_is_killed_from_outside_is_our_fault(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)
    script.replay = lambda: result(ending=Ending.KILLED_FROM_OUTSIDE, exit_code=-9)
    with pytest.raises(JobInfrastructureError):
        grader.grade(submission(), Watched())


def test_the_hash_of_the_weights_is_the_graders_own(tiny_data: TinyData) -> None:
    grader, _ = fake_grader(tiny_data)
    digest = hashlib.sha256(b"(3, 3, 3, 4)" + WEIGHTS[:-16] + b"(4,)" + WEIGHTS[-16:])
    assert grader.grade(submission(), Watched()).weights_sha256 == digest.hexdigest()


def looked_at(script: Script) -> JobResult:
    """Return a description whose job left pictures that its augmentation did nothing to."""
    card = np.load(io.BytesIO(script.asked[-1].inputs["card.npy"]))
    sign = np.load(io.BytesIO(script.asked[-1].inputs["sign.npy"]))
    images = {"cards": card, "again": card, "inference": card, "signs": sign}
    left = {
        f"{name}.f32": np.tile(image, (count // image.size // 4, 1, 1, 1)).astype("<f4").tobytes()
        for (name, image), count in zip(images.items(), picture_bytes(SIZE).values(), strict=True)
    }
    return result({**script.described().outputs, **left})


def test_what_is_worth_looking_at_is_kept(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)
    script.describe = lambda: looked_at(script)
    labels = grader.labels.validation
    made = {"validation.f32": predictions(labels, right=15)}
    script.train = lambda: script.trained(**made)
    script.replay = lambda: script.replayed(holdout=predictions(LABELS, right=15), **made)
    outcome = grader.grade(submission(), Watched())
    evidence = outcome.evidence
    assert outcome.augmentation is not None
    assert not outcome.augmentation.probe.stochastic
    assert evidence.augmented is not None
    assert evidence.sign is not None
    assert (evidence.augmented == evidence.sign).all()
    assert evidence.wrong is not None
    validation = np.load(grader.assignment.dataset.validation.images)
    for image, class_id, read_as in zip(
        evidence.wrong.images, evidence.wrong.class_ids, evidence.wrong.read_as, strict=True
    ):
        places = np.flatnonzero((validation == image).all(axis=(1, 2, 3)))
        assert class_id in labels[places]
        assert read_as == (class_id + 1) % CLASSES


@pytest.mark.parametrize("pictures", [True, False])
def test_pictures_are_taken_only_where_they_are_wanted(tiny_data: TinyData, pictures: bool) -> None:
    config = CONFIG.model_copy(update={"report": ReportConfig(pictures=pictures)})
    grader, script = fake_grader(tiny_data, config)
    outcome = grader.grade(submission(), Watched())
    described, _, trained, _ = script.asked
    assert ("cards" in described.arguments, trained.arguments["look"]) == (pictures, pictures)
    assert outcome.verdict is Verdict.GRADED


def test_a_criterion_about_the_augmentation_is_judged_by_its_pictures(
    tiny_data: TinyData,
) -> None:
    item = {"id": "varied", "title": "", "points": 5, "augmentation": {"stochastic": True}}
    rubric = [*CONFIG.model_dump()["rubric"], item]
    rules = CONFIG.model_dump() | {"rubric": rubric, "report": {"pictures": False}}
    grader, script = fake_grader(tiny_data, Config.model_validate(rules))
    script.describe = lambda: looked_at(script)
    outcome = grader.grade(submission(), Watched())
    assert outcome.score is not None
    assert outcome.score.criteria[-1].reason == (
        "The augmentation is not as asked for: it does the same to every picture."
    )
    assert outcome.score.points == 100


def test_label_safety_is_refused_where_there_are_no_drawings(tiny_data: TinyData) -> None:
    item = {"id": "safe", "title": "", "points": 5, "augmentation": {"label_safe": True}}
    config = Config.model_validate({"version": 1, "rubric": [item]})
    with pytest.raises(ConfigError, match="criterion safe: label_safe compares drawings"):
        fake_grader(tiny_data, config)
