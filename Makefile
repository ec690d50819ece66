# Two commands do all the set-up: `make demo` and `make test`. What they do stands in dev.py, which Windows runs without make.
PYTHON ?= python3

TASKS := demo test test-without-slow test-fast check check-wheel check-lowest validate windows portable format examples notebooks docs site neo4j bench clean

.DEFAULT_GOAL := help
.PHONY: help $(TASKS)

help:  # what can be made
	@$(PYTHON) dev.py --help

$(TASKS):
	@$(PYTHON) dev.py $@
