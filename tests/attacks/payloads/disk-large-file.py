# Makes one file larger than all it may have.
# verdict: OUTPUT_LIMIT
# rule: disk-limit
# stopped by: rlimit

from honest import build_augmentation, build_model, training_plan

with open("large", "wb") as file:
    while True:
        file.write(bytes(1 << 20))
