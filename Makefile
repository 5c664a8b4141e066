# CineStream. `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never
# Each process would compile all modules again, which takes longer than the start of a service.
unexport PYTHONDONTWRITEBYTECODE
# Lets you write: make run IMDB_URL=https://www.imdb.com
ifdef IMDB_URL
override IMDB_URL := $(value IMDB_URL)
export CINESTREAM_IMDB_URL := $(IMDB_URL)
endif
# A recipe would read & and # in the values as its own, and make a $. tools/words.py takes them from the environment.
override TARGETS := $(value TARGETS)
override IDS := $(value IDS)
export TARGETS IDS
# One worker has the tests with a browser, and one those of the whole pipeline. All share the rest. At most 4, because each
# test may start servers of its own. WORKERS=0 runs one test at a time.
WORKERS ?= $(shell expr $$(nproc) + 1)
PYTEST = $(BIN)/pytest -n $(WORKERS) --maxprocesses=4
SOURCES := shared services demo cli tests tools docs bench
LOCKED := pyproject.toml uv.lock tools/uv.txt $(wildcard */pyproject.toml shared/flow/pyproject.toml services/*/pyproject.toml)

.PHONY: help
help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

.venv/.made: $(LOCKED)
	@tools/setup.sh
	@touch $@

.PHONY: setup
setup: variables  ## Make .venv with every command and every locked dependency

# Every target refuses a misspelt CINESTREAM_ variable.
.PHONY: variables
variables: .venv/.made
	@$(BIN)/python -m cinestream.runtime.variables

.PHONY: browser
browser: setup  ## Find a browser, or install Debian's headless Chromium
	@tools/browser.sh

# The first run takes longest before anything is on the screen.
.PHONY: first-run
first-run:
	@test -e .venv/.made || echo "first run: install the dependencies, find a browser, start the services; first film in about 40 s" >&2

.PHONY: run
run: first-run browser  ## Start everything here and show the films (TARGETS="chart:top tt0111161", IMDB_URL=… for another site)
	@exec $(BIN)/python tools/words.py TARGETS $(BIN)/cinestream-run

.PHONY: enqueue
enqueue: setup  ## Add pages to the queue of the running pipeline: make enqueue TARGETS="tt0111161 chart:top"
	@exec $(BIN)/python tools/running.py cinestream-scraper enqueue TARGETS

.PHONY: status
status: setup  ## Show the progress of the running pipeline
	@exec $(BIN)/python tools/running.py cinestream-scraper status

.PHONY: remove
remove: setup  ## Remove films from the running pipeline: make remove IDS="tt0111161"
	@exec $(BIN)/python tools/running.py cinestream-stream-api remove IDS

.PHONY: test
test: browser  ## Set everything up and run all tests, two or more at once (PYTEST_ARGS='-k resume' selects some)
	@tools/foreign.sh curl wget nc jq
	@$(PYTEST) --durations=20 $(PYTEST_ARGS)

.PHONY: test-fast
test-fast: setup  ## Run the tests that start neither NATS, nor a browser, nor any other process
	@$(PYTEST) -m "not nats and not browser and not e2e and not process" $(PYTEST_ARGS)

.PHONY: foreign
foreign: browser  ## Run the clients and proxies of docs/clients.md, each client alone through four ends of the server
	@tools/foreign.sh
	@CINESTREAM_FOREIGN=full $(PYTEST) -m foreign $(PYTEST_ARGS)

.PHONY: fuzz
fuzz: setup  ## Feed 20,000 damaged pages and messages to etl, with a new random seed each time
	@CINESTREAM_EXAMPLES=$${CINESTREAM_EXAMPLES:-100} CINESTREAM_FUZZ=$${CINESTREAM_FUZZ:-20000} CINESTREAM_FUZZ_SEED=$${CINESTREAM_FUZZ_SEED:-$$(date +%s)} \
	  $(BIN)/pytest -q --log-cli-level=INFO tests/etl/stages/test_mutations.py tests/etl/stages/test_fuzz.py

.PHONY: check
check: static test  ## Run the static checks and all tests

.PHONY: static
static: setup lint types imports lock-check references messages-check isolated  ## Run all checks that do not start the pipeline

.PHONY: lint
lint: setup prose  ## Check the style of sources and prose, and find likely mistakes
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
types: setup  ## Check the static types
	@$(BIN)/mypy

.PHONY: imports
imports: setup  ## Check the layers of imports, and that each distribution declares the dependencies that it uses
	@$(BIN)/lint-imports --no-cache
	@tools/deptry.sh

.PHONY: lock-check
lock-check: setup  ## Check that uv.lock and tools/uv.txt fit the pyproject files
	@$(BIN)/uv lock --check --quiet
	@$(BIN)/uv export --frozen --quiet --only-group bootstrap --no-header | diff - tools/uv.txt

.PHONY: lock
lock: setup  ## Update uv.lock after a change of dependencies
	@$(BIN)/uv lock
	@$(BIN)/uv export --frozen --quiet --only-group bootstrap --no-header --output-file tools/uv.txt >/dev/null

.PHONY: regexes
regexes: setup  ## List every regular expression and the methods that apply it
	@$(BIN)/python tools/regexes.py

.PHONY: references
references: setup  ## Check that the generated references are up to date
	@$(BIN)/python tools/references.py --check

.PHONY: docs
docs: setup  ## Generate the references again
	@$(BIN)/python tools/references.py

.PHONY: messages-check
messages-check: setup  ## Check that every message has its translation in each language
	@$(BIN)/python tools/messages.py --check

.PHONY: messages
messages: setup  ## Add new messages to the catalogues, and remove unused ones
	@$(BIN)/python tools/messages.py

.PHONY: isolated
isolated: setup  ## Check that each service starts with only its declared dependencies
	@tools/isolated.sh

.PHONY: audit
audit: setup  ## Look for known vulnerabilities in the locked dependencies (asks PyPI)
	@$(BIN)/uv export --frozen --quiet --no-emit-workspace | $(BIN)/pip-audit --disable-pip --require-hashes -r /dev/stdin

.PHONY: dist
dist: setup  ## Build the wheels of all distributions into dist/, for uv tool install --find-links dist cinestream-cli
	@rm -rf dist
	@$(BIN)/uv build --all-packages --wheel --quiet --out-dir dist

.PHONY: secrets
secrets:  ## Write random passwords for docker compose into .env
	@tools/secrets.sh

.PHONY: trakt-smoke
trakt-smoke:  ## Run the exporter's container against the tests' Trakt server (needs Docker)
	@tools/trakt-smoke.sh

.PHONY: bench-commands
bench-commands: setup  ## Compare the CPU time of the start of commands with that of the imports they need
	@$(BIN)/python -m bench.commands

.PHONY: bench-etl
bench-etl: setup  ## Compare the time that etl needs for a page with a plain script and with the minimum
	@$(BIN)/python -m bench.etl

.PHONY: bench-tone
bench-tone: setup  ## Measure how often readers agree with the tones of plots, and the plots per second
	@$(BIN)/python -m bench.etl.tones

.PHONY: bench-trakt
bench-trakt: setup  ## Compare an export from Trakt with a plain script
	@$(BIN)/python -m bench.trakt
	@$(BIN)/python -m bench.trakt.client

.PHONY: bench-stream
bench-stream: setup  ## Compare the stream with similar servers, which are installed where possible
	@$(BIN)/python -m bench.stream

.PHONY: bench-scraper
bench-scraper: browser  ## Compare the scraper and its memory with similar tools (FAULTS=1: under faults)
	@$(if $(FAULTS),$(BIN)/python -m bench.scraper.faults,$(BIN)/python -m bench.scraper && $(BIN)/python -m bench.scraper.memory)

.PHONY: clean
clean:  ## Remove the environment and all stored data
	rm -rf .venv .cinestream dist
