# make serve   set up, ingest corpus/, serve the chat page      make test    set up and run all tests
# make check   what CI runs: lint, types, tests, quality gate   make bench   measure speed, write docs/performance.md
PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
VENV ?= .venv
TEST_VENV ?= .venv-test
# Two workers, a file at a time each: most of a page test is waiting.
PYTEST_ARGS ?= -n 2 --dist loadfile
TEST_EXTRAS ?= models,eval,dev
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: serve test check gate lint types format bench clean

serve: $(VENV)/.ready
	$(VENV)/bin/dangjian ingest --corpus
	$(VENV)/bin/dangjian serve --host $(HOST) --port $(PORT)

test: $(TEST_VENV)/.ready
	$(TEST_VENV)/bin/python -m pytest $(PYTEST_ARGS)

check: lint types test gate

# Fails when a tracked figure falls below its recorded interval (docs/evaluation.md).
gate: $(TEST_VENV)/.ready
	$(TEST_VENV)/bin/dangjian-eval gate

lint: $(TEST_VENV)/.ready
	$(TEST_VENV)/bin/ruff format --check .
	$(TEST_VENV)/bin/ruff check .

types: $(TEST_VENV)/.ready
	$(TEST_VENV)/bin/mypy

format: $(TEST_VENV)/.ready
	$(TEST_VENV)/bin/ruff format .
	$(TEST_VENV)/bin/ruff check --fix .

bench: $(VENV)/.ready
	$(VENV)/bin/python -m eval.performance --write docs/performance.md

clean:
	rm -rf $(VENV) $(TEST_VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --editable .
	touch $@

$(TEST_VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(TEST_VENV)
	$(TEST_VENV)/bin/python -m pip install --quiet --editable '.[$(TEST_EXTRAS)]'
	touch $@
