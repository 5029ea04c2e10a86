# The same words here, in .ci/run and in the README. Only Python >= 3.11 is needed:
# the first target that runs makes .venv, later ones find it ready.

PYTHON ?= python3
BIN := .venv/bin
ROOMS_OF_EVERY_BACKEND := $(wildcard $(addprefix tests/,layers models losses metrics \
	training/test_learning.py))

.DEFAULT_GOAL := help
.PHONY: help setup demo test long check notebooks bench readme

help:  ## Say what each target does
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/.dev  ## Make .venv with all that development needs

demo: .venv/.demo  ## Upscale real photographs and compare with bicubic
	$(BIN)/srkit demo

test: .venv/.dev  ## Run the tests, contracts on JAX first
	KERAS_BACKEND=jax $(BIN)/pytest -q -n 2 -k contract $(ROOMS_OF_EVERY_BACKEND)
	$(BIN)/pytest -q -n 2 -m "not long"

long: .venv/.dev  ## Run the tests that take minutes each
	$(BIN)/pytest -q -m long

check: .venv/.dev  ## Lint, types, import floors
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

notebooks: .venv/.dev  ## Run the notebooks and keep their outputs
	$(BIN)/python .ci/notebooks

bench: .venv/.bench  ## Measure speed and memory on this machine
	$(BIN)/srkit bench

readme: .venv/.dev .venv/.bench  ## Write the tables and the picture of README.md anew
	PATH=$(CURDIR)/$(BIN):$$PATH python .ci/readme

.venv/.demo .venv/.dev .venv/.bench: setup.cfg pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[$(@:.venv/.%=%)]"
	touch $@
