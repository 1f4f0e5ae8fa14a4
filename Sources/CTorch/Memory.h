#pragma once

#include <c10/macros/Macros.h>
#include <torch/csrc/api/include/torch/version.h>

#include <cstdint>

#define KINDRED_TORCH_2 (TORCH_VERSION_MAJOR >= 2)

namespace ctorch {

/// Bytes of live CPU tensors, the most since the last reset, and what waits for reuse.
struct Memory {
    int64_t allocated, peak, cached;
};

Memory cpuMemory();
void resetPeakCPUMemory();
void releaseCachedCPUMemory();

}  // namespace ctorch
