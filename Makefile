# The two commands of the README are `make demo` and `make test`; each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint docs quality bench model clean

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "regkg needs Python 3.11 or newer: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

# the two sample reports, as a graph and a map
demo: $(VENV)/.installed
	@rm -rf demo && mkdir demo
	$(BIN)/kg add --store demo/store data/samples/2024-06.pdf data/samples/2024-07.pdf
	$(BIN)/kg map --store demo/store -o demo/map.html
	@echo "The map is demo/map.html: open it in a browser. Next: $(BIN)/kg show --store demo/store OpenAI"

test: $(VENV)/.installed
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python -m pytest

# mends what can be mended
lint: $(VENV)/.installed
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .
	$(BIN)/python -m mypy

# the output of the examples in README.md and docs/tutorial.md and the picture of the map, made anew
docs: $(VENV)/.installed
	$(BIN)/python tools/examples.py --picture

# the figures of docs/quality.md, measured anew
quality: $(VENV)/.installed
	$(BIN)/python tools/quality.py --write

bench: $(VENV)/.installed
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.add
	$(BIN)/python -m benchmarks.extraction

# data/model from data/training, and the classifier of pairs where FinRE lies beside the checkout: four minutes
model: $(VENV)/.installed
	$(BIN)/python -m kg.extract.train
	$(BIN)/python -m kg.extract.train_pairs

clean:
	rm -rf $(VENV) demo build dist
