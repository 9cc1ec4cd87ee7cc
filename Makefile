# `make` alone lists what it can do. Without make: see the README.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TESTS := OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests --ignore=tests/lessons -n 2 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help lab fast test run solutions notebooks prepare

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

lab: prepare ## set everything up and open JupyterLab (LESSON=03 for the third lesson)
	$(BIN)/python -m course_utils lab $(LESSON) $(LAB_FLAGS)

fast: prepare $(VENV)/dev.stamp ## set everything up, look at the code, run the fast tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(TESTS) -m "not slow"

test: fast ## set everything up and run every test
	$(TESTS) -m slow
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.checks.count_answers
	$(BIN)/python -m pytest tests/lessons solutions --ignore=solutions/recorded \
	    --nbval --nbval-current-env --nbval-cell-timeout=600

run: prepare ## work through the solved lessons and print the scoreboard (AGAIN=1: all anew)
	$(BIN)/python -m course_utils run $(if $(AGAIN),--again)

solutions: prepare $(VENV)/dev.stamp ## run solutions/*.md into solutions/*.ipynb (NAMES="01" for one)
	$(BIN)/python -m course_utils solutions $(NAMES)

notebooks: $(VENV)/dev.stamp ## rebuild the learners' notebooks from solutions/*.md
	$(BIN)/python -m course_utils notebooks

# Model and data are fetched with what learners have, before the authors' tools are installed: a
# test on a fresh clone thus fails when learners lack a package.
prepare: $(VENV)/lab.stamp
	$(BIN)/python -m course_utils prepare

# A stamp is written when an installation is complete, so an interrupted one is taken up again.
$(VENV)/lab.stamp: requirements.txt requirements-lab.txt constraints.txt
	@$(PYTHON) -c "import sys; sys.exit(None if sys.version_info >= (3, 10) else \
	    'Python 3.10 or newer is needed: name one, as in make lab PYTHON=python3.12')"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -r requirements-lab.txt -c constraints.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/lab.stamp
	$(BIN)/python -m pip install -r requirements-dev.txt -c constraints.txt
	@touch $@
