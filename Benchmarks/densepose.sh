#!/usr/bin/env bash
# Trains the preset `tiny` on drawn people and measures it on people that it has not seen, and on chimpanzees through the map
# between the two bodies; with and without the paper's calibrations. Prints the tables of Documentation/Results.md.
#   Benchmarks/densepose.sh OUT [STEPS] [SHORT] [SEEDS]
# One training of STEPS steps (12000) in bfloat16 with charts and one with embeddings; then for each of SEEDS seeds (3) one of SHORT
# steps (6000) with all calibrations and one without any, two at a time, one thread each. What is in OUT already is not made
# again.
set -euo pipefail
out=${1:?usage: densepose.sh OUT [STEPS] [SHORT] [SEEDS]}
steps=${2:-12000} short=${3:-6000} seeds=${4:-3}
cd "$(dirname "$0")/.."
if [ -z "${KINDRED_BIN:-}" ]; then
    for product in annotate meshmap train infer; do
        swift build -c release --static-swift-stdlib --product $product >/dev/null
    done
    KINDRED_BIN=$(swift build -c release --static-swift-stdlib --show-bin-path)
fi
export PATH="$KINDRED_BIN:$PATH" OPENBLAS_NUM_THREADS=1 OMP_WAIT_POLICY=passive
mkdir -p "$out"
cd "$out"
export KINDRED_CATALOG="$PWD/catalog.sqlite"

draw() { # DATASET SPECIES PICTURES SEED
    annotate synth bodies --recipe near.json --species "$2" --size 128x128 --pictures "$3" --seed "$4" --dataset "$1" >/dev/null
}
[ -e catalog.sqlite ] || annotate init >/dev/null
echo '{"size": [0.6, 0.95]}' >near.json
draw people human 20000 1
draw people-test human 400 2
draw chimps-test chimpanzee 400 3
annotate export densepose chimps.json --dataset chimps-test >/dev/null
if [ ! -e as-people.json ]; then
    meshmap generate human --out bodies >/dev/null
    meshmap generate chimpanzee --out bodies >/dev/null
    meshmap match bodies/human.obj bodies/chimpanzee.obj --out map.json >/dev/null
    meshmap transfer map.json --reverse --annotations chimps.json --annotations-out as-people.json >/dev/null
fi

learn() { # NAME CALIBRATION SEED STEPS OPTIONS
    [ -e "runs/$1/densepose.safetensors" ] || { time -p train densepose --preset tiny --calibration "$2" --source people \
        --symmetry human --seed "$3" --steps "$4" --threads 1 --out "runs/$1" "${@:5}"; } >"$1.log" 2>&1
}
learn long full 0 "$steps" --precision bfloat16
learn embedding full 0 "$steps" --precision bfloat16 --embedding human
for seed in $(seq 0 $((seeds - 1))); do
    learn "none-$seed" none "$seed" "$short" --lanes 1 &
    learn "full-$seed" full "$seed" "$short" --lanes 1
    wait
done

number() { # METRIC FILE SCALE
    sed -n "s/^ *\"$1\" : \([-0-9.e]*\),*/\1/p" "$2" | head -1 | awk -v scale="$3" '{ printf "%.1f", $1 * scale }'
}
measure() { # ROW RUN OPTIONS: box AP, AP50, GPS AP, AP50 of people; the same of chimpanzees
    local row=$1 run=$2 set
    for set in people-test chimps-test; do
        infer densepose --dataset $set --weights "runs/$run/densepose.safetensors" --run "$row on $set" --min-score 0.05 \
            --no-masks --threads 1 "${@:3}" >/dev/null 2>>"$run.log"
        annotate evaluate boxes --dataset $set --run "$row on $set" --class-agnostic --json >"$row-$set-boxes.json"
    done
    annotate evaluate densepose --dataset people-test --run "$row on people-test" --class-agnostic --mesh human \
        --json >"$row-people-test-gps.json"
    annotate export densepose "$row-chimps.json" --dataset chimps-test --run "$row on chimps-test" >/dev/null
    annotate evaluate densepose --truth as-people.json --predictions "$row-chimps.json" --class-agnostic \
        --mesh human --json >"$row-chimps-test-gps.json"
    printf '| %s |' "$row"
    for set in people-test chimps-test; do
        for metric in AP AP50; do printf ' %s |' "$(number $metric "$row-$set-boxes.json" 100)"; done
        for metric in AP AP50; do printf ' %s |' "$(number $metric "$row-$set-gps.json" 1)"; done
    done
    echo " $(sed -n 's/^real //p' "$run.log") |"
}
echo "| | people: box AP | AP50 | GPS AP | AP50 | chimpanzees: box AP | AP50 | GPS AP | AP50 | seconds |"
echo "|---|---|---|---|---|---|---|---|---|---|"
measure long long
measure long-mirrored long --symmetry human
measure embedding embedding
for run in $(for seed in $(seq 0 $((seeds - 1))); do echo "none-$seed full-$seed"; done); do measure "$run" "$run"; done
