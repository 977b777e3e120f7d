# `make` alone explains the targets. Each one sets up .venv by itself.
.DEFAULT_GOAL := help
.PHONY: help setup mock contract-test test test-browser lint format bench bench-peers bench-judge bench-pressure fuzz soak liars liars-connections real-servers diff selftest clean

# The first interpreter that is new enough; PYTHON=... chooses another.
CANDIDATES := python3 python3.11 python3.12 python3.13 python3.14
PYTHON ?= $(shell for p in $(CANDIDATES); do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
ORIGIN := $(origin BASE_URL)

help: ## Explain the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/ready ## Create .venv with everything in it (the other targets do it for you)

.venv/ready: pyproject.toml constraints.txt
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo 'Python 3.11 or newer is needed: install it, or name it with make PYTHON=/path/to/python3.11' >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

mock: .venv/ready ## Serve the mock on http://127.0.0.1:8080 (ARGS="--port 0" adds flags)
	@exec $(BIN)/mock-server $(ARGS)

# The token travels in the environment alone, so that no process list and no log shows it. A BASE_URL
# that was given and is empty is passed on: it must not turn into a verdict about the mock.
contract-test: export CONTRACT_TOKEN := $(or $(TOKEN),$(CONTRACT_TOKEN))
contract-test: export BASE_URL := $(BASE_URL)
contract-test: export INSTANCE_ID := $(INSTANCE_ID)
contract-test: .venv/ready ## Judge the mock, or BASE_URL=... TOKEN=... INSTANCE_ID=... (ARGS adds flags)
	@$(BIN)/contract-test $(if $(filter undefined,$(ORIGIN)),,"$$BASE_URL") \
		$(if $(INSTANCE_ID),--instance-id "$$INSTANCE_ID") $(ARGS)

test: .venv/ready ## Run our own tests, on all cores
	@$(BIN)/python -m pytest -n auto $(ARGS)

test-browser: .venv/ready ## Run the tests that need Chromium (Debian: chromium, chromium-driver)
	@$(BIN)/python -m pytest -m browser $(ARGS)

lint: .venv/ready ## Check style, types and format
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

format: .venv/ready ## Format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

bench: .venv/ready ## Measure what things cost, as ratios, beside other mocks (ARGS="--rounds 2" is quicker)
	@$(BIN)/python tests/bench $(ARGS)

PEERS := @stoplight/prism-cli@5.16.0 @mockoon/cli@9.9.0 wiremock@3.13.2
bench-peers: ## Install the other mocks that make bench measures, under build/ (needs npm; WireMock needs java)
	@npm install --silent --no-audit --no-fund --no-save --prefix build/peers $(PEERS)

bench-judge: .venv/ready ## Measure what a verdict costs over a distance, beside plain Schemathesis (6 minutes)
	@$(BIN)/python tests/bench/price.py $(ARGS)

bench-pressure: .venv/ready ## Measure what hostile servers cost the judge: time and memory (10 minutes)
	@$(BIN)/python tests/bench/pressure.py $(ARGS)

fuzz: .venv/ready ## Send the mock what nobody would, 100,000 times (N=... SEED=...)
	@$(BIN)/python tests/fuzz.py --count $(or $(N),100000) --seed $(or $(SEED),0)

soak: .venv/ready ## Keep the mock busy with everything at once, for a minute (S=... seconds, SEED=...)
	@$(BIN)/python tests/soak.py --seconds $(or $(S),60) --seed $(or $(SEED),0)

liars: .venv/ready ## Judge every liar and every honest server, over 20 seeds, beside Schemathesis (20 minutes)
	@$(BIN)/python tests/table_of_liars.py $(ARGS)

real-servers: .venv/ready ## Judge honest apps of real frameworks, and gateways (needs root, npm; 6 minutes)
	@PYTHONPATH=tests $(BIN)/python -m real_servers $(ARGS)

liars-connections: .venv/ready ## Judge every liar over 1 and over 16 connections: the same verdict (5 minutes)
	@$(BIN)/python -m pytest -n auto -m catalogue tests/test_liars_connections.py $(ARGS)

diff: .venv/ready ## Tell what changed against the released contract, and what that breaks
	@$(BIN)/contract-test diff spec/released.yaml spec/openapi.yaml

selftest: .venv/ready ## Would the judge, as configured by ARGS, catch the lies of our mock?
	@$(BIN)/contract-test --selftest $(ARGS)

clean: ## Remove .venv, caches and reports
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist reports *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
