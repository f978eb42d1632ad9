# `make demo` and `make test` work on a bare machine: Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help demo run test lint coverage bench lock clean

help: ## what each target does
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(MAKEFILE_LIST)

$(BIN)/python:
ifeq ($(UV),)
	$(PYTHON) -m venv $(VENV)
else
	$(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
endif

# $(1): the lock file. The checkout itself is installed with the build tools that the lock pins.
ifeq ($(UV),)
install = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1) && \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
else
install = $(UV) pip install --quiet --python $(BIN)/python --require-hashes -r $(1) && \
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
endif

$(VENV)/.installed: $(BIN)/python requirements.lock pyproject.toml
	$(call install,requirements.lock)
	@touch $@

$(VENV)/.installed-dev: $(BIN)/python requirements-dev.lock pyproject.toml
	$(call install,requirements-dev.lock)
	@touch $@ $(VENV)/.installed

demo: $(VENV)/.installed ## the bot with a chat page, no token needed
	$(BIN)/touchpoint demo

run: $(VENV)/.installed ## the bot on Telegram, with the token in .env
	$(BIN)/touchpoint run

test: $(VENV)/.installed-dev ## every test
	$(BIN)/python -m pytest --numprocesses=auto --dist=loadfile

lint: $(VENV)/.installed-dev ## style, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

coverage: $(VENV)/.installed-dev ## every line and branch of the rules is tested by tests of the rules
	$(BIN)/python -m coverage run --source=bot/domain -m pytest -q --hypothesis-profile=coverage tests/domain
	$(BIN)/python -m coverage report --fail-under=100

bench: $(VENV)/.installed-dev ## speed, each figure beside its floor
	$(BIN)/python -m tests.bench

lock: ## pin every dependency anew
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group build pyproject.toml -o requirements.lock
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group dev pyproject.toml -o requirements-dev.lock

clean: ## remove what make and the tests made
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage*
