# Two commands are enough: make run, make test. The work is done by run.py, for Windows too.
PYTHON ?= python3
LOCAL ?= 1

.PHONY: run test lint help

run:    ## set up if needed and start the app (LOCAL=0 leaves the training stack out)
	@$(PYTHON) run.py run $(if $(filter 0,$(LOCAL)),--no-local)

test:   ## lint, then every test
	@$(PYTHON) run.py test

lint:   ## style, types and the import rules
	@$(PYTHON) run.py lint

help:   ## this list
	@grep -E '^[a-z]+: ' $(MAKEFILE_LIST) | sed 's/: *##/	/'
