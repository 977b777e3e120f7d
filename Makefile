# `make` alone explains the targets. Each one sets up .venv by itself.
.DEFAULT_GOAL := help
.PHONY: help setup mock contract-test test test-browser test-page test-frontend test-packaging test-catalogue test-under-load test-schemathesis test-writes-cut mutants test-bounds lint format bench bench-peers bench-judge bench-pressure fuzz fuzz-judge soak liars liars-connections real-servers diff selftest clean

# What is given reaches the commands letter by letter: make would run a $(shell ...) in a value, and
# take a $ for its own. No make that a command starts gets our flags.
TOKEN_IN_SIGHT := $(filter command,$(firstword $(origin TOKEN)))
as_it_is = $(eval override $(1) := $$(value $(1)))$(eval export $(1))
from_command = $(filter command,$(firstword $(origin $(1))))
from_environment = $(filter environment,$(firstword $(origin $(1))))
$(foreach name,$(.VARIABLES),$(if $(call from_command,$(name)),$(call as_it_is,$(name))))
$(foreach name,PYTHON VENV,$(if $(call from_environment,$(name)),$(call as_it_is,$(name))))
MAKEOVERRIDES :=
unexport MAKEFLAGS MFLAGS ARGS

# The first interpreter that is new enough; PYTHON=... chooses another.
CANDIDATES := python3 $(foreach minor,11 12 13 14 15 16,python3.$(minor))
PYTHON ?= $(shell for p in $(CANDIDATES); do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin

help: ## Explain the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/ready ## Create .venv with everything in it (the other targets do it for you)

$(VENV)/ready: pyproject.toml constraints.txt
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo 'Python 3.11 or newer is needed: install it, or name it with make PYTHON=/path/to/python3.11' >&2; exit 1; }
	@$(PYTHON) tests/support/install.py $(VENV)
	@touch $@

mock: $(VENV)/ready ## Serve the mock on http://127.0.0.1:8080 (ARGS="--port 0" adds flags)
	@exec $(BIN)/mock-server $(value ARGS)

# The shell reads the values from the environment, where no process list and no log shows them. A
# BASE_URL that was given and is empty is passed on: it must not turn into a verdict about the mock.
contract-test: $(VENV)/ready ## Judge the mock, or BASE_URL=... INSTANCE_ID=... with CONTRACT_TOKEN exported (ARGS adds flags)
	@$(if $(TOKEN_IN_SIGHT),echo 'TOKEN=... stands in the list of processes: better export CONTRACT_TOKEN' >&2;) \
	if [ -n "$$TOKEN" ]; then export CONTRACT_TOKEN="$$TOKEN"; fi; \
	set -f; for id in $$INSTANCE_ID; do set -- "$$@" --instance-id "$$id"; done; set +f; \
	exec $(BIN)/contract-test $${BASE_URL+"$$BASE_URL"} "$$@" $(value ARGS)

# Compiled modules are kept even where the environment says otherwise: each worker, and each command
# that a test starts, would compile all of them again.
test test-bounds test-catalogue test-under-load mutants: export PYTHONDONTWRITEBYTECODE :=

test: $(VENV)/ready ## Run our own tests, on all cores
	@$(BIN)/python -m pytest -n auto --dist worksteal $(value ARGS)

test-packaging: $(VENV)/ready ## Build the wheel, and run other projects' tests beside it (2 minutes)
	@$(BIN)/python -m pytest -m packaging $(value ARGS)

test-bounds: $(VENV)/ready ## Run our own tests with the lowest and the highest versions allowed (under build/)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.8,<1'
	@for end in lowest-direct highest; do \
		$(BIN)/uv venv --quiet --clear --python $(BIN)/python build/$$end && \
		$(BIN)/uv pip install --quiet --python build/$$end/bin/python --resolution $$end --editable '.[dev]' && \
		build/$$end/bin/python -m pytest -n auto --dist worksteal $(value ARGS) || exit 1; done

test-browser: $(VENV)/ready ## Run the tests that need Chromium (Debian: chromium, chromium-driver)
	@$(BIN)/python -m pytest -m browser $(value ARGS)

test-page: $(VENV)/ready ## Let axe-core look at the pages at every width, in both schemes (needs npm and Chromium)
	@npm install --silent --no-save --no-audit --no-fund --prefix build/axe axe-core@4
	@AXE=build/axe/node_modules/axe-core/axe.min.js $(BIN)/python -m pytest -m browser tests/test_page*.py $(value ARGS)

