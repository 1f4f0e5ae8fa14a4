// Backward passes, gradient modes and functions whose backward is the caller's.
#include <ATen/core/Tensor.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/variable.h>

#include <memory>
#include <vector>

#include "Bridge.h"

using namespace ctorch;
using torch::autograd::variable_list;

namespace {

variable_list tensors(CTorchTensor *const *handles, size_t count) {
    variable_list result(count);
    for (size_t i = 0; handles && i < count; ++i)
        if (handles[i]) result[i] = at::Tensor(shared(handles[i]));
    return result;
}

CTorchTensor *released(at::Tensor tensor) {
    return tensor.defined() ? reinterpret_cast<CTorchTensor *>(tensor.unsafeReleaseTensorImpl()) : nullptr;
}

}  // namespace

CTorchError ctorch_backward(
    CTorchTensor *const *outputs, CTorchTensor *const *gradients, size_t count, CTorchTensor *const *inputs,
    size_t input_count, bool retains_graph, bool creates_graph) {
    return guarded([&] {
        torch::autograd::backward(
            tensors(outputs, count), tensors(gradients, gradients ? count : 0), retains_graph || creates_graph,
            creates_graph, tensors(inputs, input_count));
    });
}

CTorchError ctorch_gradients(
    CTorchTensor *const *outputs, CTorchTensor *const *gradients, size_t count, CTorchTensor *const *inputs,
    size_t input_count, bool retains_graph, bool creates_graph, bool allows_unused, CTorchTensor **results) {
    return guarded([&] {
        variable_list found = torch::autograd::grad(
            tensors(outputs, count), tensors(inputs, input_count), tensors(gradients, gradients ? count : 0),
            retains_graph || creates_graph, creates_graph, allows_unused);
        for (size_t i = 0; i < input_count; ++i) results[i] = released(std::move(found[i]));
    });
}

bool ctorch_gradient_mode(void) { return c10::GradMode::is_enabled(); }

void ctorch_set_gradient_mode(bool enabled) { c10::GradMode::set_enabled(enabled); }

void *ctorch_inference_mode_enter(void) { return new c10::InferenceMode(true); }

void ctorch_inference_mode_leave(void *scope) { delete static_cast<c10::InferenceMode *>(scope); }

void ctorch_set_anomaly_mode(bool enabled) { torch::autograd::AnomalyMode::set_enabled(enabled); }

namespace {

/// A node of the graph that asks the caller for its gradients.
struct CallbackFunction final : torch::autograd::Node {
    std::string title;
    CTorchBackward backward;
    std::shared_ptr<void> context;

    variable_list apply(variable_list &&gradients) override {
        std::vector<CTorchTensor *> given(gradients.size()), results(num_outputs(), nullptr);
        for (size_t i = 0; i < gradients.size(); ++i)
            if (gradients[i].defined()) given[i] = reinterpret_cast<CTorchTensor *>(gradients[i].unsafeGetTensorImpl());
        const char *error = backward(context.get(), given.data(), given.size(), results.data(), results.size());
        variable_list answer(results.size());
        for (size_t i = 0; i < results.size(); ++i)
            if (results[i])
                answer[i] = at::Tensor(
                    c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(implementation(results[i])));
        TORCH_CHECK(!error, error);
        return answer;
    }

    std::string name() const override { return title; }
};

// Nodes are counted by std::shared_ptr in older releases and by c10::intrusive_ptr in newer ones.
using NodePointer = decltype(torch::autograd::impl::grad_accumulator(at::Tensor()));

template <typename Function>
std::shared_ptr<Function> make(std::shared_ptr<torch::autograd::Node> *) {
    return std::make_shared<Function>();
}

template <typename Function>
c10::intrusive_ptr<Function> make(c10::intrusive_ptr<torch::autograd::Node> *) {
    return c10::make_intrusive<Function>();
}

}  // namespace

CTorchError ctorch_attach_function(
    const char *name, CTorchTensor *const *inputs, size_t input_count, CTorchTensor *const *outputs,
    size_t output_count, CTorchBackward backward, void *context, void (*release)(void *)) {
    std::shared_ptr<void> owned(context, release);
    return guarded([&] {
        variable_list from = tensors(inputs, input_count), to = tensors(outputs, output_count);
        if (!c10::GradMode::is_enabled() || !torch::autograd::any_variable_requires_grad(from)) return;
        auto node = make<CallbackFunction>(static_cast<NodePointer *>(nullptr));
        node->title = name;
        node->backward = backward;
        node->context = owned;
        node->set_next_edges(torch::autograd::collect_next_edges(from));
        for (at::Tensor &output : to) torch::autograd::set_history(output, node);
    });
}
