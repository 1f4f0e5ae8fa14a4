#!/bin/sh
# Fuzzes readers of untrusted files with libFuzzer and AddressSanitizer: RUNS inputs (default 100,000) that begin with the files of
# seeds and with what earlier runs found in Fuzzing/corpus.
#   Fuzzing/readers.sh [checkpoint|mesh]...
set -eu
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- checkpoint mesh
for reader; do
    for configuration in release debug; do
        # Of two such options the compiler heeds the last, and which comes last is the package manager's choice: without the
        # third there may be no counters of coverage.
        swift build -c $configuration --sanitize=fuzzer --sanitize=address -Xswiftc -sanitize=fuzzer,address --scratch-path \
            ".build-fuzzer-$configuration" --product "$reader-fuzzer"
    done
    export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0
    mkdir -p "corpus/$reader"
    # Swift checks the bounds of raw buffers in debug builds only: there, what release found is read again and changed further.
    for configuration in release debug; do
        ".build-fuzzer-$configuration/$configuration/$reader-fuzzer" -runs="${RUNS:-100000}" -max_len=65536 \
            -rss_limit_mb=1024 -timeout=10 -print_final_stats=1 "corpus/$reader" "seeds/$reader"
    done
done
