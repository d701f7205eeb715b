"""The order of the stages for one submission; nothing else knows it.

checks → describe → price → model rules → train → predict → instructor's checks
       → further runs: train, predict (runs.py says whether) → score

A student's fault ends the way early with a verdict; our own fault is an exception.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from autograder.assignment import Assignment
from autograder.budget import AskedPlan, decide_steps, read_plan
from autograder.checks import check_sources
from autograder.cost import Graph, TrainingCost, cost_of
from autograder.desk import JobDesk
from autograder.diagnoses import diagnose
from autograder.gathering import augmented_pictures, wrong_answers
from autograder.instructor_checks import CheckFacts, run_checks
from autograder.leftovers import Quarter, Trained
from autograder.looks import looks_of
from autograder.measuring import measure
from autograder.metrics import evaluate
from autograder.model_rules import Description, check_model, model_parameters
from autograder.models import Finding, Submission, TrainingPlan, Verdict
from autograder.outcome import FailedRun, Outcome
from autograder.portability import unportable
from autograder.predicting import Predicted, Predictor, Training, forgotten
from autograder.pricing import decide, inputs_of_pricing
from autograder.replay import Predictions
from autograder.runs import Judge, Made
from autograder.scoring import Facts
from autograder.symptoms import symptoms_of
from autograder.training import Trainer
from autograder.verdicts import Failure, unfinished
from autograder.way import Stop, Watcher, Way


class Grader:
    """Grades submissions to one assignment; threads may share it."""

    def __init__(self, assignment: Assignment, desk: JobDesk) -> None:
        self.assignment, self.stop = assignment, desk.stop
        self.trainer, self.predictor = Trainer(desk), Predictor(desk)
        self.labels = assignment.load_labels()
        self.judge = Judge(assignment.config, self.labels, assignment.dataset.num_classes)

    def grade(self, submission: Submission, watcher: Watcher) -> Outcome:
        """Take a submission all the way.

        Raises:
            AutograderError: Our own fault, or the rules do not fit the data.
        """
        return _Stages(self, submission, watcher).go()

    def check(self, submission: Submission, watcher: Watcher) -> Outcome:
        """Go as far as the built model and the tried augmentation.

        The verdict is GRADED if training could begin, though nothing is graded yet; the findings
        are then rules whose points would be lost.
        """
        return _Stages(self, submission, watcher).go(train=False)


class _Stages(Way):
    """The stages of one submission's way."""

    def __init__(self, grader: Grader, submission: Submission, watcher: Watcher) -> None:
        super().__init__(grader.assignment.config, submission, watcher)
        self._grader = grader
        self._trainer, self._labels = grader.trainer, grader.labels
        self._assignment, self._dataset = grader.assignment, grader.assignment.dataset
        self._classes = grader.assignment.dataset.num_classes

    def go(self, *, train: bool = True) -> Outcome:
        """Take one stage after the other, as far as the submission gets."""
        try:
            self._check_sources()
            description, plan = self._describe(probe=not train or self.config.asks_for_probe)
            self._examine(description)
            if train:
                seed = self.config.seeds.training
                trained = self._train_first(plan, seed, description)
                self._diagnose(trained, description)
                self._score(self._measure_run(trained, plan, seed), plan, description)
                self._show(trained)
        except Stop as stop:
            self.learn(verdict=stop.verdict, findings=stop.findings, note=stop.note)
        else:
            self.learn(findings=(*self.broken.values(), *self.outcome.findings))
        return self.outcome

    def _check_sources(self) -> None:
        """What can be said without running anything."""
        self.stage("checks")
        if self.submission.problems:
            raise Stop(Verdict.REJECTED, self.submission.problems)
        self.keep_or_reject(check_sources(self.submission, self.config))

    def _describe(self, *, probe: bool) -> tuple[Description, TrainingPlan]:
        """Build the model, judge it, fix the number of steps."""
        self.stage("building")
        description = self.result(self._trainer.describe(self.submission, probe=probe), Description)
        parameters = model_parameters(description.layers)
        self.learn(layers=description.layers, parameters=parameters)
        size, classes = self._dataset.image_size, self._dataset.num_classes
        labels = self._labels.validation[: self._trainer.probe_images]
        found = check_model(description, labels, classes, (size, size, 3), self.config)
        asked = read_plan(description.plan, self._dataset.train.count)
        if isinstance(asked, Finding):
            raise Stop(Verdict.REJECTED, [*found, asked])
        self.keep_or_reject(found)
        return description, self._price(description, asked)

    def _examine(self, description: Description) -> None:
        """Find out what the augmentation does."""
        from autograder.probing.examine import examine
        from autograder.probing.label_safety import SIDE
        from autograder.roadsigns.drawing import clean_signs

        if description.pictures:
            self.stage("looking at the augmentation")
            drawings = clean_signs(SIDE) if self._assignment.has_drawings else None
            self.learn(
                augmentation=examine(description.pictures, drawings),
                evidence=augmented_pictures(description.pictures),
            )

    def _price(self, description: Description, asked: AskedPlan) -> TrainingPlan:
        """Find out what a step costs, and how many the budget pays for."""
        graph = self._graph(description, asked)
        validation_images = self._dataset.validation.count
        cost = TrainingCost.of(graph, validation_images, asked.steps_per_epoch)
        plan = decide_steps(asked, cost, self.config.budget.training_s)
        self.learn(cost=cost_of(graph.train), unportable=unportable(graph))
        if isinstance(plan, Finding):
            raise Stop(Verdict.REJECTED, [*self.broken.values(), plan])
        self.learn(plan=plan)
        return plan

    def _graph(self, description: Description, asked: AskedPlan) -> Graph:
        """Return the ops of a step: traced without the student's code, where that is possible."""
        claimed, traced = description.graph, None
        if claimed is None or claimed.train.batch_size != asked.batch_size:
            failure = unfinished("ops.json")
            raise Stop(failure.verdict, failure.findings, failure.note)
        inputs = inputs_of_pricing(description.parts)
        if inputs and self._labels.holdout is not None:
            self.stage("pricing")
            attempt = self._trainer.price(self.submission, inputs, asked.batch_size)
            self.account(attempt.resources, attempt.log)
            assert isinstance(attempt.result, Graph | Failure)
            traced = attempt.result
        priced = decide(claimed, traced)
        self.learn(priced_by=priced.by, note=priced.note)
        return priced.graph

    def _train_first(self, plan: TrainingPlan, seed: int, description: Description) -> Trained:
        """Train; if that takes too long, score what was completed, and stop."""
        try:
            return self._train(plan, seed)
        except Stop as stop:
            if stop.quarter:
                stop.findings += self._score_quarter(stop.quarter, plan, seed, description)
            raise

    def _score_quarter(
        self, quarter: Quarter, plan: TrainingPlan, seed: int, description: Description
    ) -> tuple[Finding, ...]:
        self.learn(history=quarter.history)
        try:
            predictor, weights = self._grader.predictor, quarter.weights
            training = Training(self.submission, plan, seed)
            predicted = predictor.predict_unfinished(training, weights)
            made = self._measure_splits(self._predicted(predicted), seed)
        except Stop:  # it had diverged before
            return ()
        fixed = self._fixed_facts(description)
        settled = self._grader.judge.settle(made, fixed)
        self.learn(score=settled.score, uncertainty=settled.uncertainty)
        message = (
            f"It is scored by the first {quarter.number} of the 4 quarters of its plan, which it "
            f"had completed: {quarter.steps} of {plan.steps} steps."
        )
        return (Finding("time-limit", message),)

    def _train(self, plan: TrainingPlan, seed: int) -> Trained:
        again = seed != self.config.seeds.training
        self.stage(f"training, seed {seed}" if again else "training")
        attempt = self._trainer.train(
            self.submission,
            plan,
            model_parameters(self.outcome.layers),
            lambda progress: self.watcher.progress(self.submission.id, progress),
            seed,
            look=self.config.report.pictures and not again,
        )
        trained = self.result(attempt, Trained)
        weights = trained.model.weights
        self.learn(history=trained.history, weights_sha256=weights.sha256 if weights else None)
        return trained

    def _diagnose(self, trained: Trained, description: Description) -> None:
        """Say what the training suffers from, even where it leads to no score."""
        names = self._dataset.class_names
        seen = symptoms_of(description, trained, self.outcome, self._labels, names)
        self.learn(diagnoses=diagnose(seen))

    def _measure_run(self, trained: Trained, plan: TrainingPlan, seed: int) -> Made:
        """Have a trained model predict, and judge its predictions."""
        labels, classes = self._labels.validation, self._classes
        # Told to the student, so by a job that saw nothing else.
        told = evaluate(self.numbers(trained.validation, labels.size, classes), labels, classes)
        self.learn(validation=told)
        self.stage("predicting")
        training = Training(self.submission, plan, seed)
        predictor, judged = self._grader.predictor, self.outcome.layers
        predictions = self._predicted(predictor.predict(training, trained, judged))
        made = self._measure_splits(predictions, seed)
        self.numbers(predictions.validation, labels.size, classes)
        self.learn(findings=forgotten(trained.validation, predictions.validation, classes))
        return made

    def _predicted(self, predicted: Predicted) -> Predictions:
        """Return the predictions that count; stop if there are none."""
        sealed = self._labels.holdout is not None
        self.account(predicted.resources, **{"sealed_log" if sealed else "log": predicted.log})
        self.learn(replay=predicted.replay)
        result = predicted.result
        if isinstance(result, Failure):
            raise Stop(result.verdict, result.findings, result.note)
        self.learn(predictions_sha256=result.sha256)
        return result

    def _measure_splits(self, predictions: Predictions, seed: int) -> Made:
        """Return how good the predictions are for what is scored."""
        labels = self._labels
        found = measure(labels, predictions, self._classes)
        if isinstance(found, Finding):
            raise Stop(Verdict.INVALID_OUTPUT, [found])
        self.learn(**{"validation" if labels.holdout is None else "holdout": found.metrics})
        weights_sha256, replay = self.outcome.weights_sha256 or "", self.outcome.replay
        return Made(seed, found.metrics, found.predicted, weights_sha256, replay, found.corrupted)

    def _train_again(self, plan: TrainingPlan, seed: int) -> Made | FailedRun:
        """Make a further run; of all else about it, only what it used and printed is kept."""
        way = _Stages(self._grader, self.submission, self.watcher)
        way.learn(layers=self.outcome.layers, plan=plan)
        try:
            return way._measure_run(way._train(plan, seed), plan, seed)
        except Stop as stop:
            return FailedRun(seed, stop.verdict, stop.findings, stop.note)
        finally:
            made = way.outcome
            self.account(made.resources, made.log, made.sealed_log)

    def _score(self, first: Made, plan: TrainingPlan, description: Description) -> None:
        """Make as many further runs as the rules ask for; apply the rubric."""
        self.stage("scoring")
        fixed = self._fixed_facts(description)
        settled = self._grader.judge.settle(
            first, fixed, lambda seed: self._train_again(plan, seed)
        )
        notes = [result.message for result in fixed.checks.values() if result.passed is None]
        notes += [self.outcome.note] if self.outcome.note else []
        self.learn(
            score=settled.score,
            runs=settled.runs,
            failed_run=settled.failed,
            uncertainty=settled.uncertainty,
            findings=(*self.outcome.findings, *settled.findings),
            note="\n".join([*notes, *settled.notes]),
        )
        if self._labels.holdout is not None:
            self.learn(holdout=settled.metrics)

    def _show(self, trained: Trained) -> None:
        """Keep what is worth looking at: public images, never the holdout's."""
        if not self.config.report.pictures:
            return
        outcome, labels = self.outcome, self._labels.validation
        own_code = outcome.replay is None or outcome.replay.replayed is not True
        scored = outcome.validation if own_code else outcome.holdout or outcome.validation
        assert scored is not None
        predictions = self.numbers(trained.validation, labels.size, self._classes)
        images = np.load(self._dataset.validation.images, mmap_mode="r")
        right, misread = looks_of(trained.looks, predictions, images, labels)
        wrong = wrong_answers(predictions, labels, images, scored.mistakes)
        evidence = dataclasses.replace(outcome.evidence, wrong=wrong, right=right, misread=misread)
        self.learn(evidence=evidence)

    def _fixed_facts(self, description: Description) -> Facts:
        """Gather what is the same in every run: broken rules, and what the checks say."""
        count = self._trainer.augmented_images
        images = np.load(self._dataset.train.images, mmap_mode="r")[:count]
        facts = CheckFacts(images.astype(np.float32), description)
        checks = run_checks(self._assignment.checks, self._assignment.root, facts)
        names, augmentation = self._dataset.class_names, self.outcome.augmentation
        return Facts(None, self.broken, checks, names, augmentation)
