# Reports epochs that never were, in numbers at the end of what there is.
# verdict: GRADED
# stopped by: the grader's own arithmetic
# shows: reported

from forgery import on_epoch
from honest import build_augmentation, build_model, training_plan

wrong = {"loss": float("nan"), "accuracy": 1e308, "validation_loss": -1e308}
on_epoch(lambda line: line.update(wrong, validation_accuracy=float("inf")))
print("reported")
