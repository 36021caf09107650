# fastdom: every command a person or CI runs. `make help` lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

NATIVE := $(shell find src server -name '*.pyx' -o -name '*.pxd' -o -name '*.h' 2>/dev/null)

.PHONY: help setup build test check demo bench proto clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: $(STAMP) build  ## create .venv, install everything, build the native modules

$(STAMP): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'setuptools>=77' 'cython>=3.3,<3.4' 'numpy>=2' wheel
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --editable '.[dev]'
	touch $@

build: build/.built  ## rebuild the native modules that changed (ONLY=name builds one)

build/.built: $(NATIVE) setup.py $(STAMP)
	mkdir -p build
	flock build/.lock env FASTDOM_ONLY=$(ONLY) $(BIN)/python setup.py --quiet build_ext --inplace
	test -n "$(ONLY)" || touch $@

test: setup  ## everything CI runs: the test suite
	$(BIN)/python -m pytest -q

clean:  ## remove what the build made (not .venv)
	rm -rf build dist *.egg-info .pytest_cache
	find src server -name '*.so' -delete
