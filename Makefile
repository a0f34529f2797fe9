# JADA's commands; `make` alone lists them.

SHELL := /bin/sh
PYTHON := .venv/bin/python
JOBS ?= 2

# What several virtualenvs on one machine are for: see requirements/.
install_runtime = @requirements/install requirements-local.txt .venv
install_dev = @requirements/install requirements-dev.txt .venv
install_deploy = @requirements/install requirements-deploy.txt .venv-deploy
install_ministack = @requirements/install requirements-ministack.txt .venv-ministack

# AWS's client inside Lambda; a machine without Python 3.13 goes on without it.
find_313 = from infra.package_tree import python_of_lambda; print(python_of_lambda())
install_lambda = @if python=$$($(PYTHON) -c '$(find_313)' 2>/dev/null); then \
  requirements/install requirements-lambda.txt .venv-lambda "$$python"; fi

# Node.js checks the Apps Script and the CloudFront function. A machine without it
# goes on; CI does not.
have_node = command -v npm >/dev/null
without_node = test "$(CI)" != true || { echo "Node.js is missing."; exit 1; }

.PHONY: help
help:
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

.PHONY: run
run: install ## run everything on this machine, at http://127.0.0.1:8000 (PORT, JADA_DATA_DIR)
	@exec $(PYTHON) -m jada_flask.serve

.PHONY: install
install: ## make .venv with all that running needs
	$(install_runtime)

.PHONY: test
test: tools ## install what the tests need and run all of them (PYTEST_ARGS, JOBS)
	@if $(have_node); then $(MAKE) --no-print-directory javascript; else $(without_node); fi
	$(PYTHON) -m pytest -n $(JOBS) --dist worksteal $(PYTEST_ARGS)

.PHONY: lint
lint: tools ## check style, types, layers and security
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	$(PYTHON) -m bandit -q -ll -c pyproject.toml -r jada_flask blueprints
	@if ! $(have_node); then $(without_node); \
	elif test -f gas_bridge/package.json; then npm --prefix gas_bridge run --silent lint; fi

.PHONY: format
format: tools ## lay the code out and mend what ruff can mend
	$(PYTHON) -m ruff check --fix-only
	$(PYTHON) -m ruff format

.PHONY: coverage
coverage: tools ## run the tests and hold domain and services to every branch
	$(PYTHON) -m pytest -n $(JOBS) --dist worksteal --cov --cov-report= $(PYTEST_ARGS)
	$(PYTHON) -m coverage report
	$(PYTHON) -m coverage report --fail-under=100 \
	  --include='jada_flask/domain/*,jada_flask/services/*'

.PHONY: bench
bench: tools ## measure how quick the pages, the API and the store are
	$(PYTHON) -m benchmarks

.PHONY: soak
soak: tools ## run a long load and watch that nothing is lost or grows
	$(PYTHON) -m benchmarks.soak

.PHONY: package
package: ## build what Lambda receives (STAGE=dev)
	$(call cloud,package)

.PHONY: deploy
deploy: ## bring a stage up to date (STAGE=dev)
	$(call cloud,deploy)

.PHONY: promote
promote: ## deploy to production what staging runs
	$(call cloud,promote)

.PHONY: rollback
rollback: ## put a stage back on what it ran before (STAGE=dev)
	$(call cloud,rollback)

.PHONY: lock
lock: tools ## pin the requirements anew (LOCK_ARGS=--upgrade takes what is newest)
	requirements/lock $(LOCK_ARGS)

# What tests and tools need: Zappa, the emulator of AWS and npm's packages included.
.PHONY: tools
tools:
	$(install_dev)
	$(install_deploy)
	$(install_ministack)
	$(install_lambda)
	@if $(have_node) && test -f gas_bridge/package.json; then \
	  requirements/install-npm gas_bridge; fi

.PHONY: javascript
javascript:
	@for folder in gas_bridge/test infra/test; do \
	  test ! -d $$folder || node --test $$folder/*.test.js || exit 1; done

# Packaging and deploying have Zappa beside them, which the application never needs.
cloud = @requirements/install requirements-deploy.txt .venv-deploy \
  && .venv-deploy/bin/python -m infra.$(1) $(STAGE)
