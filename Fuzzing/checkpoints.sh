#!/bin/sh
# Fuzzes the checkpoint readers with libFuzzer and AddressSanitizer: RUNS inputs (default 100,000) that begin with the files of
# seeds and with what earlier runs found in Fuzzing/corpus.
set -eu
cd "$(dirname "$0")"
mkdir -p corpus
for configuration in release debug; do
    swift build -c $configuration --sanitize=fuzzer --sanitize=address \
        --scratch-path ".build-fuzzer-$configuration" --product checkpoint-fuzzer
done
# Not before: programs that were built with these set had no counters of coverage.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0
.build-fuzzer-release/release/checkpoint-fuzzer -runs="${RUNS:-100000}" -max_len=65536 -rss_limit_mb=1024 -timeout=10 \
    -print_final_stats=1 corpus seeds
# Swift checks the bounds of raw buffers in debug builds only: there, what was found is read again and changed further.
.build-fuzzer-debug/debug/checkpoint-fuzzer -runs="${RUNS:-100000}" -max_len=65536 -rss_limit_mb=1024 -timeout=10 \
    -print_final_stats=1 corpus seeds
