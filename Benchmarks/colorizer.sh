#!/bin/sh
# What Documentation/Training.md shows, from drawn pictures to weights that Python's torch loads, with the outputs compared.
#   Benchmarks/colorizer.sh
# Ends with status 1 when a weight or an output differs by more than 1e-5. PYTHON names an interpreter that has torch and
# safetensors; without, they are installed into Benchmarks/.venv. CONFIGURATION=debug takes that build. LIBTORCH and SCRATCH
# (the build folder) are those of the build.
set -eu
cd "$(dirname "$0")"
here=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -z "${PYTHON:-}" ]; then
    if [ ! -x .venv/bin/python ]; then python3 -m venv .venv; fi
    PYTHON=$here/.venv/bin/python
    "$PYTHON" -c 'import torch, safetensors' 2>/dev/null || {
        .venv/bin/pip install --quiet torch --index-url https://download.pytorch.org/whl/cpu || .venv/bin/pip install --quiet torch
        .venv/bin/pip install --quiet numpy safetensors
    }
fi
cd ..
for product in annotate train ColorizerSample; do
    swift build -c "${CONFIGURATION:-release}" --scratch-path "${SCRATCH:-.build}" --product "$product" >"$work/build.log" 2>&1 ||
        { cat "$work/build.log"; exit 1; }
done
PATH=$(swift build -c "${CONFIGURATION:-release}" --scratch-path "${SCRATCH:-.build}" --show-bin-path):$PATH
cd "$work"

annotate synth figures --pictures 24 >log
annotate init >>log
annotate import densepose figures/densepose.json --dataset figures --images figures/images >>log
ColorizerSample catalog.sqlite figures run 2 4 | tail -n 1
ColorizerSample catalog.sqlite figures run 4 4 >second
grep -q '^going on from step 12$' second || { echo "the second call did not resume:"; cat second; exit 1; }
tail -n 1 second
ColorizerSample catalog.sqlite figures whole 4 4 >>log
cmp run/colorizer.safetensors whole/colorizer.safetensors
echo "resumed and uninterrupted training: the same bytes"
train runs show colorizer >>log
train runs plot colorizer --metric loss --out loss.png >>log
test -s loss.png

"$PYTHON" "$here/colorizer_torch.py" input input.safetensors
for ending in safetensors pth; do ColorizerSample run/colorizer.$ending input.safetensors ours-$ending.safetensors; done
"$PYTHON" "$here/colorizer_torch.py" compare run input.safetensors ours-safetensors.safetensors ours-pth.safetensors

torchrun=$(dirname "$PYTHON")/torchrun
if [ ! -x "$torchrun" ]; then
    echo "torchrun is not beside $PYTHON: several processes were not tried"
    exit 0
fi
# Two processes with half the batch each make the steps of one.
OMP_NUM_THREADS=1 "$torchrun" --standalone --no-python --nproc-per-node 2 \
    "$(command -v ColorizerSample)" catalog.sqlite figures two 4 2 >torchrun.log 2>&1 || { cat torchrun.log; exit 1; }
grep 'finished at step' torchrun.log | tail -n 1
# The launcher's port as it is without --standalone, which its agent occupies itself.
port=$("$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])')
OMP_NUM_THREADS=1 "$torchrun" --no-python --nproc-per-node 2 --master-port "$port" \
    "$(command -v ColorizerSample)" catalog.sqlite figures port 4 2 >torchrun.log 2>&1 || { cat torchrun.log; exit 1; }
cmp two/colorizer.safetensors port/colorizer.safetensors
"$PYTHON" "$here/colorizer_torch.py" weights two/colorizer.safetensors whole/colorizer.safetensors
