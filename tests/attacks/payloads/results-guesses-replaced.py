# Trains honestly, leaves its network, and predictions that are not that network's.
# verdict: GRADED
# stopped by: replay
# shows: forged
# flag: replay-different
# at most: 5

from forgery import guesses, replace_predictions
from honest import build_augmentation, build_model, training_plan

replace_predictions(guesses)
print("forged")
