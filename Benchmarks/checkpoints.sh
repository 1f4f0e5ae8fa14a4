#!/bin/sh
# Checkpoints: what infer reads and writes, beside PyTorch, numpy and safetensors in one call.
#   Benchmarks/checkpoints.sh           every kind of file, both ways, value for value; then times for a 730 MB checkpoint
#   Benchmarks/checkpoints.sh --zip64   and a storage beyond 4 GiB (needs 14 GB of disk)
# PYTHON names a Python that has torch, numpy and safetensors; without, they are installed into Benchmarks/.venv.
set -eu
cd "$(dirname "$0")"
python=${PYTHON:-.venv/bin/python}
if [ -z "${PYTHON:-}" ]; then
    if [ ! -x .venv/bin/python ]; then python3 -m venv .venv; fi
    .venv/bin/python -c 'import torch, numpy, safetensors' 2>/dev/null ||
        .venv/bin/pip install --quiet numpy safetensors torch --extra-index-url https://download.pytorch.org/whl/cpu
fi
log=$(mktemp)
(cd .. && swift build -c release --static-swift-stdlib --product infer) >"$log" 2>&1 || { cat "$log"; exit 1; }
rm -f "$log"
exec "$python" checkpoints.py "$(cd .. && swift build -c release --show-bin-path)/infer" "$@"
