# The commands to know. Everything that is needed is set up on the way.

UV := .tools/bin/uv
MANNY := .venv/bin/manny
APP := .venv/.ready
MODEL := nlu/model/.venv/.ready
# uv finds the system's certificates only when it is told where they are.
export UV_SYSTEM_CERTS := 1

.PHONY: help chat serve train nlu-report test test-fast check format bench clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

chat: $(APP) $(MODEL)  ## talk to Manny in the terminal
	@$(MANNY) chat

serve: $(APP) $(MODEL)  ## serve Telegram; needs TELEGRAM_BOT_TOKEN
	@$(MANNY) serve

train: $(APP) $(MODEL)  ## train the language model if its data changed
	@$(MANNY) nlu train

nlu-report: $(APP) $(MODEL)  ## how well messages are understood: tables, errors, pictures in var/nlu-report
	@$(MANNY) nlu train
	@$(MANNY) nlu report

test: $(APP) $(MODEL)  ## all tests, on the real model, SQLite and PostgreSQL
	@$(MANNY) nlu train
	.venv/bin/pytest

test-fast: $(APP)  ## the tests that need no model and no server: seconds
	.venv/bin/pytest -m "not slow"

check: $(APP) $(MODEL)  ## format, lint, types, import contracts, training data
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	cd nlu/model && .venv/bin/python -m mypy
	.venv/bin/lint-imports
	$(MANNY) nlu check

format: $(APP)  ## put the code into its form
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

bench: $(APP) $(MODEL)  ## how fast it is
	@.venv/bin/python -m benchmarks

clean:  ## remove what was set up; records in var/ stay
	rm -rf .tools .venv nlu/model/.venv nlu/model/.rasa nlu/model/.cache nlu/model/models

$(UV):
	@echo "Setting up: uv"
	@python3 -m venv .tools
	@.tools/bin/pip install --quiet --disable-pip-version-check "uv>=0.9"

$(APP): pyproject.toml uv.lock $(UV)
	@echo "Setting up: Manny"
	@$(UV) sync --quiet --locked
	@touch $@

# The model's folder pins its Python; uv must run inside it to find that one.
$(MODEL): nlu/model/pyproject.toml nlu/model/uv.lock $(UV)
	@echo "Setting up: the language model's environment"
	@$(UV) sync --quiet --locked --directory nlu/model
	@touch $@
