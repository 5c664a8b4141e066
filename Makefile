# CineStream. `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never
# The address of the site may be given without prefix: make run IMDB_URL=https://www.imdb.com
ifdef IMDB_URL
export CINESTREAM_IMDB_URL := $(IMDB_URL)
endif
# What `make run` writes for those who speak to it.
DATA := $(or $(CINESTREAM_DATA_DIR),.cinestream)
as = test -r $(abspath $(DATA))/$(1) || { echo "nothing runs with its data in $(DATA): make run first" >&2; exit 1; }; . $(abspath $(DATA))/$(1)
# As many tests at once as there are cores, but no more than 4: each may start a server of its own.
WORKERS ?= auto
PYTEST = $(BIN)/pytest -n $(WORKERS) --maxprocesses=4 --dist=loadgroup
SOURCES := shared services demo tests tools docs bench
LOCKED := pyproject.toml uv.lock tools/uv.txt $(wildcard */pyproject.toml shared/flow/pyproject.toml services/*/pyproject.toml)

.PHONY: help
help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

.venv/.made: $(LOCKED)
	@tools/setup.sh
	@touch $@

.PHONY: setup
setup: .venv/.made  ## Make .venv with every command and every locked dependency

.PHONY: browser
browser: setup  ## Find a browser, or install Debian's headless Chromium
	@tools/browser.sh

.PHONY: run
run: browser  ## Start everything on this machine and show films arrive (IMDB_URL=… for another site)
	@exec $(BIN)/cinestream-run

.PHONY: enqueue
enqueue: setup  ## Ask the running pipeline for pages: make enqueue TARGETS="tt0111161 chart:top"
	@$(call as,env) && $(BIN)/cinestream-scraper enqueue $(TARGETS)

.PHONY: status
status: setup  ## Say what the running pipeline has done and what is left
	@$(call as,env) && $(BIN)/cinestream-scraper status

.PHONY: remove
remove: setup  ## Take films of the running pipeline down: make remove IDS="tt0111161"
	@$(call as,env-takedown) && $(BIN)/cinestream-stream-api remove $(IDS)

.PHONY: test
test: browser  ## Set everything up and run all tests
	@command -v curl >/dev/null || tools/apt-install.sh curl || true  # one of the clients in the tests
	@$(PYTEST) --durations=20 $(PYTEST_ARGS)

.PHONY: test-fast
test-fast: setup  ## Run the tests that start neither NATS, nor a browser, nor any other process
	@$(PYTEST) -m "not nats and not browser and not e2e and not process" $(PYTEST_ARGS)

.PHONY: fuzz
fuzz: setup  ## Feed etl 20,000 damaged pages and messages, others each time
	@CINESTREAM_EXAMPLES=$${CINESTREAM_EXAMPLES:-100} CINESTREAM_FUZZ=20000 CINESTREAM_FUZZ_SEED=$${CINESTREAM_FUZZ_SEED:-$$(date +%s)} \
	  $(BIN)/pytest -q --log-cli-level=INFO tests/etl/stages/test_mutations.py tests/etl/stages/test_fuzz.py

.PHONY: check
check: static test  ## Everything that CI checks, tests included

.PHONY: static
static: setup lint types imports lock-check references isolated  ## The checks that run nothing of the pipeline

.PHONY: lint
lint: setup  ## Style and likely mistakes
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check --quiet $(SOURCES) || { echo "run 'make format'" >&2; exit 1; }

.PHONY: prose
prose: setup  ## Check docstrings, names and documents against the writing rules
	@$(BIN)/python tools/prose.py

.PHONY: format
format: setup  ## Rewrite the sources in the project's style
	@$(BIN)/ruff check --fix --quiet $(SOURCES) || true
	@$(BIN)/ruff format $(SOURCES)

.PHONY: types
types: setup  ## Static types
	@$(BIN)/mypy

.PHONY: imports
imports: setup  ## Who may import whom; declared and used dependencies agree
	@$(BIN)/lint-imports --no-cache
	@tools/deptry.sh

.PHONY: lock-check
lock-check: setup  ## uv.lock and tools/uv.txt fit the pyproject files
	@$(BIN)/uv lock --check --quiet
	@$(BIN)/uv export --frozen --quiet --only-group bootstrap --no-header | diff - tools/uv.txt

.PHONY: lock
lock: setup  ## Renew uv.lock after a change of dependencies
	@$(BIN)/uv lock
	@$(BIN)/uv export --frozen --quiet --only-group bootstrap --no-header --output-file tools/uv.txt >/dev/null

.PHONY: references
references: setup  ## The generated references are up to date
	@$(BIN)/python tools/references.py --check

.PHONY: docs
docs: setup  ## Write the generated references anew
	@$(BIN)/python tools/references.py

.PHONY: isolated
isolated: setup  ## Each service starts with its declared dependencies alone
	@tools/isolated.sh

.PHONY: audit
audit: setup  ## Known vulnerabilities in what is locked (asks PyPI)
	@$(BIN)/uv export --frozen --quiet --no-emit-workspace | $(BIN)/pip-audit --disable-pip --require-hashes -r /dev/stdin

.PHONY: secrets
secrets:  ## Write random passwords for docker compose into .env
	@tools/secrets.sh

.PHONY: trakt-smoke
trakt-smoke:  ## Run the exporter's container against a Trakt of the tests (needs Docker)
	@tools/trakt-smoke.sh

.PHONY: bench-etl
bench-etl: setup  ## Compare what etl needs for a page with the usual way and with the least possible
	@$(BIN)/python -m bench.etl

.PHONY: bench-tone
bench-tone: setup  ## Measure how often readers agree with the tones of plots, and plots per second
	@$(BIN)/python -m bench.etl.tones

.PHONY: bench-trakt
bench-trakt: setup  ## Compare an export from Trakt with a plain script
	@$(BIN)/python -m bench.trakt
	@$(BIN)/python -m bench.trakt.client

.PHONY: bench-stream
bench-stream: setup  ## Compare the stream with its peers, which it installs where it can
	@$(BIN)/python -m bench.stream

.PHONY: bench-scraper
bench-scraper: browser  ## Compare the scraper with its peers, and what it needs of memory (FAULTS=1: when all goes wrong)
	@$(if $(FAULTS),$(BIN)/python -m bench.scraper.faults,$(BIN)/python -m bench.scraper && $(BIN)/python -m bench.scraper.memory)

.PHONY: clean
clean:  ## Remove the environment and what was stored
	rm -rf .venv .cinestream
