# Two commands do all the set-up: `make demo` and `make test`. Everything is made below .venv/ and build/.
PYTHON ?= python3
WORKERS ?= 2
VENV   := .venv
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test check check-wheel format examples notebooks docs neo4j bench clean

help:  ## what can be made
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(VENV)/run: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/dev: $(VENV)/run
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

demo: $(VENV)/run  ## load the example case, trace a seized card, audit its registrant
	@rm -rf build/demo
	$(BIN)/graphtrace demo build/demo
	@echo '  (first, once in each new shell: . $(BIN)/activate)'

test: $(VENV)/dev  ## run the tests, by as many WORKERS at once (2)
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

check: $(VENV)/dev  ## what has to hold before a commit: format, lint, types, layers, generated pages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/generate.py --check

check-wheel: $(VENV)/dev  ## build the wheel and try it in an empty environment from another folder
	sh tests/wheel/try_wheel.sh $(BIN)/python

format: $(VENV)/dev  ## put the code into its one form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

examples: $(VENV)/dev  ## write the example case anew
	$(BIN)/python examples/make_case.py

notebooks: $(VENV)/dev  ## run the example notebooks and write them with what they show
	$(BIN)/python examples/make_notebooks.py

docs: $(VENV)/dev  ## write the generated pages anew
	$(BIN)/python docs/generate.py

neo4j: $(VENV)/dev  ## start a throw-away Neo4j server (needs Java 17 and Maven) and say how to reach it
	$(BIN)/python tests/neo4j/server.py

CARDS    ?= 1000000
RUNS     ?= 3
SUBJECTS ?= graphtrace,duckdb,sqlite,pandas,networkx-ranges,networkx-events,ladybug,neo4j

bench: $(VENV)/run  ## measure graphtrace and what else could be used: make bench CARDS=1000000 RUNS=3 SUBJECTS=…
	@$(BIN)/python -m pip install --quiet --editable '.[bench]'
	$(BIN)/python -m benchmarks.bench --cards $(CARDS) --runs $(RUNS) --subjects $(SUBJECTS)

clean:  ## remove everything that was made
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
