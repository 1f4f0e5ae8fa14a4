#!/bin/sh
# A store of pseudo-labels: writing it, counting by thresholds, choosing labels from it, and writing these to a file.
#   Benchmarks/store.sh [DETECTIONS] [POINTS]      1,000,000 detections with 100 points each
# Prints seconds and peak memory of each command.
set -eu
cd "$(dirname "$0")"
touch Package.swift ../Package.swift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd .. && swift build -c release --static-swift-stdlib --product annotate) >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
swift build -c release --product store-benchmark >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
annotate="$(cd .. && swift build -c release --show-bin-path)/annotate"
"$(swift build -c release --show-bin-path)/store-benchmark" "$work/c.sqlite" "${1:-1000000}" "${2:-100}"
export KINDRED_CATALOG="$work/c.sqlite"
timed() { # NAME COMMAND
    name=$1
    shift
    /usr/bin/env python3 - "$name" "$@" <<'PYTHON'
import resource, subprocess, sys, time
start = time.time()
subprocess.run(sys.argv[2:], check=True, stdout=subprocess.DEVNULL)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(f"{sys.argv[1]:<45} {time.time() - start:.2f} s, {peak:.0f} MiB")
PYTHON
}
timed "pseudo stats, by two confidences" "$annotate" pseudo stats teacher --keep 'score>=0.8' --keep 'uv<=0.2'
timed "pseudo stats --parts, every point" "$annotate" pseudo stats teacher --parts
timed "pseudo sample, 100,000 of them, 5 points each" "$annotate" pseudo sample teacher --as chosen --keep 'score>=0.3' \
    --limit 100000 --points parts --per-object 5
timed "pseudo sample, 100,000 spread points" "$annotate" pseudo sample teacher --as spread --keep 'score>=0.3' \
    --limit 100000 --points combined --per-object 5 --spread poisson --at-most site=5000
timed "pseudo export" "$annotate" pseudo export chosen "$work/chosen.json"
timed "pseudo reject, by rule" "$annotate" pseudo reject teacher --keep 'score>=0.95'
