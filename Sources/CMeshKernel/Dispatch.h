// Kernels are compiled for plain x86-64 and for AVX2 with FMA; the processor chooses when the program starts.
#pragma once

#if defined(__x86_64__) && defined(__linux__)
#define KERNEL __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define KERNEL
#endif
#define INLINE inline __attribute__((always_inline))
