# Everything there is to do here, from a machine with only Python 3.11+, git and make.
# `make` alone lists the commands: the text behind two hashes.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

UV_VERSION := 0.13.9
PORT ?= 8000
ARGS ?=
export PORT
# As pip does: the certificates of the machine where it has any (a company's own among them), else those that uv brings.
CERTIFICATES := $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem)
export UV_SYSTEM_CERTS ?= $(if $(CERTIFICATES),true,false)

PY := .venv/bin/python
MANAGE := $(PY) manage.py
UV := .bootstrap/bin/uv
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))

.PHONY: help
help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# To use it ---------------------------------------------------------------------------------------------

.PHONY: demo
demo: .venv/runtime.ready $(CATALOGUES) ## a working site with demonstration data on http://127.0.0.1:8000 (PORT=)
	@$(MANAGE) migrate --no-input --verbosity 0
	@$(MANAGE) demo
	@exec $(MANAGE) serve --port $(PORT)

.PHONY: run
run: .venv/runtime.ready $(CATALOGUES) ## the site as it is, without demonstration data (PORT=)
	@exec $(MANAGE) serve --port $(PORT)

.PHONY: shell
shell: .venv/development.ready $(CATALOGUES) ## a Python prompt with the models at hand
	@$(MANAGE) shell

# To be sure of it --------------------------------------------------------------------------------------

.PHONY: test
test: .venv/development.ready $(CATALOGUES) ## the whole test suite (ARGS="tests/badges -k name"; TEST_DATABASE=postgres|sqlite)
	$(PY) -m pytest -n auto --dist loadgroup $(ARGS)

.PHONY: check
check: .venv/development.ready $(CATALOGUES) ## lint, format, types, import contracts, migrations, templates, French, deployment
	$(PY) -m ruff check .
	$(PY) -m ruff format --check --quiet .
	$(PY) -m mypy
	.venv/bin/lint-imports --no-logo
	@$(TOOL_SETTINGS) $(MANAGE) makemigrations --check --dry-run
	.venv/bin/djlint templates --lint --quiet
	@$(TOOL_SETTINGS) $(MANAGE) catalogue --check
	@$(TOOL_SETTINGS) $(PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING
	$(UV) lock --check --quiet

# Commands that only look must not make a data folder, nor open the database of the one there is.
TOOL_SETTINGS = DATA_DIR=.mypy_cache/data DATABASE_URL=sqlite://:memory:
# What a real site sets, with keys made for this one look.
PRODUCTION = SITE_URL=https://badges.example.org EMAIL_URL=smtp://mail.example.org:25 \
	SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))') \
	KEY_ENCRYPTION_KEYS=$$($(PY) -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())')

.PHONY: conformance
conformance: .venv/development.ready $(CATALOGUES) ## what we emit judged by validators that nobody here wrote, and our verdicts beside theirs
	$(PY) -m tests.conformance $(ARGS)

.PHONY: rotation
rotation: .venv/development.ready $(CATALOGUES) ## keys replaced while people award: 10,000 awards of three keys verified (N=10000)
	$(PY) -m tests.conformance.rotation --awards $(or $(N),10000) $(ARGS)

.PHONY: bench
bench: .venv/development.ready $(CATALOGUES) ## the benchmarks: a table of ratios, JSON beside it
	$(PY) -m tests.bench $(ARGS)

.PHONY: chaos
chaos: .venv/development.ready $(CATALOGUES) ## awarding while everything breaks (N=10000 KILLS=20 SEED=1; ARGS=--sqlite)
	$(PY) -m tests.chaos --people $(or $(N),10000) --kills $(or $(KILLS),20) --seed $(or $(SEED),1) $(ARGS)

.PHONY: screenshots
screenshots: .venv/development.ready $(CATALOGUES) ## every main page, desktop and phone, light and dark, French and English
	$(PY) -m tests.screenshots $(ARGS)

# To work on it -----------------------------------------------------------------------------------------

.PHONY: format
format: .venv/development.ready ## put the code in its usual form
	$(PY) -m ruff check --fix-only --quiet .
	$(PY) -m ruff format .

.PHONY: messages
messages: .venv/development.ready ## bring the French catalogue up to date with the code (new texts are added empty)
	@$(TOOL_SETTINGS) $(MANAGE) catalogue --update

.PHONY: migrations
migrations: .venv/development.ready ## write the migrations that the models need
	@$(TOOL_SETTINGS) $(MANAGE) makemigrations

.PHONY: lock
lock: $(UV) ## bring uv.lock in step with pyproject.toml (ARGS=--upgrade for newer versions)
	$(UV) lock $(ARGS)

.PHONY: clean
clean: ## remove what was installed and made, except var/ (your data)
	rm -rf .venv .bootstrap .conformance .mypy_cache .ruff_cache .pytest_cache .import_linter_cache $(CATALOGUES)

# The environment ---------------------------------------------------------------------------------------

%.mo: %.po | .venv/runtime.ready
	@$(TOOL_SETTINGS) $(MANAGE) catalogue --compile

# Python itself: the newest on the PATH that will do and that can make environments.
$(UV):
	@for python in "$(PYTHON)" python3.13 python3.12 python3.11 python3; do \
		if [ -n "$$python" ] && $$python -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then \
			echo "Preparing the environment with $$($$python --version)"; \
			$$python -m venv --clear .bootstrap && .bootstrap/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); \
			exit $$?; \
		fi; \
	done; \
	echo "Needed: Python 3.11, 3.12 or 3.13 with the venv module (on Debian: apt install python3 python3-venv)." >&2; \
	echo "Name another one with make PYTHON=/path/to/python ..." >&2; \
	exit 1

# `uv sync` downloads from the addresses written in uv.lock, whatever index this machine is told to use. So the lock is
# exported instead, every version and hash of it, and installed from the index of this machine: uv's own setting
# (UV_DEFAULT_INDEX), else pip's (PIP_INDEX_URL, pip.conf), else the public one.
define install
	@[ -x $(PY) ] || $(UV) venv --quiet --allow-existing --python .bootstrap/bin/python .venv
	@echo "Installing $(1)"
	@index="$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$(.bootstrap/bin/python -m pip config get global.index-url 2>/dev/null)}}"; \
	if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$$index"; fi; \
	$(UV) export --quiet --frozen --no-emit-project --format requirements-txt $(2) --output-file .bootstrap/requirements.txt \
		&& $(UV) pip sync --quiet --require-hashes --python $(PY) .bootstrap/requirements.txt
endef

.venv/runtime.ready: pyproject.toml uv.lock | $(UV)
	$(call install,what the product needs,--no-dev)
	@rm -f .venv/development.ready
	@touch $@

.venv/development.ready: pyproject.toml uv.lock | $(UV)
	$(call install,what the product and its tests need,--group dev)
	@touch .venv/runtime.ready $@
