# Says that its layers are as large as the universe, of which it shows as much as it has.
# verdict: GRADED
# stopped by: the page is bounded
# shows: forged after leave_look
# pictures: kept
# page shows: 2147483647

from forgery import on_looks
from honest import build_augmentation, build_model, training_plan


def enlarge(looks, numbers):
    for look in looks:
        for layer in look["layers"]:
            layer.update(shape=[2**31 - 1] * 3)
    return looks, numbers


on_looks(enlarge)
