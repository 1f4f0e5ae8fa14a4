#!/bin/sh
# Drawing labelled pictures into a catalog: how many a second.
#   Benchmarks/synthesis.sh [PICTURES]
# Prints, by the pictures' size, pictures per second of wall time on all cores, CPU milliseconds a picture, and the megabytes of files and
# catalog written a second; with boxes, masks, keypoints, dense points, part masks and IUV maps. The best of three rounds. What
# happens once, the making of the bodies, is left out: its CPU time is that of a dataset of one picture.
set -eu
cd "$(dirname "$0")"
count=${1:-1000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

touch ../Package.swift
(cd .. && swift build -c release --product annotate >"$work/build.log" 2>&1) || { cat "$work/build.log"; exit 1; }
annotate=$(cd .. && swift build -c release --show-bin-path)/annotate

# CPU seconds of the children of a shell.
draw() {
    rm -rf "$work/run" && mkdir "$work/run"
    (cd "$work/run" && "$annotate" init >/dev/null && "$annotate" synth bodies --species human:2,chimpanzee:1 --size "$1" \
        --pictures "$2" --dataset drawn --json >report.json && times >times)
}
cpu() { awk 'NR == 2 { for (i = 1; i <= 2; i++) { split($i, part, "m"); sum += 60 * part[1] + part[2] } } END { print sum }' "$work/run/times"; }

for size in 64x64 128x128 320x240; do
    for round in 1 2 3; do
        draw "$size" 1 && once=$(cpu)
        draw "$size" "$count"
        seconds=$(grep -o '"seconds" *: *[0-9.e-]*' "$work/run/report.json" | grep -o '[0-9.e-]*$')
        echo "$size $seconds $(cpu) $once $(du -sb "$work/run" | cut -f1)"
    done
done >"$work/all"
awk -v count="$count" '
    !($1 in wall) { order[++lines] = $1; wall[$1] = cpu[$1] = 1e9 }
    { if ($2 < wall[$1]) wall[$1] = $2; if ($3 - $4 < cpu[$1]) cpu[$1] = $3 - $4; bytes[$1] = $5 }
    END {
        printf "%-10s %12s %16s %8s\n", "size", "pictures/s", "CPU ms/picture", "MB/s"
        for (i = 1; i <= lines; i++) {
            s = order[i]
            printf "%-10s %12.0f %16.2f %8.1f\n", s, count / wall[s], 1000 * cpu[s] / (count - 1), bytes[s] / wall[s] / 1e6
        }
        s = "128x128"
        printf "%s  at least 300 pictures of 128 x 128 pixels a second: %.0f\n", (count / wall[s] >= 300 ? "yes" : "no "), count / wall[s]
    }' "$work/all"
