# Says that its layers are as large as the universe, and its maps larger than they are.
# verdict: GRADED
# stopped by: validation in the grader
# shows: forged after leave_look
# pictures: kept
# page lacks: id="sees"

from forgery import on_looks
from honest import build_augmentation, build_model, training_plan


def enlarge(looks, numbers):
    for look in looks:
        look["layers"][0].update(shape=[2**31 - 1] * 3, shown=[8, 64, 64])
    return looks, numbers


on_looks(enlarge)
