# fastdom: every command a person or CI runs. `make help` lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
NATIVE := $(shell find src server -name '*.pyx' -o -name '*.pxd' -o -name '*.h')
STUBS   = $(shell find src server -name '*.pyi' | sed 's,^[a-z]*/,,; s,/,.,g; s,\.pyi$$,,')

.PHONY: help setup build test check lint types imports proto demo bench clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: $(STAMP) build/.built  ## create .venv, install everything, build the native modules

$(STAMP): pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "fastdom needs Python 3.11 or newer: make $(or $(MAKECMDGOALS),setup) PYTHON=python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'setuptools>=77' 'cython>=3.3,<3.4' 'numpy>=2' wheel
	mkdir -p build
	flock build/.lock $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --editable '.[dev]'
	touch build/.built $@

build: build/.built  ## rebuild the native modules that changed (make build ONLY=name builds one)
ifneq ($(ONLY),)
	flock build/.lock env FASTDOM_ONLY=$(ONLY) $(BIN)/python setup.py --quiet build_ext --inplace
endif

build/.built: $(NATIVE) setup.py $(STAMP)
	mkdir -p build
	flock build/.lock $(BIN)/python setup.py --quiet build_ext --inplace
	touch $@

test: setup  ## the test suite
	$(BIN)/python -m pytest -q

check: setup lint types imports proto-check test  ## everything a change must pass

lint:  ## ruff and protolint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/protolint lint proto

types:  ## mypy (strict) and the stubs of the native modules
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest --ignore-disjoint-bases --mypy-config-file pyproject.toml \
		--allowlist tests/tidy/stubtest_allowlist.txt $(STUBS)

imports:  ## imports run one way, downwards
	$(BIN)/lint-imports

proto:  ## generate the Python code of the protos
	$(BIN)/python proto/generate.py

proto-check:  ## the generated code is what the protos give, and nothing released was broken
	$(BIN)/python proto/generate.py --check
	$(BIN)/python proto/breaking.py

demo: setup  ## the main job: a flash sale on the demo network, with a crash in the middle
	$(BIN)/fastdom demo

bench: setup  ## benchmarks of every kernel and engine operation
	$(BIN)/python -m pytest -q bench/micro --benchmark-only --benchmark-columns=min,median,mean,ops,rounds

clean:  ## remove what the build made (not .venv)
	rm -rf build dist *.egg-info .pytest_cache
	find src server -name '*.so' -delete
