#!/bin/sh
# Ends trainings in bad moments and compares what the same command makes of them with an uninterrupted one: KILLS (default 20)
# SIGKILLs at random times, SIGTERM in mid-step, a full disk, a disk that cannot be written.
#   Fuzzing/interruptions.sh
# CONFIGURATION=debug takes that build. The disks are small tmpfs mounts, which need root; without, those parts are left out.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
disk=$work/disk
trap 'mountpoint -q "$disk" && umount "$disk"; rm -rf "$work"' EXIT
for product in annotate ColorizerSample; do
    swift build -c "${CONFIGURATION:-release}" --product "$product" >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
done
PATH=$(swift build -c "${CONFIGURATION:-release}" --show-bin-path):$PATH
cd "$work"
export OMP_NUM_THREADS=1
annotate synth figures --pictures 24 >log
annotate init >>log
annotate import densepose figures/densepose.json --dataset figures --images figures/images >>log
epochs=12

start=$(date +%s%N)
ColorizerSample catalog.sqlite figures whole $epochs 4 >>log
usual=$((($(date +%s%N) - start) / 1000000))

# $1: what happened. The run's last state must be that of the whole one: weights, and every step logged once.
same() {
    cmp whole/colorizer.safetensors "$2/colorizer.safetensors"
    steps() { grep -o '^{"step":[0-9]*' "$1/metrics.jsonl"; }
    steps whole >whole.steps
    steps "$2" >broken.steps
    diff whole.steps broken.steps
    ! ls "$2"/checkpoints/*.partial* 2>/dev/null
    echo "$1: the same weights and steps"
}

kills=0
while [ $kills -lt "${KILLS:-20}" ]; do
    ColorizerSample catalog.sqlite figures killed $epochs 4 >>log 2>&1 &
    child=$!
    # Anywhere between the start and a little after the usual end.
    sleep "$(awk -v seed="$(od -An -N4 -tu4 /dev/urandom)" -v most="$usual" 'BEGIN { srand(seed); printf "%.3f", rand() * most * 0.5 / 1000 }')"
    kill -9 $child 2>/dev/null || true
    wait $child 2>/dev/null || true
    kills=$((kills + 1))
    # Begin anew when it is through, so that every kill strikes.
    if [ -e killed/colorizer.safetensors ]; then
        ColorizerSample catalog.sqlite figures killed $epochs 4 >>log
        same "killed up to now $kills times" killed
        rm -rf killed
    fi
done
ColorizerSample catalog.sqlite figures killed $epochs 4 >>log
same "killed $kills times" killed

ColorizerSample catalog.sqlite figures ended 1000 4 >ended.log 2>&1 &
child=$!
until [ -e ended/checkpoints/step-00000006.safetensors ]; do sleep 0.01; done
kill -TERM $child
wait $child
grep -q 'interrupted at step' ended.log || { cat ended.log; exit 1; }
echo "SIGTERM: $(tail -n 1 ended.log)"

mkdir "$disk"
if ! mount -t tmpfs -o size=400k tmpfs "$disk" 2>/dev/null; then
    echo "a tmpfs cannot be mounted here: full and read-only disks were not tried"
    exit 0
fi
# Fills up in the middle: the log, events and checkpoints are below 400 KiB only for a while.
head -c 250000 /dev/zero >"$disk/ballast"
if ColorizerSample catalog.sqlite figures "$disk/run" $epochs 4 >full.log 2>full.error; then
    echo "a full disk went unnoticed"
    exit 1
fi
echo "full disk: $(tail -n 1 full.error)"
grep -q 'No space left on device' full.error
rm "$disk/ballast"
ColorizerSample catalog.sqlite figures "$disk/run" $epochs 4 >>log
same "after room was made" "$disk/run"
mount -o remount,ro "$disk"
if ColorizerSample catalog.sqlite figures "$disk/run" $((epochs + 1)) 4 >>log 2>readonly.error; then
    echo "a disk that cannot be written went unnoticed"
    exit 1
fi
echo "read-only disk: $(tail -n 1 readonly.error)"
grep -q 'Read-only file system' readonly.error
