# The development workflow, executable. `make` alone runs all checks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-bench

.DEFAULT_GOAL := check
.PHONY: check demo test lint types layers bench profile metamorphic torture docs clean

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

# The other extractors apart from ours, for they pin what we do not. All at once where that is
# possible, else one by one: one that cannot be installed is named in the table.
$(PEERS)/.installed: pyproject.toml
	$(PYTHON) -m venv $(PEERS)
	# An older pip trips over the extras that one of them asks of lxml.
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=24'
	$(PYTHON) -c 'import pathlib, tomllib; print(*tomllib.loads(pathlib.Path("pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]["bench"], sep="\n")' > $(PEERS)/peers.txt
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r $(PEERS)/peers.txt || \
	while read -r peer; do $(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check "$$peer" || echo "not installed: $$peer"; done < $(PEERS)/peers.txt
	touch $@

bench: $(VENV)/.installed-dev $(PEERS)/.installed ## figures that need minutes, of pages in PAGES=DIR
	$(BIN)/python -m benchmarks $(SUBJECT)

profile: $(VENV)/.installed-dev ## where the time of a reading goes, of pages in PAGES=DIR
	$(BIN)/python -m benchmarks profile

metamorphic: $(VENV)/.installed-dev ## pages changed in known ways: PAGES=DIR, by default the tests' own
	PAGES=$(abspath $(or $(PAGES),tests/pages)) $(BIN)/python -m benchmarks metamorphic

torture: $(VENV)/.installed-dev ## hostile bytes, and a thousand writers killed on each database
	$(BIN)/python -m benchmarks fuzz
	$(BIN)/python -m benchmarks.torture --kills $(or $(KILLS),1000)

docs: $(VENV)/.installed-dev ## the reference of tables and views, and the table of bundled sites
	$(BIN)/python -m storage.reference > docs/tables.md
	$(BIN)/python -m crawler.sites.reference > docs/sites.md

clean: ## everything that make built
	rm -rf $(VENV) $(PEERS) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
