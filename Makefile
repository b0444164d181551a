# The list of verbs. `make` and `make help` print it.
#
# Needed on the machine: Rust (rustup; rust-toolchain.toml names the version), Go 1.26 or later, make, a C compiler; for
# `conformance` Python 3.9 or later with venv, and Node 20 or later with npm; for `chart`, `lint-manifests`, `monitoring` and `image-lint` the same Python, for
# `monitoring` also Debian's apt or a Prometheus.
# Everything else is built or fetched by the verbs, into a cache outside the checkout.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The same folder as in tests/control-plane/build.sh.
XDG_CACHE_HOME ?= $(HOME)/.cache
PRIVATELINK_CACHE ?= $(XDG_CACHE_HOME)/privatelink-operator
export PRIVATELINK_CACHE

# The version of Kubernetes that everything is tested on; the oldest that is promised, and what runs on that one.
NEWEST := 1.37
OLDEST := 1.33
ON_THE_OLDEST = $(shell grep -v '^\#' tests/it/on_the_oldest_kubernetes.txt)
# KUBERNETES="1.37 1.33" builds the oldest API server as well.
KUBERNETES ?= $(NEWEST)
# Where cargo puts what it builds; asked only by the verb that needs it.
TARGET = $(shell cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
# A static program, made as for the image: see tools/release-build.sh.
HOST = $(shell rustc -vV | sed -n 's/^host: //p')
RELEASE_BUILD = PATH="$(call tool,cargo-auditable,$(CARGO_AUDITABLE_VERSION)):$$PATH" tools/release-build.sh $(HOST)
RELEASE = $(TARGET)/$(HOST)/release
# What images are made from. DEBUG=1: the programs of the tests, which are built quickly.
PROGRAMS = $(if $(DEBUG),$(TARGET)/debug,$(RELEASE))
# The same as in config/default.
VERSION = $(shell awk -F '"' '/^version = / { print $$2; exit }' Cargo.toml)
IMAGE ?= privatelink-operator:$(VERSION)
CARGO_DENY_VERSION := 0.20.2
CARGO_MUTANTS_VERSION := 27.1.0
# The same as in the Dockerfile.
CARGO_AUDITABLE_VERSION := 0.7.7
CARGO_CYCLONEDX_VERSION := 0.5.9
RUST_AUDIT_INFO_VERSION := 0.5.4

# $(call tool,crate,version): the folder of that program; $(call install,crate,version) compiles it first where it is not there yet.
tool = $(PRIVATELINK_CACHE)/tools/$(1)-$(2)/bin
install = [[ -x $(call tool,$(1),$(2))/$(1) ]] || cargo install $(1) --version $(2) --locked --root $(PRIVATELINK_CACHE)/tools/$(1)-$(2)

# $(call stage,name,command): runs it and says how long it took, however it ends.
define stage
@echo "==> $(1)"; begin=$$SECONDS; code=0; { $(2); } || code=$$?; \
echo "==> $(1): $$((SECONDS - begin)) s$$([[ $$code == 0 ]] || echo ", failed")"; exit $$code
endef

.PHONY: help
help: ## Lists the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  First: make demo. KEEP=1 keeps it up until Ctrl-C. The first run builds a control plane, some 5 minutes."

.PHONY: demo
demo: control-plane ## From kubectl apply to Ready on a real API server, no account needed (KEEP=1: stays up)
	@cargo build --workspace --bins
	@exec $(TARGET)/debug/demo $(if $(KEEP),--keep)

.PHONY: control-plane
control-plane: ## Builds kube-apiserver, etcd and kubectl, once, into the cache
	@for version in $(KUBERNETES); do tests/control-plane/build.sh $$version; done

.PHONY: build
build: ## Builds the operator for release: one static program, as in the image
	@$(call install,cargo-auditable,$(CARGO_AUDITABLE_VERSION))
	@$(RELEASE_BUILD) --bin privatelink-operator
	@ls -l $(RELEASE)/privatelink-operator

# One fault plan in so many, where all of them take half an hour. SLOW: with the tests of tests/slow.txt.
TEST_SAMPLE := 64
TEST_ALL_SAMPLE := 8

.PHONY: test
test: ## Before every change lands: lint, tests but the slow ones on the newest Kubernetes, some fault plans
	$(call stage,control plane,$(MAKE) control-plane)
	$(call stage,lint,$(MAKE) lint)
	$(call stage,build,cargo build --workspace --all-targets)
	$(call stage,tests on Kubernetes $(NEWEST),KUBERNETES_VERSION=$(NEWEST) SLOW=$(SLOW) tests/run.sh)
	$(call stage,fault plans,$(MAKE) faults SAMPLE=$(TEST_SAMPLE))

.PHONY: test-all
test-all: ## All tests, more fault plans, and what breaks rarely: oldest Kubernetes, conformance, chart, alerts, Argo CD and a node where they are built, Dockerfile, licences; what CI runs
	@$(MAKE) test SLOW=1 TEST_SAMPLE=$(TEST_ALL_SAMPLE)
	$(call stage,documentation,cargo test --workspace --doc)
	$(call stage,traces,$(MAKE) otel)
	$(call stage,control plane $(OLDEST),$(MAKE) control-plane KUBERNETES=$(OLDEST))
	$(call stage,tests on Kubernetes $(OLDEST),$(MAKE) it-oldest)
	$(call stage,conformance,$(MAKE) conformance)
	$(call stage,chart,$(MAKE) chart)
	$(call stage,manifests,$(MAKE) lint-manifests IF_THERE=1)
	$(call stage,monitoring,$(MAKE) monitoring)
	$(call stage,Argo CD and Flux,IF_BUILT=1 $(MAKE) gitops)
	$(call stage,node,$(MAKE) cluster IF_CACHED=1 DEBUG=1 ONLY="image helm4 people leader")
	$(call stage,upgrade,$(MAKE) upgrade IF_BUILT=1)
	$(call stage,image,$(MAKE) image-lint)
	$(call stage,licences,$(MAKE) deny)

# Every verb that tests builds the whole workspace's selection of features, so that all of them share one build: see tests/one-build.sh.
.PHONY: unit
unit: ## The tests that need no control plane
	@cargo test --workspace --lib --bins
	@cargo test --workspace --exclude integration-tests --exclude local-control-plane --test '*' -- --skip kubernetes:: --skip views::

# The dependencies stay as the tests have them; only the searched code is optimised.
MODEL_PROFILE = --config 'profile.dev.package.privatelink-operator.opt-level=1' \
  --config 'profile.dev.package.privatelink-operator.debug=false' --config 'profile.dev.package.stateright.opt-level=3'

.PHONY: model
model: ## Searches a model of the shipped decisions: millions of states, some 20 minutes
	@cargo test -p privatelink-operator --lib $(MODEL_PROFILE) -- tests::model --include-ignored --nocapture --test-threads 1

.PHONY: it
it: control-plane ## The integration tests against a real API server (ARGS="name": only those)
	@cargo build --workspace --bins
	@cargo test --package integration-tests -- $(ARGS)

# The one selection of features beside that of all other verbs: the operator's library is compiled once more, and what only the feature wants.
.PHONY: otel
otel: ## The tests of the feature otel: traces as a collector gets them
	@cargo test --package privatelink-operator --lib --features otel -- telemetry

# IF_BUILT=1: only where the program of the release before is built already.
.PHONY: upgrade
upgrade: control-plane ## The release before, this version, the release before again: with 50 creates under way. Its program is built first, once, some minutes
	@if [[ -n "$(IF_BUILT)" ]] && ! tests/upgrade/build.sh --dir >/dev/null; then \
	  echo "upgrade: SKIPPED with the program of the release before, which is not built on this machine: make upgrade builds it"; exit; fi; \
	previous=$$(tests/upgrade/build.sh); cargo build --workspace --bins; \
	PREVIOUS_OPERATOR=$$previous cargo test --package integration-tests -- --ignored upgrade::real

.PHONY: freeze
freeze: control-plane ## What this version writes, as the fixture of the upgrade tests of the next (NAME=0.2.0)
	@[[ -n "$(NAME)" ]] || { echo "name the release: make freeze NAME=0.2.0"; exit 1; }
	@cargo build --workspace --bins
	@FREEZE=$(NAME) cargo test --package integration-tests -- --ignored upgrade::freeze
	@git rev-parse HEAD >tests/it/upgrade/releases/$(NAME)/commit

.PHONY: it-oldest
it-oldest: ## Rules, five integration tests and more on the oldest Kubernetes that is promised
	@$(MAKE) control-plane KUBERNETES="$(NEWEST) $(OLDEST)"
	@cargo build --workspace --bins
	@KUBERNETES_VERSION=$(OLDEST) cargo test --package integration-tests -- --include-ignored $(ON_THE_OLDEST)

.PHONY: faults
faults: control-plane ## The operator killed and lied to at every call (ONLY=id FAMILY=name SAMPLE=8: one in eight, LIST=1 JOBS=6 SUMMARY=file)
	@cargo build --quiet --workspace --bins
	@exec $(TARGET)/debug/faults $(if $(ONLY),--only '$(ONLY)') $(if $(FAMILY),--family $(FAMILY)) $(if $(SAMPLE),--sample $(SAMPLE)) \
	  $(if $(LIST),--list) $(if $(JOBS),--jobs $(JOBS)) $(if $(SUMMARY),--summary $(SUMMARY))

.PHONY: chaos
chaos: control-plane ## Everything goes wrong at random, then must converge (MINUTES=10 SEED=n ROUND=60 ROUNDS=n)
	@cargo build --quiet --workspace --bins
	@exec $(TARGET)/debug/chaos $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED)) $(if $(ROUND),--round $(ROUND)) \
	  $(if $(ROUNDS),--rounds $(ROUNDS))

