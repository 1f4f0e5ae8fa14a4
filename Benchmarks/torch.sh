#!/bin/sh
# Operators, layers and a whole network on the CPU, beside PyTorch, in one run:
#   Benchmarks/torch.sh [SECTION ...]     sections: overhead peak parts inference step detector; all without
# Ours is built against Debian's libtorch and against that of the newest PyTorch, which is also the peer: the `torch` folder
# that LIBTORCH names (a pip package; PYTHON names its interpreter where that lies elsewhere), or what pip installs into
# Benchmarks/.venv-torch. The three take turns, ROUNDS times (3), with THREADS threads (2); a figure is the best of the
# rounds, each the median of several. A busy machine shows: rounds then differ, and OpenMP's threads wait for each other.
set -eu
cd "$(dirname "$0")"
rounds=${ROUNDS:-3}
export THREADS="${THREADS:-2}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -z "${LIBTORCH:-}" ]; then
    if [ ! -x .venv-torch/bin/python ]; then python3 -m venv .venv-torch; fi
    .venv-torch/bin/python -c 'import torch, torchvision' 2>/dev/null ||
        .venv-torch/bin/pip install --quiet torch torchvision numpy
    python=${PYTHON:-$PWD/.venv-torch/bin/python}
    LIBTORCH=$("$python" -c 'import os, torch; print(os.path.dirname(torch.__file__))')
else
    python=${PYTHON:-$LIBTORCH/../../../../bin/python}
fi
newest=$("$python" -c 'import torch; print(torch.__version__.split("+")[0])')

build() {
    swift build -c release --product torch-benchmark "$@" >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; exit 1; }
    echo "$(swift build -c release --show-bin-path "$@")/torch-benchmark"
}
echo "building against Debian's libtorch and that of PyTorch $newest" >&2
debian=$(unset LIBTORCH; build)
newer=$(export LIBTORCH; build --scratch-path "../.build-torch$newest")

[ $# -gt 0 ] || set -- overhead peak parts inference step detector
for round in $(seq "$rounds"); do
    for section; do
        echo "round $round of $rounds: $section" >&2
        "$debian" "$section" >"$work/figures"
        sed 's/^/debian	/' "$work/figures" >>"$work/all"
        "$newer" "$section" >"$work/figures"
        sed 's/^/newer	/' "$work/figures" >>"$work/all"
        "$python" torch_benchmark.py "$section" >"$work/figures"
        sed 's/^/peer	/' "$work/figures" >>"$work/all"
    done
done

awk -F '\t' '
    function time(t) { return t < 1e-4 ? sprintf("%.2f us", t * 1e6) : t < 1 ? sprintf("%.2f ms", t * 1e3) : sprintf("%.3f s", t) }
    function rate(who, name) { return (name in work) && ((who, name) in best) ? work[name] / best[who, name] / 1e9 : 0 }
    function verdict(holds, text) { printf "%-4s %s\n", holds ? "yes" : "NO", text }
    $2 ~ /^version / { version[$1] = substr($2, 9); next }
    $2 ~ /^flop / { work[substr($2, 6)] = $3; next }
    {
        if (!(($1, $2) in best) || $3 < best[$1, $2]) best[$1, $2] = $3
        if (!($2 in seen)) { seen[$2] = 1; order[++lines] = $2 }
    }
    END {
        peak = 0
        split("debian newer peer", all, " ")
        for (i in all) if (rate(all[i], "sgemm 2048") > peak) peak = rate(all[i], "sgemm 2048")
        printf "A: Kindred with libtorch %s (Debian); B: Kindred with libtorch %s; P: PyTorch %s.", \
            version["debian"], version["newer"], version["peer"]
        if (peak) printf " sgemm peak %.0f GFLOP/s.", peak
        printf "\n\n%-44s %10s %10s %10s %6s %6s  %17s %6s\n", "", "A", "B", "P", "A/P", "B/P", "GFLOP/s A, B, P", "B/peak"
        for (i = 1; i <= lines; i++) {
            name = order[i]
            a = best["debian", name]; b = best["newer", name]; p = best["peer", name]
            printf "%-44s %10s %10s %10s %6.2f %6.2f", name, time(a), time(b), time(p), a / p, b / p
            if (name in work) printf "  %5.0f %5.0f %5.0f", rate("debian", name), rate("newer", name), rate("peer", name)
            if ((name in work) && peak) printf " %5.0f%%", 100 * rate("newer", name) / peak
            printf "\n"
            if (name ~ /^overhead/) { tested++; if (b > p) { slower = slower (slower ? ", " : "") substr(name, 10) } }
        }
        printf "\n"
        if (tested) verdict(!slower, "per-operator overhead at most that of PyTorch from Python" (slower ? ": slower in " slower : ""))
        name = "generator training step"
        if (name in seen) {
            r = best["newer", name] / best["peer", name]
            verdict(r <= 1, sprintf("a training step, same version, at most 1.0x: %.2fx", r))
            r = best["debian", name] / best["peer", name]
            verdict(r <= 1.1, sprintf("a training step, libtorch %s beside PyTorch %s, at most 1.1x: %.2fx", version["debian"], version["peer"], r))
        }
        name = "generator inference"
        if (name in seen) {
            r = best["peer", name] / best["newer", name]
            verdict(r >= 1.15, sprintf("inference, same version, at least 1.15 times as fast: %.2f times", r))
        }
        split("detector inference,detector training step", both, ",")
        for (i = 1; i in both; i++) {
            name = both[i]
            if (!(name in seen)) continue
            r = best["peer", name] / best["newer", name]
            verdict(r >= 1, sprintf("%s (torchvision), same version, at least as fast: %.2f times", name, r))
        }
    }' "$work/all"
