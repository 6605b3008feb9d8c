# Everything runs in .venv, which "make setup" creates with the versions of
# constraints.txt.
PYTHON ?= python3
BIN = .venv/bin
INSTALL = $(BIN)/python -m pip install --quiet --constraint constraints.txt

.PHONY: help setup demo test dask test-slow check-resume lint docs baselines bench wheel sdist clean

help:
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*## /\t/'

setup: .venv/installed  ## create .venv and install everything with pinned versions

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(INSTALL) --no-compile --editable '.[test,docs,bench]'
	@# pip compiles on one core; files for later Pythons do not compile, which is right
	$(BIN)/python -m compileall -q -j 0 .venv/lib >/dev/null || true
	touch $@

demo: setup  ## train on digits, compare with baselines, write pictures to demo/
	$(BIN)/python benchmarks/demo.py

test: setup  ## the fast tests and the doctests
	$(BIN)/python -m pytest -n 2 --dist worksteal

dask: setup  ## what searches on workers of dask need; without it their test is skipped
	$(INSTALL) --editable '.[dask]'

test-slow: setup  ## the tests that take minutes
	$(BIN)/python -m pytest -n 2 --dist worksteal -m slow

check-resume: setup  ## kill twenty fits at random moments; they must end as if unbroken
	OMP_NUM_THREADS=1 $(BIN)/python tests/check_resume.py

lint: setup  ## style, format and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

docs: setup  ## the documentation, in docs/_build/html; a warning is an error
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build/html

baselines: setup  ## what the benchmark of tables compares with: CTGAN, SMOTE, XGBoost
	$(INSTALL) --editable '.[baselines]'

bench: setup  ## benchmarks in ten minutes; all of them, in days, with DATA=folder
	$(BIN)/python benchmarks/run.py $(if $(DATA),--data '$(DATA)')

wheel:  ## build a wheel and run the quick start on it in a clean environment
	sh .ci/wheel

sdist: setup  ## build the sdist and run a few tests from it, unpacked
	sh .ci/sdist

clean:  ## remove what the other commands made
	rm -rf .venv build dist docs/_build docs/generated docs/examples docs/sg_execution_times.rst
