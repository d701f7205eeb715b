# Looks in the zygote's memory for what other jobs printed or what they are made of.
# verdict: GRADED
# stopped by: never there
# shows: the zygote's list of jobs is here

import dataclasses

from honest import build_augmentation, build_model, frames, training_plan

zygote = next(f.f_locals["self"] for f in frames() if hasattr(f.f_locals.get("self"), "_jobs"))
print("the zygote's list of jobs is here:", list(zygote._jobs))


def words(value):
    if isinstance(value, str | bytes | bytearray):
        yield bytes(value.encode() if isinstance(value, str) else value)
    elif isinstance(value, dict | list | tuple):
        for part in [*value.values()] if isinstance(value, dict) else value:
            yield from words(part)
    elif dataclasses.is_dataclass(value):
        yield from words([getattr(value, field.name) for field in dataclasses.fields(value)])


for job in zygote._jobs.values():
    for text in words(job):
        if any(word in text for word in (b"REFUSED", b"GOT " + b"IN", b"import", b"def build")):
            print("GOT " + "IN", text[:200])
