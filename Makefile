# Every target works in a fresh clone: .venv is made first, from the locked requirements.
PYTHON ?= python3
IN_VENV = .venv/bin/python

help:          ## Say what there is
	@grep -E '^[a-z]+: ' Makefile | sed -E 's/:.*##/ —/'
run: setup     ## Start the mall: web, worker, beat, PostgreSQL, Redis, simulators (PORT=8000)
	@$(IN_VENV) -m devtools.run
test: setup    ## Run every check and every test
	@$(IN_VENV) -m devtools.check
bench: setup   ## Measure: all, or ONLY=name
	@$(IN_VENV) -m devtools.services run $(IN_VENV) -m bench $(ONLY)
messages: setup ## Bring the translation catalogues up to date with the code
	@$(IN_VENV) -m devtools.messages update
format: setup  ## Format the code
	@$(IN_VENV) -m devtools.check format
stop:          ## Stop PostgreSQL and Redis of this clone, should something have left them running
	@$(IN_VENV) -m devtools.services stop
setup:         ## Make .venv ready
	@$(PYTHON) devtools/bootstrap.py

.PHONY: help run test bench messages format stop setup
