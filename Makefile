# Perintah pengembang. Yang dibutuhkan hanya Python 3.11 atau lebih baru, git, dan make.
BIN := .venv/bin
PYTHON := $(BIN)/python
READY := .venv/.siap
# Pilihan tambahan untuk pytest, misalnya: make test ARGS="-k clock"
ARGS :=
# Urutan pengujian diacak, tetapi sama setiap kali untuk komit yang sama.
SEED := $(shell git rev-list --count HEAD 2>/dev/null || echo 1)
# Hari peragaan, misalnya: make demo DAY=2026-11-27
DAY :=

.PHONY: demo test lint types unit sweep bench bench-reading train golden messages clean
.DEFAULT_GOAL := test

demo: $(READY)
	@$(PYTHON) posko.py demo $(if $(DAY),--day $(DAY))

test: lint types unit

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: $(READY)
	$(BIN)/mypy

unit: $(READY)
	$(PYTHON) -m pytest -m "not slow" --randomly-seed=$(SEED) $(ARGS)

# Uji panjang: kill -9, seluruh korpus, beban.
sweep: $(READY)
	$(PYTHON) -m pytest -m slow --timeout 3000 --randomly-seed=$(SEED) $(ARGS)

bench: $(READY)
	$(PYTHON) -m benchmarks

# Ketelitian pembacaan lembar bertanda tangan; banyaknya gambar setiap kelompok: PAGES untuk formulir kami dan OWN_PAGES
# untuk formulir buatan kantor.
PAGES := 250
OWN_PAGES := 40
bench-reading: $(READY)
	POSKO_BENCH_PAGES=$(PAGES) $(PYTHON) -m benchmarks reading_paper
	POSKO_BENCH_PAGES=$(OWN_PAGES) $(PYTHON) -m benchmarks foreign paper_marks

# Melatih ulang pembaca sel (parsers/vision/cells.onnx); PyTorch hanya dipasang di .venv-train.
train: $(READY)
	@test -x .venv-train/bin/python || $(PYTHON) -m venv .venv-train
	@.venv-train/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/training/requirements.txt
	$(PYTHON) -m benchmarks.train_reader draw
	.venv-train/bin/python -W ignore -m benchmarks.training.learn
	$(PYTHON) -m benchmarks.train_reader bands

# Tabel acuan tests/data: tinjau perubahannya dengan tangan sebelum disimpan.
golden: $(READY)
	$(PYTHON) -m tests.golden_due

# Tabel semua pesan: docs/messages.md.
messages: $(READY)
	@$(PYTHON) -m templates.catalogue > docs/messages.md

$(READY): requirements-dev.txt
	@for name in python3 python3.14 python3.13 python3.12 python3.11; do \
		if $$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			found=$$name; break; \
		fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "Butuh Python 3.11 atau lebih baru beserta modul venv (Debian/Ubuntu: apt install python3 python3-venv)." >&2; \
		exit 1; \
	fi; \
	echo "Menyiapkan .venv dengan $$found (hanya sekali, beberapa menit) ..." >&2; \
	$$found -m venv .venv
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.txt
	@touch $@

clean:
	rm -rf .venv .venv-train build dist demo-run .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
