#!/usr/bin/env bash
# The main job, end to end: raw files in; a checked, split, rendered and exported dataset out; and, with a drawn dataset, a human's body
# matched to a chimpanzee's, and a small network that learns drawn people's bodies and is measured on people and chimpanzees.
#
#   Documentation/demo.sh OUT          with a drawn dataset
#   Documentation/demo.sh OUT FOLDER   with your own COCO or DensePose JSON, pictures, clips or Camtrap DP package
set -euo pipefail

out=${1:?usage: demo.sh OUT [FOLDER]}
data=${2:-}
mkdir -p "$out"
out=$(cd "$out" && pwd)
if [ -n "$(ls -A "$out")" ] && [ ! -e "$out/.made-by-demo" ]; then
    echo "$out holds files that this demo did not make; name another folder: make demo OUT=folder" >&2
    exit 1
fi
touch "$out/.made-by-demo"
rm -rf "${out:?}"/* "$out/.results"
export KINDRED_CATALOG="$out/catalog.sqlite"

run() { show annotate "$@"; }

map() { show meshmap "$@"; }

show() {
    printf '\n\033[1m$ %s\033[0m\n' "$*"
    "$@"
}

run init

if [ -z "$data" ]; then
    run synth "$out/raw" --pictures 24 --seed 1
    run import densepose "$out/raw/densepose.json" --dataset figures --images "$out/raw/images"
else
    data=$(cd "$data" && pwd)
    # Each file goes where `annotate detect` says that it belongs.
    format_of() { annotate detect "$1" --json | sed -n 's/.*"format" : "\(.*\)",/\1/p'; }
    find "$data" -maxdepth 3 -type f -name deployments.csv | sort | while read -r file; do
        folder=$(dirname "$file")
        run import camtrap-dp "$folder" --dataset "$(basename "$folder")"
    done
    find "$data" -maxdepth 3 -type f -name '*.json' ! -name datapackage.json | sort | while read -r file; do
        format=$(format_of "$file") || true
        name=$(basename "${file%.*}")
        folder=$(dirname "$file")
        [ -d "$folder/images" ] && folder="$folder/images"
        case "$format" in
        coco) run import coco "$file" --dataset "$name" --images "$folder" ;;
        densepose) run import densepose "$file" --dataset "$name" --images "$folder" ;;
        megadetector) run import megadetector "$file" --dataset "$name" --images "$folder" ;;
        *results)
            # Results without their dataset can be shown when there is one picture beside them.
            pictures=("$folder"/*.jpg)
            if [ ${#pictures[@]} = 1 ] && [ -e "${pictures[0]}" ]; then
                run import "${format%-results}" "$file" --dataset "$name" --run "$name" --images "$folder" \
                    --image-name "$(basename "${pictures[0]}")"
                echo "$name" >>"$out/.results"
            else
                echo "left out: $file (results; import the dataset that they speak of first)"
            fi
            ;;
        *) echo "left out: $file (${format:-no format that can be imported})" ;;
        esac
    done
    clips=()
    while IFS= read -r -d '' clip; do clips+=("$clip"); done < <(find "$data" -maxdepth 3 -type f \
        \( -iname '*.avi' -o -iname '*.mp4' -o -iname '*.mov' -o -iname '*.asf' -o -iname '*.mkv' \) -print0 | sort -z)
    if [ ${#clips[@]} -gt 0 ]; then run import frames "${clips[@]}" --dataset clips --every 5s; fi
    if [ "$(format_of "$data")" = images ]; then run import images "$data" --dataset pictures; fi
fi

run info
run check || true
run split main --parts train=0.7,val=0.15,test=0.15 --stratify --seed 1
run list splits

annotate list datasets --json | sed -n 's/.*"name" : "\(.*\)",/\1/p' | while read -r dataset; do
    selection=(--dataset "$dataset")
    if grep -qsx "$dataset" "$out/.results"; then selection+=(--run "$dataset"); fi
    run stats "${selection[@]}" --plots "$out/plots/$dataset"
    run render "$out/rendered/$dataset" "${selection[@]}" --limit 48
    run export densepose "$out/export/$dataset.json" "${selection[@]}" --verify
done

if [ -z "$data" ]; then
    # Bodies: which point of a chimpanzee is which point of a human?
    map generate human --out "$out/bodies"
    map generate chimpanzee --out "$out/bodies"
    map check "$out/bodies/chimpanzee.obj"
    map pair human chimpanzee "$out/pair" --vertices "${KINDRED_DEMO_VERTICES:-6890}" --border-noise 0.01 --seed 1
    for method in semantic functional; do
        map match "$out/pair/human.obj" "$out/pair/chimpanzee.obj" --method $method --landmarks 20 --out "$out/$method.json"
        map evaluate "$out/$method.json" --truth "$out/pair/truth.json" --plot "$out/plots/$method.png"
        map render --map "$out/$method.json" --truth "$out/pair/truth.json" --color parts --out "$out/rendered/$method.png"
    done
    map match "$out/bodies/human.obj" "$out/bodies/chimpanzee.obj" --out "$out/bodies.json"
    map render --map "$out/bodies.json" --color checkerboard --out "$out/rendered/transfer.png" --html "$out/rendered/transfer.html"
    map store "$out/bodies.json"

    # The same bodies before a camera trap, every label exact.
    run synth bodies --species human:1,chimpanzee:2,gorilla:1 --pictures 24 --seed 1 --dataset trap --out "$out/trap"
    run stats --dataset trap
    run render "$out/rendered/trap" --dataset trap
    run export densepose "$out/export/trap.json" --dataset trap --verify
    map list

    # A small network learns people's surface, and looks at people and chimpanzees that it has not seen.
    echo '{"size": [0.6, 0.95]}' >"$out/near.json"
    drawn() {
        run synth bodies --recipe "$out/near.json" --species "$2" --pictures "$3" --seed "$4" --size 128x128 \
            --dataset "$1" --out "$out/$1"
    }
    drawn people human "${KINDRED_DEMO_PICTURES:-4000}" 1
    drawn people-test human "${KINDRED_DEMO_TESTS:-200}" 2
    drawn chimps-test chimpanzee "${KINDRED_DEMO_TESTS:-200}" 3
    show train densepose --preset tiny --source people --symmetry human --steps "${KINDRED_DEMO_STEPS:-1000}" \
        --out "$out/runs/tiny"
    show train runs plot tiny --metric total --out "$out/plots/training.png"
    network=(--weights "$out/runs/tiny/densepose.safetensors" --min-score 0.05)
    for dataset in people-test chimps-test; do
        show infer densepose --dataset $dataset --run "tiny on $dataset" "${network[@]}"
        run evaluate boxes --dataset $dataset --run "tiny on $dataset" --class-agnostic
        run render "$out/rendered/$dataset" --dataset $dataset --run "tiny on $dataset" --filter 'score >= 0.5' --limit 24 \
            --show maps,boxes,names
    done
    run evaluate densepose --dataset people-test --run "tiny on people-test" --class-agnostic --mesh human --details \
        --html "$out/report.html"

    # The truth of chimpanzees, carried through the map onto the human's charts.
    run export densepose "$out/export/chimps.json" --dataset chimps-test
    run export densepose "$out/export/chimps-found.json" --dataset chimps-test --run "tiny on chimps-test"
    map transfer "$out/bodies.json" --reverse --annotations "$out/export/chimps.json" \
        --annotations-out "$out/export/chimps-as-people.json"
    run evaluate densepose --truth "$out/export/chimps-as-people.json" --predictions "$out/export/chimps-found.json" \
        --class-agnostic --mesh human
    if [ -n "${PHOTOS:-}" ]; then
        show infer densepose "$PHOTOS" --weights "$out/runs/tiny/densepose.safetensors" --out "$out/rendered/photos" --draw masks,boxes
    fi
fi

run history
printf '\nLook at %s: rendered/*/contact-sheet.png, rendered/transfer.png, rendered/functional.png, report.html, plots/, export/, catalog.sqlite\n' "$out"
