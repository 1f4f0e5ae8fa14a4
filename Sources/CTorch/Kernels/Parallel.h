// Loops over libtorch's own threads, and loops compiled for several instruction sets.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

/// The function is compiled for AVX-512, AVX2 and the baseline; the machine's is chosen when the program starts.
/// Templates that it calls must be inlined (KINDRED_INLINE) to be compiled along.
/// Not under ThreadSanitizer, whose instrumentation cannot run as early as that choice is made.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define KINDRED_THREAD_SANITIZER 1
#endif
#endif
#if defined(__x86_64__) && !defined(KINDRED_THREAD_SANITIZER)
#define KINDRED_VECTORIZED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KINDRED_VECTORIZED
#endif
#define KINDRED_INLINE inline __attribute__((always_inline))

// The entry points that GCC's OpenMP compiles to. libtorch links the same runtime, so its threads are shared and
// never outnumber the cores; clang's own OpenMP would bring a second set.
extern "C" {
void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
int omp_get_thread_num(void);
int omp_get_num_threads(void);
int omp_get_max_threads(void);
int omp_in_parallel(void);
}

namespace kindred {

/// Calls `body(begin, end)` for consecutive parts of 0 ..< count, each at least `grain` long. `body` must not throw.
template <typename Body>
void parallel(int64_t count, int64_t grain, const Body &body) {
    if (count <= 0) return;
    int64_t parts = std::min<int64_t>(omp_get_max_threads(), std::max<int64_t>(1, count / std::max<int64_t>(1, grain)));
    if (parts <= 1 || omp_in_parallel()) {
        body(int64_t(0), count);
        return;
    }
    struct Task {
        const Body *body;
        int64_t count;
    } task{&body, count};
    GOMP_parallel(
        [](void *data) {
            auto &task = *static_cast<Task *>(data);
            int64_t thread = omp_get_thread_num(), threads = omp_get_num_threads();
            int64_t begin = task.count * thread / threads, end = task.count * (thread + 1) / threads;
            if (begin < end) (*task.body)(begin, end);
        },
        &task, static_cast<unsigned>(parts), 0);
}

}  // namespace kindred
