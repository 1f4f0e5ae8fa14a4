// Process groups of c10d, and gradients averaged over ranks while backward runs.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <chrono>

#define USE_DISTRIBUTED 1
#define USE_C10D_GLOO 1
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "Bridge.h"
#include "Memory.h"

#if __has_include(<nccl.h>) && __has_include(<cuda_runtime_api.h>) && __has_include(<crt/host_defines.h>)
#define USE_C10D_NCCL 1
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

using namespace ctorch;

#if KINDRED_TORCH_2
using Backend = c10d::Backend;
using Work = c10d::Work;
#else
using Backend = c10d::ProcessGroup;
using Work = c10d::Work;
#endif

struct CTorchGroup {
    c10::intrusive_ptr<c10d::Store> store;
    c10::intrusive_ptr<Backend> backend;
};

bool ctorch_distributed_has(const char *backend) {
    std::string name(backend);
#if USE_C10D_NCCL
    if (name == "nccl") return true;
#endif
    return name == "gloo";
}

CTorchError ctorch_group_join(
    const char *backend, const char *host, uint16_t port, int32_t rank, int32_t size, double timeout_seconds,
    CTorchGroup **result) {
    return guarded([&] {
        auto timeout = std::chrono::milliseconds(static_cast<int64_t>(timeout_seconds * 1000));
        c10d::TCPStoreOptions options;
        options.port = port;
        options.isServer = rank == 0;
        options.numWorkers = static_cast<std::size_t>(size);
        options.timeout = timeout;
        auto group = std::make_unique<CTorchGroup>();
        group->store = c10::make_intrusive<c10d::TCPStore>(std::string(host), options);
        std::string name(backend);
        if (name == "gloo") {
            auto choices = c10d::ProcessGroupGloo::Options::create(timeout);
            choices->devices.push_back(c10d::ProcessGroupGloo::createDefaultDevice());
            choices->threads = 2;
            group->backend = c10::make_intrusive<c10d::ProcessGroupGloo>(group->store, rank, size, choices);
        }
#if USE_C10D_NCCL
        if (name == "nccl") {
            auto choices = c10d::ProcessGroupNCCL::Options::create();
            choices->timeout = timeout;
            group->backend = c10::make_intrusive<c10d::ProcessGroupNCCL>(group->store, rank, size, choices);
        }
#endif
        TORCH_CHECK(group->backend, "this build of libtorch has no c10d backend named ", name);
        *result = group.release();
    });
}

void ctorch_group_leave(CTorchGroup *group) {
    // Tearing down a group whose peers have died may throw; there is nothing left to tell then.
    guarded([&] { delete group; });
}

CTorchError ctorch_group_all_reduce(CTorchGroup *group, CTorchTensor *tensor) {
    return guarded([&] {
        std::vector<at::Tensor> tensors{at::Tensor(shared(tensor))};
        group->backend->allreduce(tensors)->wait();
    });
}

CTorchError ctorch_group_broadcast(CTorchGroup *group, CTorchTensor *tensor, int32_t root) {
    return guarded([&] {
        std::vector<at::Tensor> tensors{at::Tensor(shared(tensor))};
        c10d::BroadcastOptions options;
        options.rootRank = root;
        group->backend->broadcast(tensors, options)->wait();
    });
}

CTorchError ctorch_group_barrier(CTorchGroup *group) {
    return guarded([&] { group->backend->barrier()->wait(); });
}

// MARK: Averaging gradients

namespace {

struct Bucket {
    std::vector<size_t> members;  // parameters, in the order in which their gradients are expected
    size_t arrived = 0;
    at::Tensor flat;
    c10::intrusive_ptr<Work> work;
};

}  // namespace

struct CTorchReducer {
    c10::intrusive_ptr<Backend> backend;
    std::vector<at::Tensor> parameters;
    std::vector<Bucket> buckets;
    std::vector<size_t> bucketOf;
    std::vector<bool> ready;
    size_t next = 0;  // buckets start in order, so that every rank reduces the same one at the same time
    bool enabled = true;

    void arrived(size_t index) {
        if (!enabled || ready[index]) return;
        ready[index] = true;
        ++buckets[bucketOf[index]].arrived;
        while (next < buckets.size() && buckets[next].arrived == buckets[next].members.size()) start(buckets[next++]);
    }

