# Kindred: `make demo` shows the main job, `make test` proves that it works.

PACKAGES := libsqlite3-dev libsimdjson-dev libpng-dev libturbojpeg0-dev libexif-dev libfreetype-dev fonts-dejavu-core \
	libssl-dev zlib1g-dev libeigen3-dev libmatio-dev libjs-three libtorch-dev libopenblas-dev libgloo-dev pkg-config ffmpeg curl
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
SWIFT ?= swift
RELEASE := $(SWIFT) build -c release --static-swift-stdlib --product
OUT ?= demo-out

.PHONY: deps build demo test bench format lint clean

# Installs the system packages that are missing, and does nothing when all are there.
deps:
	@missing=""; for package in $(PACKAGES); do \
		dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
		echo "installing$$missing"; \
		$(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends $$missing; \
	fi
	@command -v $(SWIFT) >/dev/null || { echo "Swift 6.2 or newer is needed: https://www.swift.org/install"; exit 1; }

build: deps
	$(RELEASE) annotate
	$(RELEASE) infer
	$(RELEASE) meshmap
	$(RELEASE) train

# From raw files to a checked, split, rendered and exported dataset. DATA=folder takes your own files, PHOTOS=folder shows the
# trained network your pictures.
demo: build
	@PATH="$$($(RELEASE) annotate --show-bin-path):$$PATH" PHOTOS="$(PHOTOS)" Documentation/demo.sh "$(OUT)" $(if $(DATA),"$(DATA)")

test: deps
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

# Beside the peers, in one run each; installs them into Benchmarks/.venv and .venv-torch.
bench: build
	Benchmarks/masks.sh
	Benchmarks/coco.sh
	Benchmarks/evaluation.sh
	Benchmarks/checkpoints.sh
	Benchmarks/loader.sh
	Benchmarks/spectrum.sh
	Benchmarks/geodesics.sh
	Benchmarks/correspondence.sh
	Benchmarks/synthesis.sh
	Benchmarks/torch.sh

format: deps
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests Benchmarks Fuzzing Documentation/Samples

lint: deps
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Benchmarks Fuzzing Documentation/Samples

clean:
	rm -rf .build Benchmarks/.build Benchmarks/.venv Benchmarks/.venv-torch Fuzzing/.build-fuzzer-* $(OUT)
