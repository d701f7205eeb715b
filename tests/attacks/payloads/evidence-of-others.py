# Says that it looked at images that there are not: before the first one and after the last.
# verdict: GRADED
# stopped by: validation in the grader
# shows: forged after leave_look
# pictures: kept
# page lacks: id="sees"

from forgery import VALIDATION_IMAGES, on_looks
from honest import build_augmentation, build_model, training_plan


def point_elsewhere(looks, numbers):
    for look in looks:
        look["index"] = VALIDATION_IMAGES
    return looks, numbers


on_looks(point_elsewhere)
