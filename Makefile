# `make help` lists the commands. Everything runs from .venv, which `make setup` builds from the
# hashed lock files; nothing else is needed but Python 3.11+, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
.DEFAULT_GOAL := help
.PHONY: help setup run test check lint types imports bench signals soak mutants screenshots messages schema locks clean

help: ## Say what can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.ready ## Build the virtual environment from the lock files

$(VENV)/.ready: requirements-dev.lock requirements-encoder.lock pyproject.toml hatch_build.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed: make PYTHON=python3.12 $(or $(MAKECMDGOALS),setup)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing pinned, hashed requirements ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
		-r requirements-encoder.lock || echo "no encoder: the scan hears by words alone, and its receipts say so"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: export NEWEL_LOG_LEVEL ?= warning
run: setup ## Serve the demo company on http://127.0.0.1:8080 with its worker (Ctrl-C stops it)
	@exec $(BIN)/newel up $(ARGS)

test: setup ## Run all tests on an embedded PostgreSQL
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: lint types imports test ## Lint, types, import rules, tests

lint: setup ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup ## mypy --strict
	$(BIN)/mypy

imports: setup ## The import rules
	$(BIN)/lint-imports --no-logo

bench: setup ## Print benchmark figures as JSON lines
	$(BIN)/python -m benchmarks $(ARGS)

signals: setup ## Learn the models of the scan anew from their examples
	$(BIN)/python -m newel.ai.teach

soak: setup ## Ten minutes of load with 100 kill -9 (SECONDS_=600 KILLS=100)
	$(BIN)/python -m benchmarks.soak --seconds $(or $(SECONDS_),600) --kills $(or $(KILLS),100)

mutants: setup ## Take out each guard and expect its tests to fail
	$(BIN)/python -m tests.mutants $(ARGS)

screenshots: setup ## Pictures of every page of the running demo, light and dark, wide and phone, in build/screenshots
	$(BIN)/python -m tests.web.screenshots $(ARGS)

messages: setup ## Bring the catalogues of all languages up to what pages say; a test names what is left to translate
	$(BIN)/python -m tests.web.messages

schema: setup ## Write the JSON schema of the policy documents
	$(BIN)/newel policy schema > docs/policy.schema.json

locks: setup ## Resolve the requirements anew, hashed and without addresses
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-emit-index-url --python-version 3.11 requirements.in -o requirements.lock
	$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-emit-index-url --python-version 3.11 requirements-dev.in -o requirements-dev.lock
	$(BIN)/uv pip compile -q --upgrade --no-deps --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		requirements-encoder.in -o requirements-encoder.lock

clean: ## Remove what was built; the data in .newel stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
