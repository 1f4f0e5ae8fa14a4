#!/bin/sh
# Builds and tests what stands on libtorch against Debian's 1.13 and against a newer one, a line of verdict each.
#   Benchmarks/libtorch.sh
# LIBTORCH names the newer one (a libtorch's folder, or that of a pip torch package); without, PyTorch is installed into
# Benchmarks/.venv. CUDA_TORCH (a torch package with CUDA) and CUDA (the folders with the headers of the CUDA runtime and of NCCL)
# compile the paths that only such a build has.
set -eu
cd "$(dirname "$0")"
if [ -z "${LIBTORCH:-}" ]; then
    if [ ! -x .venv/bin/python ]; then python3 -m venv .venv; fi
    .venv/bin/python -c 'import torch' 2>/dev/null ||
        .venv/bin/pip install --quiet torch --index-url https://download.pytorch.org/whl/cpu || .venv/bin/pip install --quiet torch
    LIBTORCH=$(.venv/bin/python -c 'import os, torch; print(os.path.dirname(torch.__file__))')
fi
cd ..
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0

# $1: scratch path; the environment says which libtorch.
verdict() {
    name=$1
    if swift build --build-tests --scratch-path "$name" >"$log" 2>&1 &&
        swift test --skip-build --scratch-path "$name" --filter '^(TensorsTests|GoldenTests|TrainingTests)\.|ColorizerSampleTests' >"$log" 2>&1
    then
        echo "$2: $(grep -o 'Test run with .* passed' "$log" | tail -n 1)"
    else
        failed=1
        echo "$2: FAILED"
        grep -E 'error|✘|Fatal' "$log" | head -n 20
    fi
}

newer=$LIBTORCH
unset LIBTORCH
verdict .build "Debian's libtorch $(dpkg-query -W -f='${Version}' libtorch-dev 2>/dev/null)"
export LIBTORCH="$newer"
verdict .build-torch "$newer ($(sed -n 's/^#define TORCH_VERSION_M[AI][JN]OR //p' "$newer"/include/torch/headeronly/version.h "$newer"/include/torch/csrc/api/include/torch/version.h 2>/dev/null | head -n 2 | paste -sd.))"

# Compiles, and runs nothing: the headers of CUDA 13 and NCCL are in the wheels nvidia-cuda-runtime, nvidia-cuda-crt and nvidia-nccl.
if [ -n "${CUDA:-}" ]; then
    for file in Runtime:CUDACachingAllocator Distributed:ProcessGroupNCCL; do
        clang++ -std=c++20 -c -w -o "$log" -I Sources/CTorch/include \
            -I "$CUDA_TORCH/include" -I "$CUDA_TORCH/include/torch/csrc/api/include" \
            $(for folder in $CUDA; do printf -- '-I %s ' "$folder"; done) "Sources/CTorch/${file%:*}.cpp" &&
            nm -C --undefined-only "$log" | grep -q "${file#*:}" &&
            echo "${file%:*}.cpp calls ${file#*:}: compiled, not run" || { failed=1; echo "${file%:*}.cpp with CUDA: FAILED"; }
    done
fi
exit $failed
