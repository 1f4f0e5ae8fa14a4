// Threads, devices, random state, memory figures and autocast.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>

#include <cstdlib>
#include <thread>

#include "Bridge.h"
#include "Memory.h"

// The runtime's headers are of no use without those of the compiler that they include.
#if __has_include(<c10/cuda/CUDACachingAllocator.h>) && __has_include(<cuda_runtime_api.h>) && \
    __has_include(<crt/host_defines.h>)
#include <c10/cuda/CUDACachingAllocator.h>
#define KINDRED_CUDA 1
#endif

using namespace ctorch;

namespace {

/// libtorch starts with one thread on Debian; the user's OMP_NUM_THREADS is respected.
__attribute__((constructor)) void useAllCores() {
    if (!std::getenv("OMP_NUM_THREADS"))
        at::set_num_threads(static_cast<int>(std::max(1u, std::thread::hardware_concurrency())));
}

at::Generator generator(CTorchGenerator *handle) {
    return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(
        reinterpret_cast<c10::GeneratorImpl *>(handle)));
}

}  // namespace

const char *ctorch_version(void) { return TORCH_VERSION; }

const char *ctorch_build_description(void) {
    static const std::string text = at::show_config() + at::get_parallel_info();
    return text.c_str();
}

/// Matrix products have threads of their own where OpenBLAS computes them.
extern "C" __attribute__((weak)) void openblas_set_num_threads(int count);

int32_t ctorch_threads(void) { return at::get_num_threads(); }

CTorchError ctorch_set_threads(int32_t count) {
    return guarded([&] {
        at::set_num_threads(count);
        if (openblas_set_num_threads) openblas_set_num_threads(count);
    });
}

int32_t ctorch_cuda_device_count(void) {
    if (!at::globalContext().hasCUDA()) return 0;
    const auto *cuda = c10::impl::getDeviceGuardImpl(c10::DeviceType::CUDA);
    return cuda->deviceCount();
}

CTorchError ctorch_synchronize(int32_t code) {
    return guarded([&] {
        c10::Device target = device(code);
        if (target.is_cpu()) return;
        const auto *guard = c10::impl::getDeviceGuardImpl(target.type());
        guard->synchronizeStream(guard->getStream(target));
    });
}

CTorchError ctorch_set_deterministic(bool enabled) {
    return guarded([&] {
        at::globalContext().setDeterministicAlgorithms(enabled, /*warn_only=*/true);
        at::globalContext().setDeterministicCuDNN(enabled);
    });
}

// MARK: Random state

CTorchError ctorch_generator_make(int32_t code, CTorchGenerator **result) {
    return guarded([&] {
        at::Generator fresh = at::globalContext().defaultGenerator(device(code)).clone();
        *result = reinterpret_cast<CTorchGenerator *>(fresh.unsafeReleaseGeneratorImpl());
    });
}

CTorchError ctorch_generator_default(int32_t code, CTorchGenerator **result) {
    return guarded([&] {
        at::Generator existing = at::globalContext().defaultGenerator(device(code));
        *result = reinterpret_cast<CTorchGenerator *>(existing.unsafeReleaseGeneratorImpl());
    });
}

void ctorch_generator_release(CTorchGenerator *handle) {
    c10::raw::intrusive_ptr::decref(reinterpret_cast<c10::GeneratorImpl *>(handle));
}

CTorchError ctorch_generator_seed(CTorchGenerator *handle, uint64_t seed) {
    return guarded([&] {
        at::Generator target = generator(handle);
        std::lock_guard<std::mutex> hold(target.mutex());
        target.set_current_seed(seed);
    });
}

CTorchError ctorch_generator_state(CTorchGenerator *handle, CTorchTensor **result) {
    return guarded([&] {
        at::Generator target = generator(handle);
        std::lock_guard<std::mutex> hold(target.mutex());
        *result = reinterpret_cast<CTorchTensor *>(target.get_state().unsafeReleaseTensorImpl());
    });
}

