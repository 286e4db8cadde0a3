# Two commands are enough: make run, make test. The work is done by run.py, for Windows too.
PYTHON ?= python3
LOCAL ?= 1

.PHONY: run test test-base soak lint bench fuzz help

run:    ## set up if needed and start the app (LOCAL=0 leaves the training stack out)
	@$(PYTHON) run.py run $(if $(filter 0,$(LOCAL)),--no-local)

test:   ## lint, then every test
	@$(PYTHON) run.py test

test-base: ## fetch the real base and train it: 93 MB and some minutes
	@$(PYTHON) run.py test-base

soak:   ## the tests that take long, beside those of `make test`
	@$(PYTHON) run.py soak

lint:   ## style, types and the import rules
	@$(PYTHON) run.py lint

bench:  ## measure and write benchmarks/results.md (ONLY=check QUICK=1 to choose)
	@$(PYTHON) run.py bench $(ONLY) $(if $(QUICK),--quick)

fuzz:   ## read and check 20,000 damaged files: some minutes (SEED=7 for others)
	@$(PYTHON) run.py fuzz $(if $(SEED),--seed $(SEED))

help:   ## this list
	@grep -E '^[a-z-]+: ' $(MAKEFILE_LIST) | sed 's/: *##/	/'
