# The one list of commands. `make demo` shows it working, `make test` proves it.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check bench bench-check clean

demo: .venv/.ready          ## the whole thing, running: server, a simulated leg, six weeks of history
	@$(BIN)/steadyrep demo

test: .venv/.ready check    ## everything that proves it
	$(BIN)/pytest -q --numprocesses auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder

check: .venv/.ready         ## style, types, and which package may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.ready         ## measure, and write docs/BENCHMARKS.md
	$(BIN)/python -m benchmarks

bench-check: .venv/.ready   ## fail where a headline figure has fallen; RECORDINGS=DIR compares the score too
	$(BIN)/python -m benchmarks.check $(if $(RECORDINGS),--recordings "$(RECORDINGS)")

.venv/.ready: pyproject.toml server/web/package-lock.json
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Steadyrep needs Python 3.11 or newer: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --group dev --editable .
	@touch $@

clean:
	rm -rf .venv .bench-venv* dist .mypy_cache .ruff_cache .pytest_cache .hypothesis server/static/vendor server/web/node_modules
