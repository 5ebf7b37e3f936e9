# make demo | test | lint | bench | build | neo4j | docker-neo4j | clean

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench build neo4j docker-neo4j clean

help:
	@echo "make demo          install, load the demo data set into an embedded store, ask some questions"
	@echo "make test          install what tests need and run them all (PYTEST_ARGS='-k …' for some)"
	@echo "make lint          ruff check, ruff format --check, mypy --strict"
	@echo "make bench         rates of the rules, of understanding and of loading (minutes)"
	@echo "make build         the wheel and the source archive, in dist/"
	@echo "make neo4j         a Neo4j server from its Maven artifacts, until Ctrl-C (JDK 17+, Maven; no Docker)"
	@echo "make docker-neo4j  a Neo4j server by docker compose"
	@echo "make clean         remove what these targets made, but not the environment"

# One stamp for each set of packages, so that a target installs once and again when pyproject.toml changes.
$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -e .
	@touch $@

$(VENV)/.installed-test: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -e '.[test]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	@touch $@ $(VENV)/.installed $(VENV)/.installed-test

demo: $(VENV)/.installed
	$(BIN)/kg demo --store .kg-demo --out out

test: $(VENV)/.installed-test
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.installed-test
	$(BIN)/python tests/benchmarks/rules_rate.py
	$(BIN)/python tests/benchmarks/best_price_rate.py
	$(BIN)/python tests/benchmarks/understanding_rate.py --sizes 1000,20000
	$(BIN)/python tests/benchmarks/load_rate.py --orders 3000

build: $(VENV)/.installed-test
	$(BIN)/kg learn --package
	$(BIN)/python -m build --outdir dist .

neo4j: $(VENV)/.installed-test
	$(BIN)/python -m tests.support.neo4j_server --foreground

docker-neo4j:
	docker compose up

clean:
	rm -rf dist build kg_service/_understanding out .kg-demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
