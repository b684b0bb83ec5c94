# One entry point per task; `make help` lists them. The same targets run in CI.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MVN := ./mvnw -B -q
# Images that lie in a registry (RAGOPS_IMAGE_PREFIX) need no loading.
LOAD_IMAGES := [ -n "$$RAGOPS_IMAGE_PREFIX" ] || ./local/images load

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---- build --------------------------------------------------------------------------------------------------------

.PHONY: build
build: ## jars of every module, without tests
	$(MVN) package -DskipTests

.PHONY: images
images: build ## container images of operator, runtime, gateway and load generator, without a Docker daemon
	./local/images build

.PHONY: format
format: ## format the Java code as the build checks it
	$(MVN) spotless:apply

.PHONY: crds
crds: ## generate the CRD YAML, the chart's copy and docs/api.md again from the Java types
	$(MVN) -pl crds -am verify -Dsurefire.extra=-Dcrds.update=1
	./helm/sync-crds.sh

# ---- test ---------------------------------------------------------------------------------------------------------

.PHONY: test
test: unit durability check api registry quality e2e ## every test of the project: what CI runs

.PHONY: unit
unit: ## unit, golden, property and component tests of every module; no cluster, no network once dependencies are there
	./mvnw -B verify

.PHONY: durability
durability: build ## kill -9 the runtime during ingest (KILLS=25 times a store) and read back all it acknowledged
	./rag-runtime/src/durability/run --kills $(or $(KILLS),25)

.PHONY: check
check: ## chart, manifests, samples, links, scripts and workflows
	python3 samples/check.py
	python3 local/image/check.py
	python3 docs/check.py
	./local/check.sh
	./helm/check.sh

.PHONY: api
api: build ## the runtime's API from outside: OpenAI's Python client, a fuzzer over the contract, cut streams, slow clients
	./rag-runtime/src/api-tests/run

.PHONY: registry
registry: build ## samples/python/register.py against a real MLflow server, and what it registered fetched by the runtime
	./samples/python/check

.PHONY: quality
quality: build ## NDCG@10 of the sample corpus, as configured and by either half alone, against the floor it must hold
	./bench/run --only quality --data "" --strict

.PHONY: e2e
e2e: images ## end-to-end tests on a real cluster (the local one unless KUBECONFIG names another)
	@if [ -n "$$KUBECONFIG" ] || ./local/cluster status >/dev/null 2>&1; then \
		echo "a cluster is given or runs: local/test.sh, which starts and ends clusters, is left out"; \
	else ./local/test.sh; fi
	./local/cluster up
	@$(LOAD_IMAGES)
	./e2e/run tests
	@if [ -z "$$KUBECONFIG" ]; then ./local/cluster down; fi

.PHONY: cluster-test
cluster-test: ## what ./ragops cluster promises: up twice, crashes, nothing left (root on Linux)
	./local/test.sh

# ---- run ----------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: images ## the whole story, live: first version, promotion, rollback; KEEP=1 leaves it running
	./local/cluster up
	@$(LOAD_IMAGES)
	./e2e/run demo

.PHONY: demo-down
demo-down: ## remove what `make demo KEEP=1` left: the cluster, MLflow, PostgreSQL
	./local/cluster down

.PHONY: bench
bench: build ## the measured numbers of docs/benchmarks.md, an hour on two quiet cores (RAGOPS_BENCH_DATA: a folder of BEIR collections; WRITE=1 puts them there)
	./bench/run $(if $(WRITE),--output docs/benchmarks.md)
	./bench/vector/run $(if $(WRITE),--output docs/benchmarks.md)
	./bench/gateway/run $(if $(WRITE),--output docs/benchmarks.md)

.PHONY: clean
clean: ## remove build output (the cache of cluster binaries stays: see local/README.md)
	$(MVN) clean