.PHONY: bench
bench: control-plane build ## Measures the operator, some 5 minutes; the machine should be calm (JSON=file: where figures go as well)
	@$(RELEASE_BUILD) -p local-stack --bin figures -p privatelink-sim --bin privatelink-sim
	@exec $(RELEASE)/figures $(if $(JSON),--json $(JSON))

.PHONY: conformance
conformance: ## The provider's own SDKs against the simulator (ARGS="python-core": only those programs)
	@cargo build --quiet --workspace --bin privatelink-sim
	@tests/conformance/run.sh $(TARGET)/debug/privatelink-sim $(ARGS)

.PHONY: chart
chart: control-plane ## The Helm chart with Helm 3 and 4, beside config/ and on a real API server; a minute (UPDATE=1 writes what is generated)
	@cargo build --quiet --workspace --bins
	@tests/chart/run.sh $(TARGET)/debug/local-control-plane $(TARGET)/debug/privatelink-operator

# Of `test-all` only where the linters are installed: that takes 2 to 10 minutes, once; the check itself takes half a minute.
.PHONY: lint-manifests
lint-manifests: control-plane ## What config/ and the chart render, with checkov and kube-score (IF_THERE=1: only where they are installed)
	@tests/manifests/run.sh $(if $(IF_THERE),--if-there)

