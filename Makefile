# What people type, and what CI runs. `make demo` and `make test` each set up all they need in .venv.
PYTHON ?= python3
BIN := .venv/bin

demo: .venv/with-model          ## three sample papers through the embedded model (1.2 GB on first use)
	$(BIN)/wenzhai demo

test: .venv/with-tests          ## the tests; offline
	$(BIN)/python -m pytest -n auto

lint: .venv/with-tests          ## what CI checks of style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: .venv/with-tests          ## the rules against labelled outputs: make eval LABELS=DIR
	$(BIN)/python -m tests.evaluate "$(LABELS)"

.venv/with-model: pyproject.toml | .venv
	$(BIN)/pip install --quiet --editable '.[local]'
	@touch $@

.venv/with-tests: pyproject.toml | .venv
	$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $@

.venv:
	$(PYTHON) -m venv .venv

.PHONY: demo test lint eval
