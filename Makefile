# Everything a fresh machine needs: `make grade` and `make test` set themselves up first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.up-to-date

.PHONY: grade test lint types bench venv clean

grade: $(STAMP)
	$(BIN)/autograder grade solutions tests/submissions --out results/

test: $(STAMP)
	$(BIN)/python -m pytest $(ARGS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

bench: $(STAMP)
	$(BIN)/python -m pytest tests/benchmarks/*.py -s

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
	rm -rf $(VENV) results build *.egg-info
