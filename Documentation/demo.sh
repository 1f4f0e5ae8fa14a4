#!/usr/bin/env bash
# The main job, end to end: raw files in; a checked, split, rendered and exported dataset out.
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
rm -rf "${out:?}"/*
export KINDRED_CATALOG="$out/catalog.sqlite"

run() {
    printf '\n\033[1m$ annotate %s\033[0m\n' "$*"
    annotate "$@"
}

run init

if [ -z "$data" ]; then
    run synth "$out/raw" --pictures 24 --seed 1
    run import densepose "$out/raw/densepose.json" --dataset figures --images "$out/raw/images"
else
    data=$(cd "$data" && pwd)
    # Each file goes where `annotate detect` says that it belongs.
    if [ "$(annotate detect "$data" --json | sed -n 's/.*"format" : "\(.*\)",/\1/p')" = camtrap-dp ]; then
        run import camtrap-dp "$data" --dataset traps
    fi
    find "$data" -maxdepth 3 -type f -name '*.json' | sort | while read -r file; do
        format=$(annotate detect "$file" --json | sed -n 's/.*"format" : "\(.*\)",/\1/p') || true
        name=$(basename "${file%.*}")
        folder=$(dirname "$file")
        [ -d "$folder/images" ] && folder="$folder/images"
        case "$format" in
        coco) run import coco "$file" --dataset "$name" --images "$folder" ;;
        densepose) run import densepose "$file" --dataset "$name" --images "$folder" ;;
        megadetector) run import megadetector "$file" --dataset "$name" --images "$folder" ;;
        *) echo "left out: $file ($format)" ;;
        esac
    done
    clips=()
    while IFS= read -r -d '' clip; do clips+=("$clip"); done < <(find "$data" -maxdepth 3 -type f \
        \( -iname '*.avi' -o -iname '*.mp4' -o -iname '*.mov' -o -iname '*.asf' -o -iname '*.mkv' \) -print0 | sort -z)
    if [ ${#clips[@]} -gt 0 ]; then run import frames "${clips[@]}" --dataset clips --every 5s; fi
    if annotate detect "$data" >/dev/null 2>&1; then run import images "$data" --dataset pictures; fi
fi

run info
run check || true
run split main --parts train=0.7,val=0.15,test=0.15 --stratify --seed 1
run list splits

annotate list datasets --json | sed -n 's/.*"name" : "\(.*\)",/\1/p' | while read -r dataset; do
    run stats --dataset "$dataset" --plots "$out/plots/$dataset"
    run render "$out/rendered/$dataset" --dataset "$dataset" --limit 48
    run export densepose "$out/export/$dataset.json" --dataset "$dataset" --verify
done

run history
printf '\nLook at %s: rendered/*/contact-sheet.png, plots/, export/, catalog.sqlite\n' "$out"
