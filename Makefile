# Every target makes what it needs first. GNU Make 3.81 is enough (macOS).
PYTHON ?= python3
BIN := .venv/bin
LAB_ARGS ?=
FIRST := notebooks/00_behind_the_pipeline.ipynb

# Thirty kernels on one machine must not fight for its cores: one thread each, unless told otherwise.
OMP_NUM_THREADS ?= 1
export OMP_NUM_THREADS
# JupyterLab refuses to run as root, which is who you are in most containers.
ROOT_ARGS := $(shell test "$$(id -u)" = 0 && echo --allow-root)

.PHONY: help lab demo test quick check notebooks axe lessons slides handout assignment assignment-test hub hub-test
.PHONY: environment test-environment export-environment assignment-environment hub-environment hub-test-environment clean

help:  ## List these targets.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /	/' | expand -t 16

lab: environment  ## Open the first lesson in JupyterLab (LAB_ARGS="--no-browser --port 8890" for a server).
	$(BIN)/python -m jupyterlab $(ROOT_ARGS) --LabApp.default_url=/lab/tree/$(FIRST) $(LAB_ARGS)

demo: environment  ## Open the live views as a page for a lecture: large letters, no code (same LAB_ARGS).
	$(BIN)/python -m tools.demo $(LAB_ARGS)

test: check quick notebooks  ## Everything: format, types, the package's tests, every cell of every lesson.

# Two files at a time, in their order: the browser's, which wait most, come first.
quick: test-environment  ## The package's tests alone.
	$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

check: test-environment  ## Format, lint and types.
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy

notebooks: test-environment  ## Every cell of every lesson against its stored output.
	PIPELINE_HELPERS_LANG=es $(BIN)/python -m pytest -q -p tests.nbval_rounding --nbval \
		--nbval-sanitize-with tests/nbval.cfg --nbval-cell-timeout 120 notebooks

axe: test-environment  ## axe-core looks at every lesson, wherever it is shown (needs npm and a Chromium).
	@command -v npm >/dev/null || { echo "Falta npm, que trae axe-core: instala Node.js · npm, which gets axe-core, is missing: install Node.js"; exit 1; }
	@npm install --prefix build/axe --no-save --no-package-lock --no-audit --no-fund --ignore-scripts axe-core@4.14.1 || \
		{ echo "npm no pudo traer axe-core; el mismo comando lo intenta otra vez · npm could not get axe-core; the same command tries again"; exit 1; }
	$(BIN)/python -m pytest -q -m axe tests/test_axe.py

lessons: test-environment  ## Run every lesson again and store its outputs, on the classroom checkpoint.
	$(BIN)/python tools/run_lessons.py

slides: export-environment  ## Each lesson as reveal.js slides, in build/slides (lang=es or lang=en; both without).
	$(BIN)/python -m tools.export_lessons slides $(lang)

handout: export-environment  ## Each lesson as a page and as a notebook in one language, glossary and map of shapes, in build/handout (lang=es or lang=en).
	$(BIN)/python -m tools.export_lessons handout $(lang)
	$(BIN)/python -m tools.sheets $(lang)

assignment: assignment-environment  ## The practice as an nbgrader course, in build/assignment (lang=es or lang=en; both without).
	.venv-assignment/bin/python -m tools.make_assignment $(lang)

assignment-test: assignment-environment test-environment  ## The tests of the assignments: nbgrader releases, grades and gives feedback.
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m assignment tests/test_assignment.py

# Root first: an environment that is not root's is of no use to a class.
hub:  ## Start a class on this server, as root (lang= port= memory=2G idle=60 class= names= teacher= certificate= key=).
	@test "$$(id -u)" = 0 || { echo "The hub makes a Unix user for each student, which needs root: sudo make hub"; exit 1; }
	@$(MAKE) --no-print-directory hub-environment
	@$(BIN)/python -m hub $(foreach it,lang port memory idle class names teacher address certificate key,$(if $($(it)),--$(it) "$($(it))"))

hub-test: hub-test-environment  ## The tests of the hub, as root: they start it, with Unix users that are removed again.
	$(BIN)/python -m pytest -q -m hub tests/test_class_*.py

environment:
	@$(PYTHON) tools/make_environment.py

test-environment:
	@$(PYTHON) tools/make_environment.py test

export-environment:
	@$(PYTHON) tools/make_environment.py export

# Of its own: nbgrader would come into the JupyterLab of everybody's lessons.
assignment-environment:
	@$(PYTHON) tools/make_environment.py assignment

hub-environment:
	@$(PYTHON) tools/make_environment.py hub

hub-test-environment:
	@$(PYTHON) tools/make_environment.py test hub

clean:  ## Remove what was installed.
	rm -rf .venv .venv-assignment
