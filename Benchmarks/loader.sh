#!/bin/sh
# Reading and augmenting pictures: Kindred's DataLoader beside torch's with torchvision, over the same files, in one call.
#   Benchmarks/loader.sh [PICTURES]
# Prints pictures per second of wall time with 1 and 2 workers, and the ratio. PYTHON names an interpreter that has torch and
# torchvision; without, they are installed into Benchmarks/.venv.
set -eu
cd "$(dirname "$0")"
count=${1:-64}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -z "${PYTHON:-}" ]; then
    if [ ! -x .venv/bin/python ]; then python3 -m venv .venv; fi
    PYTHON=.venv/bin/python
    "$PYTHON" -c 'import torchvision' 2>/dev/null ||
        .venv/bin/pip install --quiet torch torchvision --index-url https://download.pytorch.org/whl/cpu
fi
touch Package.swift ../Package.swift
swift build -c release --product loader-benchmark >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
binary=$(swift build -c release --show-bin-path)/loader-benchmark

"$binary" pack
"$binary" draw "$work/pictures" "$count"
echo "$count JPEGs of 1024 x 512 pixels, $(du -sk "$work/pictures" | cut -f1) KiB"
# Alternating, so that a busy machine slows both; the best of three counts.
for round in 1 2 3; do
    for recipe in half half-reduced quarter-reduced crop; do
        for workers in 1 2; do
            echo "peer $("$PYTHON" loader_torch.py "$work/pictures" $recipe $workers 2)"
            echo "ours $("$binary" read "$work/pictures" $recipe $workers 3)"
        done
    done
done >"$work/all"
awk '
    { key = $1 " " $2 " " $3; speed = $4 / $5; if (speed > best[key]) best[key] = speed }
    $1 == "peer" && !($2 " " $3 in seen) { seen[$2 " " $3] = 1; order[++lines] = $2 " " $3 }
    END {
        printf "%-18s %8s %14s %14s %8s\n", "recipe", "workers", "torch, /s", "Kindred, /s", "ratio"
        for (i = 1; i <= lines; i++) {
            split(order[i], part, " "); peer = best["peer " order[i]]; ours = best["ours " order[i]]
            printf "%-18s %8d %14.0f %14.0f %7.1fx\n", part[1], part[2], peer, ours, ours / peer
        }
    }' "$work/all"
