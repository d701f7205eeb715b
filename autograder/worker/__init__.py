"""What runs inside a job: a student's code, and the harness that trains it.

These are the only files of ours in a process that runs student code, so they import nothing else
of ours, hold no labels but the training and validation split's, and leave only files behind:

* ``description.json``, ``untrained.f32``, ``augmented.f32``, the ops of a training step as
  ``ops.json``, and what it is made of as ``parts.json`` by the task `describe`,
* ``history.jsonl``, ``validation.f32``, ``training.json``, the trained model as
  ``architecture.json``, ``weights.json``, ``weights.bin`` (and ``quarter-1.bin`` and so on, where
  that is asked for), and what it makes of two images as ``look.json`` and ``look.f32``, by the
  task `train`,
* ``validation.f32``, ``holdout.f32`` and ``corrupted.f32`` by the task `predict`,
* ``calibration.json``, ``ops.json``, and ``layers.json`` with the same three predictions by the
  tasks `calibrate`, `price` and `replay`, which run nothing of the student's,
* ``error.json`` where the student's code failed.

A hostile submission can forge every one of them; it then gets the score of the predictions that
it forged without knowing any label. Training is bit-identical for equal inputs: see
docs/decisions.md for what that took.
"""

from autograder.worker.arguments import Arguments, Data, prepare
from autograder.worker.determinism import warm_up
from autograder.worker.tasks import run

# Exit code of a plain process that could not begin; nothing of the student's ran in it.
NOT_STARTED = 97

__all__ = ["NOT_STARTED", "Arguments", "Data", "prepare", "run", "warm_up"]
