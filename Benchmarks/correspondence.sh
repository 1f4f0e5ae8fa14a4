#!/bin/sh
# How far each way to match bodies is from the known truth, and what a functional map costs beside pyFM.
#   Benchmarks/correspondence.sh [SEED]
set -eu
cd "$(dirname "$0")"
seed=${1:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ ! -x .venv/bin/python ]; then python3 -m venv .venv; fi
.venv/bin/python -c 'import pyFM' 2>/dev/null || .venv/bin/pip install --quiet pyfmaps==1.3.1
touch Package.swift ../Package.swift
swift build -c release --product correspondence-benchmark >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
binary=$(swift build -c release --show-bin-path)/correspondence-benchmark
(cd .. && swift build -c release --product meshmap >"$work/build.log" 2>&1) || { cat "$work/build.log"; exit 1; }
meshmap=$(cd .. && swift build -c release --show-bin-path)/meshmap

"$binary" human chimpanzee "$seed"
for animal in gorilla dog cat horse cow sheep elephant bear zebra giraffe bird; do
    "$binary" human "$animal" "$seed" short
done

"$meshmap" pair human chimpanzee "$work/pair" --seed "$seed" >/dev/null
# Alternating, so that a busy machine slows both.
for round in 1 2 3; do
    "$binary" time "$work/pair/human.obj" "$work/pair/chimpanzee.obj" >>"$work/ours"
    OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 .venv/bin/python correspondence_pyfm.py \
        "$work/pair/human.obj" "$work/pair/chimpanzee.obj" | tail -1 >>"$work/peer"
done
ours=$(sort -n "$work/ours" | head -1 | cut -d' ' -f1)
peer=$(sort -n "$work/peer" | head -1)
echo "$ours $peer" | awk '{
    printf "functional map to 200, both directions, CPU s: Kindred %.2f, pyFM %.2f\n", $1, $2
    printf "%s  at most 0.25 of pyFM: %.2f\n", ($1 <= 0.25 * $2 ? "yes" : "no "), $1 / $2
}'
