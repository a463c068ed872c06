# Everything a person runs here. `make` alone lists it. Needs only Python >= 3.11.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FRONTEND := $(shell find frontend -type f -not -path '*/node_modules/*' 2>/dev/null)
CATALOGUES := $(wildcard src/minxin/*/locale/*/LC_MESSAGES/*.po)

.DEFAULT_GOAL := help
.PHONY: help setup run test test-fast lint format bench docs lock messages screenshots

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.installed $(VENV)/.built $(VENV)/.catalogues ## Install what is locked, build the front end and the catalogues

$(VENV)/.installed: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Minxin needs Python 3.11 or newer; this is %s. Name another one: make PYTHON=python3.12" % sys.version.split()[0])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing what requirements-dev.lock names ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

frontend/node_modules/.installed: frontend/package-lock.json $(VENV)/.installed
	@echo "installing the front end's packages ..."
	@cd frontend && ../tools/node.sh npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(VENV)/.built: frontend/node_modules/.installed $(FRONTEND)
	@cd frontend && ../tools/node.sh node build.js
	@touch $@

$(VENV)/.catalogues: $(VENV)/.installed $(CATALOGUES)
	@for folder in $(sort $(dir $(patsubst %/LC_MESSAGES/,%,$(dir $(CATALOGUES))))); do \
	  $(BIN)/pybabel --quiet compile --domain django --directory $$folder; done
	@touch $@

run: setup ## Start everything: the city, the phone, the console (Ctrl-C stops)
	@exec $(BIN)/minxin run

test: setup ## The whole suite (at most 10 minutes on two cores)
	$(BIN)/pytest -n 2 --dist loadgroup

test-fast: setup ## What needs no browser, no killed processes (at most 3 minutes)
	$(BIN)/pytest -n 2 --dist loadgroup -m "not slow and not browser and not postgres"

lint: setup ## Style, types, contracts, templates: what CI runs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint src --check --lint --quiet

format: setup ## Put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint src --reformat --quiet

bench: setup ## Measure: make bench name=gateway (or retrieval)
	$(BIN)/minxin bench $(or $(name),gateway)

docs: setup ## Write the generated pages of docs/reference anew
	$(BIN)/python tools/generate_docs.py

screenshots: setup ## Take the pictures of the documents from a running city (make run first)
	$(BIN)/python tools/screenshots.py

messages: setup ## Collect the texts for translation (needs Debian's gettext)
	$(BIN)/python tools/collect_messages.py

lock: setup ## Resolve the dependencies anew (needs uv)
	uv pip compile pyproject.toml --extra dev --extra bench --universal --generate-hashes --no-emit-index-url --no-header --quiet -o requirements-dev.lock
	uv pip compile pyproject.toml --extra postgres --universal --generate-hashes --no-emit-index-url --no-header --quiet -c requirements-dev.lock -o requirements.lock
