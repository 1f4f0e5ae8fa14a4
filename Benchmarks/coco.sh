#!/bin/sh
# COCO files in and out: Kindred beside pycocotools and Datumaro, over the same generated input, in one call.
#   Benchmarks/coco.sh            5,000 images, 36,000 instances (18 MB)
#   Benchmarks/coco.sh --large    and 118,287 images, 860,001 instances (441 MB)
# Prints CPU seconds, peak memory and ratios; the last section kills imports at random moments and compares.
set -eu
cd "$(dirname "$0")"
if [ ! -x .venv/bin/python ]; then python3 -m venv .venv; fi
.venv/bin/python -c 'import pycocotools, numpy' 2>/dev/null || .venv/bin/pip install --quiet numpy pycocotools==2.0.11
.venv/bin/python -c 'import datumaro' 2>/dev/null || .venv/bin/pip install --quiet datumaro || echo "Datumaro could not be installed: left out"
touch Package.swift ../Package.swift
log=$(mktemp)
(cd .. && swift build -c release --static-swift-stdlib --product annotate) >"$log" 2>&1 || { cat "$log"; exit 1; }
swift build -c release --product catalog-benchmark >"$log" 2>&1 || { cat "$log"; exit 1; }
rm -f "$log"
exec .venv/bin/python coco_benchmark.py \
    "$(cd .. && swift build -c release --show-bin-path)/annotate" \
    "$(swift build -c release --show-bin-path)/catalog-benchmark" "$@"
