# Everything a fresh machine needs: `make grade` and `make test` set themselves up first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.up-to-date

.PHONY: grade test attack fuzz lms lint types bench bench-teaching bench-transfer bits repeat venv clean

grade: $(STAMP)
	$(BIN)/autograder grade solutions tests/submissions --out results/

# Two at a time, a file always in one process; ARGS="-n 0 -k roster" for some of them, one by one.
test: $(STAMP)
	$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile $(ARGS)

# As root, once more as an ordinary user; ARGS="labels- proc-" for some of them only.
attack: $(STAMP)
	$(BIN)/python -m tests.attacks $(ARGS)

# New inputs each time, so many for most of the readers: some 100,000 in all. An input that eats up
# the memory is a crash like any other. ARGS="-k roster" for some of them only.
FUZZ_INPUTS ?= 2500
fuzz: $(STAMP)
	ulimit -v 8388608; FUZZ_INPUTS=$(FUZZ_INPUTS) $(BIN)/python -m pytest tests/fuzz \
	    --verbose --timeout=7200 $(ARGS)

# The sample class as each learning platform packs it, graded, and its grades put back into an export.
lms: $(STAMP)
	$(BIN)/python -m tests.lms_round_trip $(ARGS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

bench: $(STAMP)
	$(BIN)/python -m pytest tests/benchmarks/*.py -s

# What the ideas of the course are worth: eight trainings under five seeds, half an hour of a core.
# Goes on where it was stopped. ARGS="--seeds 1 --only vgg-pose" for some; ARGS=--write for the docs.
bench-teaching: $(STAMP)
	$(BIN)/python -m tests.benchmarks.teaching $(ARGS)

# Ten minutes of one core. DATA is the folder into which GTSRB's official archives were unpacked,
# HOLDOUT a zip of photographs with its <name>_answers.csv beside it; ARGS="--develop" tests on
# Final_Training instead of Final_Test.
bench-transfer: $(STAMP)
	$(BIN)/python -m tests.benchmarks.transfer --data "$(DATA)" --holdout "$(HOLDOUT)" $(ARGS)

# Trains every kind of layer natively and on three emulated CPUs: hours, so rather a part of it
# with ARGS="--cpu Haswell pooling:". Needs qemu-x86_64 (Debian: qemu-user).
bits: $(STAMP)
	$(BIN)/python -m tests.bits $(ARGS)

# A quarter of an hour or so, on two cores that do nothing else; ARGS="--grades 30" for fewer.
repeat: $(STAMP)
	$(BIN)/python -m tests.repeat $(ARGS)

venv: $(STAMP)

# Constraints reach the build of our own package too, hence the variable and not the option.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "error: Python 3.11 or newer is needed; say which with make PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	    { echo "error: this Python cannot make environments; install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet \
	    --disable-pip-version-check --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) results results-calibration results-teaching build *.egg-info