.PHONY: monitoring
monitoring: ## Alerts and dashboard with promtool, their names and the runbook; half a minute (UPDATE=1 writes what is made from them)
	@tests/monitoring/run.sh

# On a machine that cannot run a node it says why, and checks nothing. IF_CACHED=1: nor where the node's programs are not built yet.
.PHONY: cluster
cluster: ## Image, chart and operator on a real node, as root (KEEP=1: stays up; ONLY="helm4 rollout" or none; DEBUG=1)
	@tests/cluster/run.sh $(TARGET) $(PROGRAMS)

.PHONY: cluster-down
cluster-down: ## Ends the node that make cluster KEEP=1 has left
	@tests/cluster/node/down.sh $(TARGET)/cluster; rm -rf $(TARGET)/cluster

# `test` has the same properties with some hundreds of cases. The clients have 20; 50,000 cases for each are a million.
CASES ?= 50000

.PHONY: fuzz
fuzz: ## A million hostile answers and keys for the client (CASES=n: for each property), a million requests for the simulator
	$(call stage,client,PROPTEST_CASES=$(CASES) cargo test --profile fuzz -p cloud-core -p privatelink --test it -- properties::)
	$(call stage,simulator,cargo test --profile fuzz -p privatelink-sim --test it -- --ignored a_million_requests)

.PHONY: gitops
gitops: control-plane ## A real Argo CD syncs chart and objects from Git, 4 minutes; it is built first, some 10, once (ONLY=part: those scenarios)
	@cargo build --quiet --workspace --bins
	@ONLY='$(ONLY)' tests/gitops/run.sh $(TARGET)/debug

.PHONY: lint
lint: ## Format, clippy, gofmt, one build for all verbs
	@cargo fmt --all --check
	@tests/one-build.sh
	@cargo clippy --workspace --all-targets --quiet -- -D warnings
	@unformatted=$$(gofmt -l tests/control-plane tests/gitops tests/cluster); [[ -z "$$unformatted" ]] || { echo "gofmt: $$unformatted"; exit 1; }

# Not part of `test`, because cargo-deny is compiled first: 3 minutes, once. The check itself takes a second; `test-all` has it.
.PHONY: deny
deny: ## Licences, banned crates and sources of the dependencies (CHECKS=advisories: known weaknesses, for which it needs the internet)
	@$(call install,cargo-deny,$(CARGO_DENY_VERSION))
	@$(call tool,cargo-deny,$(CARGO_DENY_VERSION))/cargo-deny --all-features check $(or $(CHECKS),bans licenses sources)

SBOM ?= $(TARGET)/sbom.cdx.json

.PHONY: sbom
sbom: ## Writes the list of what the program is made of, as CycloneDX (SBOM=file)
	@$(call install,cargo-cyclonedx,$(CARGO_CYCLONEDX_VERSION))
	@tests/image/sbom.py $(call tool,cargo-cyclonedx,$(CARGO_CYCLONEDX_VERSION)) $(HOST) $(SBOM)

.PHONY: image-lint
image-lint: ## hadolint over the Dockerfile, actionlint over the workflows; seconds
	@tests/image/lint.sh

