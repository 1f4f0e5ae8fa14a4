#!/bin/sh
# Distances on surfaces: Kindred beside pygeodesic (exact) and potpourri3d (heat method), over the same meshes, in one call.
#   Benchmarks/geodesics.sh [MESH.obj]
# Prints errors and CPU seconds, for a body, and for the same body with slivers for triangles; and what holds of the limits.
# --matrix MESH.obj also streams all pairs of 27,554 vertices to a file and says how much memory that took.
set -eu
cd "$(dirname "$0")"
matrix=
if [ "${1:-}" = --matrix ]; then matrix=1; shift; fi
mesh=${1:-../meshes/human.obj}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ ! -x .venv/bin/python ]; then python3 -m venv .venv; fi
.venv/bin/python -c 'import numpy, potpourri3d, pygeodesic' 2>/dev/null ||
    .venv/bin/pip install --quiet numpy potpourri3d==1.4.0 pygeodesic==0.1.11
touch Package.swift ../Package.swift
swift build -c release --product geometry-benchmark >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
binary=$(swift build -c release --show-bin-path)/geometry-benchmark

.venv/bin/python geometry_meshes.py "$mesh" "$work"
.venv/bin/python geodesics_peers.py "$binary" "$work" "$work/human-6890.obj" "$work/slivers.obj"
if [ -n "$matrix" ]; then
    "$binary" matrix "$work/human-27554.obj" "$work/pairs.npy" | awk '
        { printf "\nall pairs of 27,554 vertices to a file: %.1f CPU s, %.1f s, %d MiB resident at most, below 1000: %s\n",
            $2, $3, $4, $4 < 1000 ? "yes" : "NO" }'
fi