test-frontend: $(VENV)/ready ## Run docs/in-your-app.md, and a React page in Chromium (needs npm and Chromium; 7 minutes)
	@PYTHONPATH=tests $(BIN)/python tests/frontend/run.py

lint: $(VENV)/ready ## Check style, types and format
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

format: $(VENV)/ready ## Format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

bench: $(VENV)/ready ## Measure what things cost, as ratios, beside other mocks (ARGS="--rounds 2" is quicker)
	@$(BIN)/python tests/bench $(value ARGS)

PEERS := @stoplight/prism-cli@5.16.0 @mockoon/cli@9.9.0 wiremock@3.13.2
bench-peers: ## Install the other mocks that make bench measures, under build/ (needs npm; WireMock needs java)
	@npm install --silent --no-audit --no-fund --no-save --prefix build/peers $(PEERS)

bench-judge: $(VENV)/ready ## Measure what a verdict costs over a distance, beside plain Schemathesis (20 minutes)
	@$(BIN)/python tests/bench/price.py $(value ARGS)

bench-pressure: $(VENV)/ready ## Measure what hostile servers cost the judge: time and memory (10 minutes)
	@$(BIN)/python tests/bench/pressure.py $(value ARGS)

fuzz: $(VENV)/ready ## Send the mock what nobody would, 100,000 times (N=... SEED=...)
	@$(BIN)/python tests/fuzz.py --count "$${N:-100000}" --seed "$${SEED:-0}"

fuzz-judge: $(VENV)/ready ## Answer the judge as nobody should, 20,000 times (N=... SEED=..., 4 minutes)
	@$(BIN)/python tests/fuzz_judge.py --count "$${N:-20000}" --seed "$${SEED:-0}"

soak: $(VENV)/ready ## Keep the mock busy with everything at once, for a minute (S=... seconds, SEED=...)
	@$(BIN)/python tests/soak.py --seconds "$${S:-60}" --seed "$${SEED:-0}"

test-schemathesis: $(VENV)/ready ## Let Schemathesis look for faults of the mock with many cases, writes too (N=1000; 20 minutes)
	@SCHEMATHESIS_EXAMPLES="$${N:-1000}" $(BIN)/python -m pytest -q tests/test_mock_schemathesis.py tests/test_foreign_schemathesis.py

test-writes-cut: $(VENV)/ready ## Cut 200 runs of --writes at random requests, kill -9 too, and clean up (RUNS, SEED; 15 minutes)
	@PYTHONPATH=tests $(BIN)/python tests/writes_cut.py "$${RUNS:-200}" "$${SEED:-0}"

liars: $(VENV)/ready ## Judge every liar and every honest server, over 20 seeds, beside Schemathesis (20 minutes)
	@$(BIN)/python tests/table_of_liars.py $(value ARGS)

real-servers: $(VENV)/ready ## Judge honest apps of real frameworks, and gateways (needs root, npm; 6 minutes)
	@PYTHONPATH=tests $(BIN)/python -m real_servers $(value ARGS)

test-catalogue: $(VENV)/ready ## Run the rest of each matrix: every liar and honest server, an end at every request (10 minutes)
	@$(BIN)/python -m pytest -n auto --dist worksteal -m catalogue $(value ARGS)

test-under-load: $(VENV)/ready ## Run our own tests twice in a row, with eight busy loops beside them
	@$(BIN)/python tests/support/busy.py 8 $(BIN)/python -m pytest -n auto --dist worksteal $(value ARGS)

mutants: $(VENV)/ready ## Change the code in small ways, and see whether its tests notice (N=60 SEED=0)
	@$(BIN)/python tests/support/mutants.py --count "$${N:-60}" --seed "$${SEED:-0}" $(value ARGS)

liars-connections: $(VENV)/ready ## Judge every liar over 1 and over 16 connections: the same verdict (10 minutes)
	@$(BIN)/python -m pytest -n auto --dist worksteal -m catalogue tests/test_liars_connections.py $(value ARGS)

diff: $(VENV)/ready ## Tell what changed against the released contract, and what that breaks
	@$(BIN)/contract-test diff spec/released.yaml spec/openapi.yaml

selftest: $(VENV)/ready ## Would the judge, as configured by ARGS, catch the lies of our mock?
	@$(BIN)/contract-test --selftest $(value ARGS)

clean: ## Remove .venv, caches and reports
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist reports *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
