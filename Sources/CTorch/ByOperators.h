// Our own operators written with libtorch's: they run, and have gradients, on every device.
#pragma once

#include <ATen/core/Tensor.h>

namespace ctorch {

at::Tensor roiAlignByOperators(
    const at::Tensor &features, const at::Tensor &regions, double scale, at::IntArrayRef size, int64_t sampling,
    bool aligned);
at::Tensor batchedNMSByOperators(
    const at::Tensor &boxes, const at::Tensor &scores, const at::Tensor &classes, double threshold);
at::Tensor instanceMeanByOperators(const at::Tensor &features, const at::Tensor &instances);
at::Tensor propagateByOperators(const at::Tensor &input, const at::Tensor &gates, int64_t direction);

void checkNMS(const at::Tensor &boxes, const at::Tensor &scores, const at::Tensor &classes);
void checkInstances(const at::Tensor &features, const at::Tensor &instances);
void checkPropagation(const at::Tensor &input, const at::Tensor &gates, int64_t direction);

}  // namespace ctorch
