# One target per thing people do here; `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := bash
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
BORDERFLOW := $(VENV)/bin/borderflow
INSTALLED := $(VENV)/.installed
DEMO_CASE := cases/russia-2022
DEMO_OUT := out/demo
CODE := src tests tools $(wildcard benchmarks)

.PHONY: help setup demo test check bench verify docs golden clean

help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# redone only when pyproject.toml changes
$(INSTALLED): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

setup: $(INSTALLED) ## virtual environment, package and compiled kernels
	$(BORDERFLOW) warm

demo: setup ## the main job on the shipped case; a page in out/demo
	$(BORDERFLOW) run $(DEMO_CASE) --out $(DEMO_OUT)
	@echo "Open the page: $(DEMO_OUT)/report.html"

test: $(INSTALLED) ## fast tests
	$(PY) -m pytest -q

check: $(INSTALLED) ## format, lint, types, import direction
	$(PY) -m ruff format --check $(CODE)
	$(PY) -m ruff check $(CODE)
	$(PY) -m mypy
	$(PY) -m pytest -q tests/test_imports.py

bench: setup ## the numbers to reach, measured here
	$(PY) benchmarks/bench.py

verify: setup ## slow proofs: recovery of known parameters, coverage, theory
	$(PY) -m pytest -m verification -s tests/verification

docs: $(INSTALLED) ## regenerate docs/reference and schema from the code
	$(PY) tools/make_reference.py

golden: docs ## regenerate every file that tests compare with; review the diff
	$(PY) tools/make_golden.py
	@git --no-pager diff --stat -- docs/reference schema tests

clean: ## remove results, caches and the virtual environment
	rm -rf $(VENV) out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