CTorchError ctorch_generator_set_state(CTorchGenerator *handle, const CTorchTensor *state) {
    return guarded([&] {
        at::Generator target = generator(handle);
        std::lock_guard<std::mutex> hold(target.mutex());
        target.set_state(at::Tensor(shared(state)));
    });
}

// MARK: Memory

CTorchError ctorch_memory(int32_t code, CTorchMemory *result) {
    return guarded([&] {
        c10::Device target = device(code);
        if (target.is_cpu()) {
            Memory figures = cpuMemory();
            *result = {figures.allocated, figures.peak, figures.cached};
            return;
        }
#if KINDRED_CUDA
        auto figures = c10::cuda::CUDACachingAllocator::getDeviceStats(target.index());
        const auto &live = figures.allocated_bytes[0], &reserved = figures.reserved_bytes[0];
        *result = {live.current, live.peak, reserved.current - live.current};
#else
        TORCH_CHECK(false, "this build counts the memory of CPU tensors only");
#endif
    });
}

CTorchError ctorch_reset_peak_memory(int32_t code) {
    return guarded([&] {
        if (device(code).is_cpu()) return resetPeakCPUMemory();
#if KINDRED_CUDA
        c10::cuda::CUDACachingAllocator::resetPeakStats(device(code).index());
#endif
    });
}

CTorchError ctorch_release_cached_memory(int32_t code) {
    return guarded([&] {
        if (device(code).is_cpu()) return releaseCachedCPUMemory();
#if KINDRED_CUDA
        c10::cuda::CUDACachingAllocator::emptyCache();
#endif
    });
}

// MARK: Mixed precision

namespace {

#if KINDRED_TORCH_2
bool autocastEnabled(c10::DeviceType type) { return at::autocast::is_autocast_enabled(type); }
void setAutocast(c10::DeviceType type, bool enabled) { at::autocast::set_autocast_enabled(type, enabled); }
c10::ScalarType autocastType(c10::DeviceType type) { return at::autocast::get_autocast_dtype(type); }
void setAutocastType(c10::DeviceType type, c10::ScalarType scalar) { at::autocast::set_autocast_dtype(type, scalar); }
#else
bool autocastEnabled(c10::DeviceType type) {
    return type == c10::DeviceType::CUDA ? at::autocast::is_enabled() : at::autocast::is_cpu_enabled();
}
void setAutocast(c10::DeviceType type, bool enabled) {
    type == c10::DeviceType::CUDA ? at::autocast::set_enabled(enabled) : at::autocast::set_cpu_enabled(enabled);
}
c10::ScalarType autocastType(c10::DeviceType type) {
    return type == c10::DeviceType::CUDA ? at::autocast::get_autocast_gpu_dtype()
                                         : at::autocast::get_autocast_cpu_dtype();
}
void setAutocastType(c10::DeviceType type, c10::ScalarType scalar) {
    type == c10::DeviceType::CUDA ? at::autocast::set_autocast_gpu_dtype(scalar)
                                  : at::autocast::set_autocast_cpu_dtype(scalar);
}
#endif

}  // namespace

CTorchError ctorch_autocast_enter(int32_t type, int32_t scalar, CTorchAutocast *before) {
    return guarded([&] {
        auto kind = static_cast<c10::DeviceType>(type);
        TORCH_CHECK(
            kind == c10::DeviceType::CPU || kind == c10::DeviceType::CUDA, "no autocast on ",
            c10::DeviceTypeName(kind, /*lower_case=*/true));
        *before = {type, static_cast<int32_t>(autocastType(kind)), autocastEnabled(kind)};
        setAutocastType(kind, static_cast<c10::ScalarType>(scalar));
        setAutocast(kind, true);
        at::autocast::increment_nesting();
    });
}

void ctorch_autocast_leave(CTorchAutocast before) {
    // Weights that were cast inside are kept until the outermost scope ends.
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    auto kind = static_cast<c10::DeviceType>(before.device_type);
    setAutocastType(kind, static_cast<c10::ScalarType>(before.type));
    setAutocast(kind, before.enabled);
}