.PHONY: image-dockerfile
image-dockerfile: ## Every instruction of the Dockerfile with Debian's buildah, its base images stood in for; as root, a release build and more
	@mkdir -p $(TARGET); tests/image/dockerfile.sh $(TARGET)/dockerfile.tar $(VERSION) $$(git rev-parse HEAD) $$(git log -1 --format=%cI)

.PHONY: image-test
image-test: control-plane build sbom ## The program as in the image: in an empty root, its dependencies, the SBOM; a release build and half a minute
	@$(call install,rust-audit-info,$(RUST_AUDIT_INFO_VERSION))
	@cargo build --quiet --workspace --bins
	@tests/image/empty-root.sh $(RELEASE)/privatelink-operator $(TARGET)/debug/local-control-plane $(TARGET)/debug/privatelink-sim
	@tests/image/check.py $(RELEASE)/privatelink-operator $(call tool,rust-audit-info,$(RUST_AUDIT_INFO_VERSION))/rust-audit-info $(SBOM) $(HOST)

.PHONY: reproducible
reproducible: ## Builds the program twice, in two folders, and compares the bytes; several minutes
	@$(call install,cargo-auditable,$(CARGO_AUDITABLE_VERSION))
	@PATH="$(call tool,cargo-auditable,$(CARGO_AUDITABLE_VERSION)):$$PATH" tests/image/reproducible.sh

.PHONY: mutants
mutants: control-plane ## Sets bugs into the operator, one at a time: which fault plan finds which, some 6 minutes (ONLY=Name: that one)
	@cargo build --workspace --bins
	@exec $(TARGET)/debug/mutants --operator $(TARGET)/debug/seeded-operator \
	  $(if $(ONLY),$(addprefix --only ,$(ONLY)) --timelines,--table docs/mutants.md)

.PHONY: mutants-core
mutants-core: ## cargo-mutants over what decides and what signs: hours (ONLY=regex: those changes)
	@bin=$(PRIVATELINK_CACHE)/tools/cargo-mutants-$(CARGO_MUTANTS_VERSION); \
	[[ -x $$bin/bin/cargo-mutants ]] || cargo install cargo-mutants --version $(CARGO_MUTANTS_VERSION) --locked --root $$bin; \
	tests/mutants-core.sh $$bin/bin/cargo-mutants $(TARGET)/mutants-core $(if $(ONLY),'$(ONLY)')

.PHONY: gen
gen: ## Generates crds/ with the charts' copies, docs/reference/ and the table of docs/architecture.md from the code
	@cargo build --quiet --workspace --bins
	@$(TARGET)/debug/privatelink-operator crds --output crds/
	@for chart in privatelink-operator privatelink-operator-crds; do cp crds/*.yaml charts/$$chart/files/crds/; done
	@$(TARGET)/debug/privatelink-operator reference --output docs/reference/
	@cargo test --quiet --package integration-tests -- --ignored architecture::draw_the_picture

.PHONY: gen-check
gen-check: ## Says whether crds/ or docs/reference/ is out of date (the tests do as well)
	@cargo build --quiet --workspace --bins
	@fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; \
	$(TARGET)/debug/privatelink-operator crds --output "$$fresh"; \
	diff -ru --exclude=Kustomization crds "$$fresh" || { echo 'crds/ is out of date: make gen'; exit 1; }; \
	for chart in privatelink-operator privatelink-operator-crds; do \
	  diff -ru charts/$$chart/files/crds "$$fresh" || { echo "the copy of crds/ in charts/$$chart is out of date: make gen"; exit 1; }; done; \
	$(TARGET)/debug/privatelink-operator reference --output "$$fresh/reference"; \
	diff -ru docs/reference "$$fresh/reference" || { echo 'docs/reference/ is out of date: make gen'; exit 1; }

.PHONY: image
image: ## Builds the image that config/default asks for (IMAGE=name:tag); needs docker with buildx
	@docker buildx build --load --tag $(IMAGE) \
	  --build-arg VERSION=$(VERSION) --build-arg REVISION=$$(git rev-parse HEAD) --build-arg CREATED=$$(git log -1 --format=%cI) \
	  --build-arg SOURCE=$$(git remote get-url origin 2>/dev/null || echo unknown) .

.PHONY: image-oci
image-oci: ## Both images, operator and simulator, as archives for docker load, kind or ctr; needs no container engine (DEBUG=1: quick to build)
	@$(if $(DEBUG),cargo build --workspace --bins,$(RELEASE_BUILD) --bin privatelink-operator && $(RELEASE_BUILD) -p privatelink-sim --bin privatelink-sim)
	@python3 tests/image/images.py $(PROGRAMS) $(TARGET)/images $(VERSION) $$(git rev-parse HEAD) $$(git log -1 --format=%cI)

.PHONY: clean
clean: ## Removes target/; the cache of the control plane stays
	@cargo clean
