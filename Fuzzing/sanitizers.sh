#!/bin/sh
# Runs the tests of Checkpoints, Tensors and Training under AddressSanitizer, then under ThreadSanitizer.
#   Fuzzing/sanitizers.sh [address|thread]
# libtorch itself is not instrumented: what happens inside it is seen only where it calls malloc, free or pthreads.
set -eu
cd "$(dirname "$0")/.."
here=$(pwd)/Fuzzing
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0
for sanitizer in ${1:-address thread}; do
    scratch=.build-$sanitizer
    swift build --build-tests --sanitize=$sanitizer --scratch-path $scratch >"$log" 2>&1 ||
        { grep -E 'error' "$log" | head; exit 1; }
    # detect_leaks: Swift's runtime and libtorch keep what they made. Exit tests end processes on purpose: no backtraces.
    for suite in CheckpointsTests TensorsTests TrainingTests; do
        # Several OpenMP threads only for address: see thread.supp.
        if ASAN_OPTIONS=detect_leaks=0:detect_odr_violation=0 \
            TSAN_OPTIONS="suppressions=$here/thread.supp halt_on_error=0 exitcode=66" \
            OMP_NUM_THREADS=$([ $sanitizer = thread ] && echo 1 || echo 2) SWIFT_BACKTRACE=enable=no \
            swift test --skip-build --sanitize=$sanitizer --scratch-path $scratch --filter "^$suite\." >"$log" 2>&1 &&
            ! grep -qE '(ERROR|WARNING): (Address|Thread)Sanitizer' "$log"
        then
            echo "$sanitizer, $suite: $(grep -o 'Test run with .* passed' "$log" | tail -n 1)"
        else
            failed=1
            echo "$sanitizer, $suite: FAILED"
            grep -E -A 12 'SUMMARY|(ERROR|WARNING): (Address|Thread)Sanitizer|✘ Test' "$log" | head -n "${LINES_SHOWN:-60}"
        fi
    done
done
exit $failed
