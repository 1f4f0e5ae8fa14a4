#!/bin/sh
# Run-length masks: Kindred beside pycocotools, over the same generated inputs, in one call.
#   Benchmarks/masks.sh [IMAGES] [SEED]
# Prints objects per second of CPU time and the ratio. Fails when any string, area, box or overlap differs.
set -eu
cd "$(dirname "$0")"
images=${1:-1000}
seed=${2:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ ! -x .venv/bin/python ]; then
    python3 -m venv .venv
    .venv/bin/pip install --quiet numpy pycocotools==2.0.11
fi
# SwiftPM plans anew only when a manifest changed; new files of a path dependency go unseen.
touch Package.swift ../Package.swift
swift build -c release --product mask-benchmark >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
binary=$(swift build -c release --show-bin-path)/mask-benchmark

.venv/bin/python masks_generate.py --images "$images" --seed "$seed" >"$work/masks.json"
# Alternating, so that a busy machine slows both.
for round in 1 2 3; do
    .venv/bin/python masks_pycocotools.py "$work/masks.json" "$work/peer.txt" >"$work/peer.$round"
    "$binary" "$work/masks.json" "$work/ours.txt" >"$work/ours.$round"
done
cmp "$work/peer.txt" "$work/ours.txt"
echo "$(wc -l <"$work/ours.txt") results identical ($images images, seed $seed)"

cat "$work"/peer.? | sed 's/^/peer /' >"$work/all"
cat "$work"/ours.? | sed 's/^/ours /' >>"$work/all"
awk '
    { key = $1 " " $2; if (!(key in best) || $4 < best[key]) best[key] = $4; count[$2] = $3 }
    $1 == "peer" && !($2 in seen) { seen[$2] = 1; order[++steps] = $2 }
    END {
        printf "%-12s %10s %16s %16s %8s\n", "step", "objects", "pycocotools/s", "Kindred/s", "ratio"
        for (i = 1; i <= steps; i++) {
            step = order[i]; peer = best["peer " step]; ours = best["ours " step]
            printf "%-12s %10d %16.0f %16.0f %7.1fx\n", step, count[step], count[step] / peer, count[step] / ours, peer / ours
        }
    }' "$work/all"
