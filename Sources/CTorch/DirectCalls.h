// Operators that are called often and take lists, without the boxed call's copies of them.
#pragma once

#include <ATen/core/Tensor.h>

#include "CTorch.h"

namespace ctorch {

/// Calls an operator that returns one tensor. False, and nothing is called, where the arguments are not those that it
/// is written for: the boxed call then takes them, or says what is wrong with them.
using DirectCall = bool (*)(const CTorchValue *arguments, size_t count, at::Tensor &result);

/// Null for an operator that only has the boxed call.
DirectCall directCall(const std::string &name, const std::string &overload);

at::Tensor conv2d(
    const at::Tensor &input, const at::Tensor &weight, const c10::optional<at::Tensor> &bias, at::IntArrayRef stride,
    at::IntArrayRef padding, at::IntArrayRef dilation, int64_t groups);

}  // namespace ctorch
