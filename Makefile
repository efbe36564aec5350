# The development workflow, executable. `make` alone runs all checks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := check
.PHONY: check demo test lint types layers bench metamorphic docs clean

check: lint types layers test ## lint + types + layers + tests

# One stamp a kind of install, so that `make demo` does not need the test tools.
$(VENV)/.installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Variorum needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.installed-dev: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Variorum needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $(VENV)/.installed $@

demo: $(VENV)/.installed ## the whole job on a bundled sample site
	$(BIN)/variorum demo

test: $(VENV)/.installed-dev ## all tests
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/.installed-dev ## style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev ## static types
	$(BIN)/mypy

layers: $(VENV)/.installed-dev ## do all imports point down?
	$(BIN)/python -m pytest -q tests/test_layers.py

bench: $(VENV)/.installed-dev ## figures that need minutes; see benchmarks/
	# An older pip trips over the extras that one of the other extractors asks of lxml.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=24'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,bench]'
	$(BIN)/python -m benchmarks

metamorphic: $(VENV)/.installed-dev ## pages changed in known ways: PAGES=DIR, by default the tests' own
	PAGES=$(abspath $(or $(PAGES),tests/pages)) $(BIN)/python -m benchmarks metamorphic

docs: $(VENV)/.installed-dev ## the reference of tables and views
	$(BIN)/python -m storage.reference > docs/tables.md

clean: ## everything that make built
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
