"""What the class page says about verdicts and flags, to an instructor."""

from __future__ import annotations

from autograder.models import Verdict

VERDICTS = {
    Verdict.GRADED: "trained and scored",
    Verdict.REJECTED: "broke a rule before training",
    Verdict.RUNTIME_ERROR: "stopped with an error",
    Verdict.TIME_LIMIT: "ran into the time limit",
    Verdict.MEMORY_LIMIT: "needed too much memory",
    Verdict.OUTPUT_LIMIT: "printed or wrote too much",
    Verdict.INVALID_OUTPUT: "predictions cannot be scored",
    Verdict.INTERNAL_ERROR: "our fault: no grade yet",
}
NO_GRADE = (
    "Grading failed on our side, so there is no grade, which is not a zero. Grade again: only "
    "these are repeated."
)
FLAGS = {
    "needs-attention": "A person has to decide about the grade.",
    "replay-different": (
        "Without the student's code, the trained model predicts otherwise: the score may not be "
        "the network's own."
    ),
    "check-error": "A check of yours crashed: its points are neither won nor lost yet.",
    "unisolated": "The code ran without a sandbox: the score proves nothing.",
    "similar": (
        "Code or trained weights suspiciously like another's. A reason to look, not a proof, and "
        "no points."
    ),
    "borderline": (
        "All runs were made, and the score is still less sure than the rules ask for: luck may "
        "have decided."
    ),
    "unstable": "One seed trained well, a further one failed by the student's fault.",
    "degraded-isolation": "The sandbox was weaker than it should be on that machine.",
    "one-cpu-model": "Other models of CPU may train to other weights, and so to another score.",
    "default-holdout": "Anyone could build the same holdout: fine at home, not for grades.",
    "late": "Handed in after the due time; the penalty is in the grade.",
    "budget-cut": "The budget ended the training before the plan did.",
}
# How loudly a flag is shown; the others are quiet.
TONES = {
    "needs-attention": "bad",
    "replay-different": "bad",
    "check-error": "bad",
    "unisolated": "bad",
    "similar": "warn",
    "borderline": "warn",
    "unstable": "warn",
    "degraded-isolation": "warn",
    "default-holdout": "warn",
}
