# `make` alone says what there is to do. The environment is made, and made anew when a lock changes, by whatever needs it.

CLIENT ?= demo
PERIOD ?=
PYTHON ?= python3

VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)

# The two ways to make an environment and to fill it; uv is the faster, pip is everywhere.
ifdef UV
MAKE_VENV = $(UV) venv --quiet --clear --seed --python '>=3.11' $(VENV)
INSTALL = $(UV) pip install --quiet --python $(BIN)/python
else
MAKE_VENV = $(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11")' \
	&& $(PYTHON) -m venv --clear $(VENV)
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

# The package is linked, so that an edited file counts at once. An isolated build would fetch hatchling from an index
# without a hash; the locks hold it with the rest, and the build uses that one.
LINK = $(INSTALL) --no-build-isolation --no-deps --editable .

# What builds the package, as pyproject.toml says, and what hatchling needs besides to link it; one requirement a line.
BUILD_NEEDS = $(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], "editables", sep="\n")'
COMPILE = uv pip compile pyproject.toml - --generate-hashes --universal --no-header --no-annotate --quiet

.DEFAULT_GOAL := help
.PHONY: help new check report tables lab test format lock texts clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  CLIENT is a folder under data/ (default: $(CLIENT)); PERIOD is a month such as 1998-06 (default: the last complete one)."

new: $(VENV)/.run ## Make a folder for CLIENT, to be filled with its exports
	@$(BIN)/retention-kit new "$(CLIENT)"

check: $(VENV)/.run ## Say what was read of CLIENT's exports, what looks odd, and what a report can show
	@$(BIN)/retention-kit check "$(CLIENT)"

report: $(VENV)/.run ## Make the report of CLIENT for PERIOD, and print where it is
	@$(BIN)/retention-kit report "$(CLIENT)" $(if $(PERIOD),"$(PERIOD)")

tables: $(VENV)/.run ## Build the tables of CLIENT, and print what was kept and lost
	@$(BIN)/retention-kit tables "$(CLIENT)"

lab: $(VENV)/.run ## Open JupyterLab on the project
	@$(BIN)/retention-kit lab

test: $(VENV)/.dev ## Check format, style and types, and run every test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict retention_kit
	$(BIN)/pytest -n auto --dist loadfile

format: $(VENV)/.dev ## Put the code in its standard form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(BIN)/python ## Choose versions anew and write both locks (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: install it, then run make lock again." >&2; exit 1; }
	$(BUILD_NEEDS) | $(COMPILE) -o requirements.txt
	$(BUILD_NEEDS) | $(COMPILE) --extra dev --extra spark -c requirements.txt -o requirements-dev.txt

texts: $(VENV)/.dev ## Collect every word of the pages into the catalogue's template
	@$(BIN)/pybabel --quiet extract -F pyproject.toml -k m -k marked --no-location --sort-output --no-wrap \
		--project retention_kit --version "$$($(BIN)/python -c 'import retention_kit; print(retention_kit.__version__)')" \
		--copyright-holder "the retention_kit authors" -o retention_kit/wording/locales/retention_kit.pot .

clean: ## Remove the environment, built tables and caches; raw exports and reports stay
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis data/*/tables
	find retention_kit tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp says that a lock is installed; the tools' lock holds the other one too, version by version.
$(VENV)/.run: requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing what a report needs ..."
	@$(INSTALL) --require-hashes -r requirements.txt
	@$(LINK)
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing what a report and its tests need ..."
	@$(INSTALL) --require-hashes -r requirements-dev.txt
	@$(LINK)
	@touch $@ $(VENV)/.run

$(BIN)/python:
	@echo "Making the environment in $(VENV) ..."
	@$(MAKE_VENV)
