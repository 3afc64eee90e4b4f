# Everything runs in a virtual environment of its own, which each target makes when it is missing or out of date.
# A machine with python3 (3.11 or later), pip, git and make is enough.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PROGRAM := $(VENV)/.program
TOOLS := $(VENV)/.tools

# Where a machine says that nothing compiled is to be kept, each of the hundreds of processes that the tests start would
# compile the program anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test long check audit chaos fuzz bench docs links image-check release lock clean

demo: $(PROGRAM)
	@$(BIN)/digestbot demo

# All but what `make long` runs.
test: $(TOOLS)
	@$(BIN)/python -m compileall -q bot adapters tests
	$(BIN)/pytest -n auto --dist worksteal -m "not long"

# The tests that kill processes, attack through the chats, and do what the documentation says, which take long. Many go by a
# hurried clock, so that less runs beside them.
long: $(TOOLS)
	$(BIN)/pytest -n 2 --dist worksteal -m long

check: $(TOOLS)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Looks for known vulnerabilities (which takes a network) and licences that are not allowed, and writes what the program
# is made of to build/sbom.json. AUDIT=--strict makes it an error where vulnerabilities cannot be asked for.
audit: $(TOOLS)
	@$(BIN)/python -m tests.audit $(AUDIT)

# Kills processes at random for about a quarter of an hour, and counts what goes wrong.
chaos: $(TOOLS)
	$(BIN)/python -m tests.chaos

# Fuzzes the parsers of what comes from outside, one after the other; a finding is kept in tests/fuzz/corpus.
FUZZ_SECONDS ?= 60
fuzz: $(TOOLS)
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS)

bench: $(TOOLS)
	$(BIN)/python -m tests.bench

# Makes a site of the documentation in site/; a link that leads nowhere is an error.
docs: $(TOOLS)
	@$(BIN)/python -m tests.docs.configure
	@$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --doctree-dir build/doctrees docs site
	@echo "site/index.html"

# Asks every address that the documentation links to; takes the network.
links: $(TOOLS)
	@$(BIN)/sphinx-build --quiet --builder linkcheck --doctree-dir build/doctrees docs build/links

# Does the steps of the Dockerfile in a folder made of Debian's packages, and starts what comes of it, as in a container.
# Takes the superuser's rights, debootstrap, and a few minutes.
image-check: $(TOOLS)
	$(BIN)/python -m tests.container

# What a release of TAG (such as v0.2.0) is made of, in dist/: the packages, a list of what is in them, and what is said of
# it. A tag may hold anything, so that it comes to the shell as a variable.
release: $(TOOLS)
	@$(BIN)/python -m tests.release "$$TAG" >/dev/null
	rm -rf dist
	$(BIN)/python -m build --no-isolation
	$(BIN)/python -m tests.audit --sbom dist/sbom.json $(AUDIT)
	$(BIN)/python -m tests.release "$$TAG" >dist/NOTES.md

# Writes the locked requirements anew, from pyproject.toml; needs uv.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		pyproject.toml --extra build --extra traces --output-file requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		pyproject.toml --extra build --extra dev --extra docs --constraints requirements.txt --output-file requirements-dev.txt

$(PROGRAM): requirements.txt pyproject.toml
	@echo "Setting up $(VENV), once: about half a minute" >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes --requirement requirements.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(TOOLS): requirements-dev.txt $(PROGRAM)
	@echo "Setting up the development tools in $(VENV), once: about a minute" >&2
	@$(PIP) --require-hashes --requirement requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) build dist site *.egg-info
