# One command each; every one makes its own virtual environment first. Needs Python 3.11+ and make.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
FORMER := 1889ce7
# What goes over all kinds of stores by itself is left out here.
CLINICS := tests/engine --ignore tests/engine/test_erased_stores.py --ignore tests/engine/test_rows_changed_by_hand.py tests/laws/test_law_6_in_a_store.py tests/test_written_courses.py
STAMP  := $(VENV)/.installed

.PHONY: help demo test check format lint types imports protocols keys stores hostile torture bench clean

help:
	@echo "make demo    play a whole course of IPT and write its agendas to demo-output/"
	@echo "make test    run the tests"
	@echo "make check   format, lint, types, import contract, protocols, vignettes, tests, stores"
	@echo "make keys    see that every key of the format acts; also part of the tests"
	@echo "make stores  run every test of a clinic over SQLite and over PostgreSQL (Debian: apt-get install postgresql)"
	@echo "make hostile at least 3,000 mutants of every shipped protocol; most of an hour"
	@echo "make torture power cuts, disk faults, kills, races, changed stores, backups and replays at full size; some hours"
	@echo "make bench   measure speed beside a former tree of this library, and beside peers;"
	@echo "             with COURSES=100000 also how it grows, up to so many courses"

$(STAMP): pyproject.toml
	$(PYTHON) -c "import sys; sys.exit('iptengine needs Python 3.11 or later') if sys.version_info < (3, 11) else None"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -e '.[dev,cli]'
	@touch $@

demo: $(STAMP)
	$(BIN)/iptengine demo --out demo-output

test: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist worksteal

check: $(STAMP) format lint types imports protocols test stores

format: $(STAMP)
	$(BIN)/ruff format --check src tests benchmarks examples

lint: $(STAMP)
	$(BIN)/ruff check src tests benchmarks examples

types: $(STAMP)
	$(BIN)/mypy

imports: $(STAMP)
	$(BIN)/lint-imports

protocols: $(STAMP)
	$(BIN)/iptengine check protocols examples
	$(BIN)/iptengine format --check protocols examples
	$(BIN)/iptengine test examples protocols/vignettes

keys: $(STAMP)
	$(BIN)/python -m iptengine.testing.keys tests/keys

# With the store in memory they are part of `make test`.
stores: $(STAMP)
	IPTENGINE_STORE=sqlite $(BIN)/python -m pytest -n auto --dist worksteal $(CLINICS)
	IPTENGINE_STORE=postgres $(BIN)/python -m pytest -n auto --dist worksteal $(CLINICS)

hostile: $(STAMP)
	IPTENGINE_HOSTILE=whole $(BIN)/python -m pytest -n auto tests/hostile/test_mutants.py

torture: $(STAMP)
	PYTHONPATH=tests $(BIN)/python -m torture

bench: $(STAMP)
	$(BIN)/python -m pip install --quiet -e '.[bench]'
	$(BIN)/python -m benchmarks against $(FORMER)
	$(BIN)/python -m benchmarks
	$(if $(COURSES),$(BIN)/python -m benchmarks lists --courses $(COURSES))

clean:
	rm -rf $(VENV) demo-output .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