    void start(Bucket &bucket) {
        at::NoGradGuard noGradient;
        std::vector<at::Tensor> pieces;
        for (size_t index : bucket.members) {
            const at::Tensor &gradient = parameters[index].grad();
            pieces.push_back(
                gradient.defined() ? gradient.reshape({-1}) : at::zeros_like(parameters[index]).reshape({-1}));
        }
        bucket.flat = at::cat(pieces).div_(backend->getSize());
        std::vector<at::Tensor> tensors{bucket.flat};
        bucket.work = backend->allreduce(tensors);
    }

    void finish() {
        try {
            average();
        } catch (...) {
            reset();  // a bucket that was not started must not be waited for next time
            throw;
        }
        reset();
    }

    void average() {
        at::NoGradGuard noGradient;
        while (next < buckets.size()) start(buckets[next++]);
        for (Bucket &bucket : buckets) {
            bucket.work->wait();
            int64_t offset = 0;
            for (size_t index : bucket.members) {
                at::Tensor &parameter = parameters[index];
                at::Tensor average = bucket.flat.narrow(0, offset, parameter.numel()).view(parameter.sizes());
                offset += parameter.numel();
                if (parameter.grad().defined()) parameter.mutable_grad().copy_(average);
                else parameter.mutable_grad() = average.clone();
            }
        }
    }

    void reset() {
        for (Bucket &bucket : buckets) {
            bucket.arrived = 0;
            bucket.flat = at::Tensor();
            bucket.work.reset();
        }
        ready.assign(parameters.size(), false);
        next = 0;
    }
};

namespace {

/// Runs when a parameter's gradient has been accumulated.
struct ArrivalHook final : torch::autograd::FunctionPostHook {
    CTorchReducer *reducer;
    size_t index;
    std::shared_ptr<bool> alive;

    ArrivalHook(CTorchReducer *reducer, size_t index, std::shared_ptr<bool> alive)
        : reducer(reducer), index(index), alive(std::move(alive)) {}

    torch::autograd::variable_list operator()(
        const torch::autograd::variable_list &outputs, const torch::autograd::variable_list &) override {
        if (*alive) reducer->arrived(index);
        return outputs;
    }
};

using NodePointer = decltype(torch::autograd::impl::grad_accumulator(at::Tensor()));

/// The reducer, with what keeps its hooks in place.
struct AttachedReducer : CTorchReducer {
    std::vector<NodePointer> accumulators;
    std::shared_ptr<bool> alive = std::make_shared<bool>(true);
    ~AttachedReducer() { *alive = false; }
};

}  // namespace

CTorchError ctorch_reducer_make(
    CTorchGroup *group, CTorchTensor *const *parameters, size_t count, int64_t bucket_bytes, CTorchReducer **result) {
    return guarded([&] {
        auto reducer = std::make_unique<AttachedReducer>();
        reducer->backend = group->backend;
        reducer->bucketOf.resize(count);
        for (size_t i = 0; i < count; ++i) reducer->parameters.push_back(at::Tensor(shared(parameters[i])));
        int64_t filled = 0;
        const at::Tensor *previous = nullptr;
        for (size_t i = count; i-- > 0;) {
            const at::Tensor &parameter = reducer->parameters[i];
            bool fits = previous && filled < bucket_bytes && previous->scalar_type() == parameter.scalar_type() &&
                previous->device() == parameter.device();
            if (!fits) {
                reducer->buckets.emplace_back();
                filled = 0;
            }
            reducer->buckets.back().members.push_back(i);
            reducer->bucketOf[i] = reducer->buckets.size() - 1;
            filled += static_cast<int64_t>(parameter.nbytes());
            previous = &reducer->parameters[i];
            NodePointer accumulator = torch::autograd::impl::grad_accumulator(parameter);
            accumulator->add_post_hook(std::make_unique<ArrivalHook>(reducer.get(), i, reducer->alive));
            reducer->accumulators.push_back(accumulator);
        }
        reducer->reset();
        *result = reducer.release();
    });
}

void ctorch_reducer_set_enabled(CTorchReducer *reducer, bool enabled) {
    // What a backward pass that failed left behind belongs to no later one.
    reducer->reset();
    reducer->enabled = enabled;
}

CTorchError ctorch_reducer_finish(CTorchReducer *reducer) {
    return guarded([&] { reducer->finish(); });
}

void ctorch_reducer_release(CTorchReducer *reducer) { delete static_cast<AttachedReducer *>(reducer); }
