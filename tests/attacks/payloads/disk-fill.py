# Writes files until the disk is full.
# verdict: OUTPUT_LIMIT
# rule: disk-limit
# stopped by: capped folder

from honest import build_augmentation, build_model, training_plan

for number in range(64):
    with open(f"{number}", "wb") as file:
        file.write(bytes(4 << 20))
