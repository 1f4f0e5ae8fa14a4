#!/bin/sh
# Average precision from JSON files: Kindred beside faster-coco-eval and pycocotools on the same input, in one call.
#   Benchmarks/evaluation.sh [ROUNDS]      500,000 detections on 36,000 truths in 5,000 pictures, as boxes and as masks
# Fails when one of the twelve numbers differs from pycocotools' by more than 1e-9.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ ! -x .venv/bin/python ]; then python3 -m venv .venv; fi
.venv/bin/python -c 'import pycocotools, faster_coco_eval, numpy' 2>/dev/null ||
    .venv/bin/pip install --quiet numpy pycocotools==2.0.11 faster-coco-eval==1.8.0
(cd .. && swift build -c release --static-swift-stdlib --product annotate) >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
.venv/bin/python coco_generate.py --images 5000 --anns 36000 --dets 500000 --seed 1 --out "$work" >/dev/null 2>&1
.venv/bin/python evaluation_benchmark.py "$(cd .. && swift build -c release --show-bin-path)/annotate" "$work" "${1:-1}"
# LVIS's rule, beside its package.
.venv/bin/python -c 'import lvis' 2>/dev/null || .venv/bin/pip install --quiet lvis==0.5.3
.venv/bin/python evaluation_lvis.py "$(cd .. && swift build -c release --show-bin-path)/annotate" "$work"
# GPSm of 5,000 instances beside a straightforward numpy program.
.venv/bin/python -c 'import scipy, PIL' 2>/dev/null || .venv/bin/pip install --quiet scipy pillow
.venv/bin/python densepose_evaluation.py "$(cd .. && swift build -c release --show-bin-path)/annotate"
