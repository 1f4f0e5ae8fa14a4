#!/bin/sh
# The 200 lowest eigenpairs of the Laplacian: Kindred beside scipy's eigsh (shift and invert), the same matrices, in one call.
#   Benchmarks/spectrum.sh [MESH.obj]
# Prints CPU seconds at 6,890 and 27,554 vertices, and what holds of the limits.
set -eu
cd "$(dirname "$0")"
mesh=${1:-../meshes/human.obj}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ ! -x .venv/bin/python ]; then python3 -m venv .venv; fi
.venv/bin/python -c 'import numpy, scipy' 2>/dev/null || .venv/bin/pip install --quiet numpy scipy
touch Package.swift ../Package.swift
swift build -c release --product geometry-benchmark >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
binary=$(swift build -c release --show-bin-path)/geometry-benchmark

.venv/bin/python geometry_meshes.py "$mesh" "$work"
.venv/bin/python spectrum_scipy.py "$binary" "$work" "$work/human-6890.obj" "$work/human-27554.obj"
