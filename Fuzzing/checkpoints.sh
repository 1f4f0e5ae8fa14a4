#!/bin/sh
# Fuzzes the checkpoint readers with libFuzzer and AddressSanitizer: RUNS inputs (default 100,000) that begin with the files of
# seeds and with what earlier runs found in Fuzzing/corpus.
set -eu
cd "$(dirname "$0")"
swift build --sanitize=fuzzer --sanitize=address -c release --scratch-path .build-fuzzer --product checkpoint-fuzzer
mkdir -p corpus
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0
exec .build-fuzzer/release/checkpoint-fuzzer -runs="${RUNS:-100000}" -max_len=65536 -rss_limit_mb=1024 -timeout=10 \
    -print_final_stats=1 corpus seeds
