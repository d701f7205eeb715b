# Prints without end.
# verdict: OUTPUT_LIMIT
# rule: print-limit
# stopped by: pipe

from honest import build_augmentation, build_model, training_plan

while True:
    print("x" * 100_000)
