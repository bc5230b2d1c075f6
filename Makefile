# Every habit is one word. `make demo` and `make test` do all the set-up they need: as root they
# install the Debian packages, otherwise they name them.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
ARGS ?=
# three processes on two cores, because tests wait for their peers a third of the time; a file of
# tests is never divided: what it starts, it starts once
BESIDE_EACH_OTHER := --numprocesses 3 --dist loadfile

# adb; what Qt loads offscreen and under X11; a font
RUN_PACKAGES := adb fonts-dejavu-core libdbus-1-3 libegl1 libfontconfig1 libgl1 libglib2.0-0 \
  libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 \
  libxcb-shape0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1 libxkbcommon-x11-0 libxkbcommon0
# the central store of a demo; without it the demo's bench hands its events in as files
DEMO_PACKAGES := $(RUN_PACKAGES) 'postgresql?'
# the peers that the tests talk to: udev, X, CUPS, a TPM, PDF and TLS tools, SFTP, a second
# verifier's and a second renderer's language; npm where Node.js came without it
TEST_PACKAGES := $(RUN_PACKAGES) cups cups-client cups-ipp-utils curl libtss2-esys-3.0.2-0 libtss2-mu0 \
  libtss2-rc0 libtss2-tcti-swtpm0 nodejs openbox openssh-server openssl pgbouncer poppler-utils postgresql sqlite3 swtpm systemd uhubctl \
  umockdev xauth xdotool xvfb $(if $(shell command -v npm),,npm)
RENDERER := tests/peers/labels/renderer

.PHONY: demo run test check benchmark soak lock run-packages demo-packages test-packages

demo: demo-packages $(VENV)/ready  ## stage sixteen simulated handsets with a scripted technician
	$(RUN) main.py demo $(ARGS)

run: run-packages $(VENV)/ready  ## open the window on real hardware
	$(RUN) main.py $(ARGS)

test: test-packages $(RENDERER)/node_modules check  ## all checks and all tests
	$(RUN) -m pytest $(BESIDE_EACH_OTHER) $(ARGS)

check: $(VENV)/ready  ## style, types, and which room may know which
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

benchmark: test-packages $(VENV)/ready $(RENDERER)/node_modules  ## every figure beside its floor, measured in one run
	$(RUN) -m tests.benchmarks $(ARGS)

soak: test-packages $(VENV)/ready $(RENDERER)/node_modules  ## the large counts that the suite only samples
	$(RUN) -m pytest -m soak --timeout 3600 -o faulthandler_timeout=3600 $(BESIDE_EACH_OTHER) $(ARGS)

lock: $(VENV)/ready  ## resolve pyproject.toml anew into requirements.lock
	$(RUN) -m pip install --quiet pip-tools
	$(RUN) -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb')); \
	  print(*p['project']['dependencies'], *p['dependency-groups']['dev'], sep='\n')" | \
	$(RUN) -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --no-annotate --upgrade \
	  --output-file requirements.lock -

$(VENV)/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(RENDERER)/node_modules: $(RENDERER)/package-lock.json | test-packages
	npm ci --prefix $(RENDERER) --no-audit --no-fund --silent
	touch $@

run-packages:
	@PYTHON='$(PYTHON)' sh resources/debian-packages.sh $(RUN_PACKAGES)

demo-packages:
	@PYTHON='$(PYTHON)' sh resources/debian-packages.sh $(DEMO_PACKAGES)

test-packages:
	@PYTHON='$(PYTHON)' sh resources/debian-packages.sh $(TEST_PACKAGES)
