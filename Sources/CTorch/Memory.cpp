// The memory of CPU tensors: counted, and kept for reuse.
//
// A network's activations have the same few sizes at every step. Taking them from the system anew costs a page fault
// for every 4 KiB; here a large block is backed by huge pages where the kernel has them, and a freed one waits for the
// next request of its size. What waits never exceeds the most that was alive, nor an eighth of the machine's memory.
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "Memory.h"

namespace {

constexpr size_t alignment = 64;
constexpr size_t smallestCached = 256 << 10;
constexpr size_t hugePage = 2 << 20;

/// Stands in the 64 bytes before a tensor's first element.
struct Header {
    size_t bytes;  // of the whole block, header included
    void *block;   // where it begins
};

/// Sizes are rounded up by at most an eighth, so that slightly different requests share blocks.
size_t rounded(size_t bytes) {
    if (bytes < smallestCached) return (bytes + alignment - 1) & ~(alignment - 1);
    size_t step = size_t(1) << (63 - __builtin_clzll(bytes) - 3);
    return (bytes + step - 1) & ~(step - 1);
}

class CountingAllocator final : public c10::Allocator {
public:
    static CountingAllocator &shared() {
        static auto *allocator = new CountingAllocator();  // outlives every static tensor
        return *allocator;
    }

    ctorch::Memory figures() {
        std::lock_guard<std::mutex> hold(lock);
        return {allocated.load(), peak.load(), cached};
    }

    void resetPeak() {
        peak = allocated.load();
    }

    void releaseCached() {
        std::lock_guard<std::mutex> hold(lock);
        trim(0);
    }

    c10::DeleterFnPtr raw_deleter() const override { return &CountingAllocator::give; }

#if KINDRED_TORCH_2
    c10::DataPtr allocate(size_t bytes) override { return take(bytes); }
    void copy_data(void *destination, const void *source, size_t bytes) const override {
        std::memcpy(destination, source, bytes);
    }
#else
    c10::DataPtr allocate(size_t bytes) const override { return shared().take(bytes); }
#endif

private:
    std::mutex lock;
    std::unordered_map<size_t, std::vector<Header *>> waiting;
    std::atomic<int64_t> allocated{0}, peak{0};
    int64_t cached = 0;
    const int64_t limit = int64_t(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE) / 8;

    c10::DataPtr take(size_t bytes) {
        const c10::Device cpu(c10::DeviceType::CPU);
        if (bytes == 0) return {nullptr, nullptr, &CountingAllocator::give, cpu};
        TORCH_CHECK(bytes < (size_t(1) << 46), "out of memory: a tensor of ", bytes, " bytes was asked for");
        size_t size = rounded(bytes + 2 * alignment);  // the header, and what alignment may skip
        Header *header = nullptr;
        if (size >= smallestCached) {
            std::lock_guard<std::mutex> hold(lock);
            auto found = waiting.find(size);
            if (found != waiting.end() && !found->second.empty()) {
                header = found->second.back();
                found->second.pop_back();
                cached -= size;
            }
        }
        if (!header) header = fresh(size);
        if (!header) {
            releaseCached();
            header = fresh(size);
        }
        TORCH_CHECK(header, "out of memory: a tensor of ", bytes, " bytes was asked for");
        int64_t now = allocated.fetch_add(size, std::memory_order_relaxed) + int64_t(size);
        int64_t most = peak.load(std::memory_order_relaxed);
        while (now > most && !peak.compare_exchange_weak(most, now, std::memory_order_relaxed)) {}
        void *data = reinterpret_cast<char *>(header) + alignment;
        return {data, data, &CountingAllocator::give, cpu};
    }

    static Header *fresh(size_t size) {
        void *block = nullptr;
        if (size < smallestCached) {
            // Much faster than an aligned block of the same size: malloc keeps freed ones at hand.
            block = std::malloc(size);
            if (!block) return nullptr;
            auto *header = reinterpret_cast<Header *>(
                (reinterpret_cast<uintptr_t>(block) + alignment - 1) & ~uintptr_t(alignment - 1));
            *header = {size, block};
            return header;
        }
        if (posix_memalign(&block, size >= hugePage ? hugePage : alignment, size) != 0) return nullptr;
        if (size >= hugePage) madvise(block, size & ~(hugePage - 1), MADV_HUGEPAGE);
        auto *header = static_cast<Header *>(block);
        *header = {size, block};
        return header;
    }

    static void give(void *data) {
        if (!data) return;
        auto *header = reinterpret_cast<Header *>(static_cast<char *>(data) - alignment);
        CountingAllocator &self = shared();
        self.allocated.fetch_sub(header->bytes, std::memory_order_relaxed);
        if (header->bytes < smallestCached) {
            std::free(header->block);
            return;
        }
        std::lock_guard<std::mutex> hold(self.lock);
        self.waiting[header->bytes].push_back(header);
        self.cached += header->bytes;
        self.trim(std::min(self.peak.load(), self.limit));
    }

    /// Returns the largest waiting blocks to the system until at most `most` bytes wait.
    void trim(int64_t most) {
        while (cached > most) {
            auto largest = waiting.end();
            for (auto entry = waiting.begin(); entry != waiting.end(); ++entry)
                if (!entry->second.empty() && (largest == waiting.end() || entry->first > largest->first))
                    largest = entry;
            if (largest == waiting.end()) return;
            std::free(largest->second.back());
            largest->second.pop_back();
            cached -= largest->first;
        }
    }
};

/// Before any tensor is made.
__attribute__((constructor)) void install() { c10::SetCPUAllocator(&CountingAllocator::shared(), 1); }

}  // namespace

ctorch::Memory ctorch::cpuMemory() { return CountingAllocator::shared().figures(); }
void ctorch::resetPeakCPUMemory() { CountingAllocator::shared().resetPeak(); }
void ctorch::releaseCachedCPUMemory() { CountingAllocator::shared().releaseCached(); }
