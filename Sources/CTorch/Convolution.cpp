// Convolutions whose weights outweigh their pictures, or reach beyond them.
#include <ATen/ops/addmm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/im2col.h>
#include <ATen/ops/mm.h>
#include <torch/library.h>

#include <array>

#include "DirectCalls.h"

using at::IntArrayRef;
using at::Tensor;

namespace {

int64_t outputSize(int64_t size, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation) {
    return stride > 0 ? (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1 : 0;
}

/// oneDNN puts the weights into an order of its own at every call, and their gradients back. For a picture of few
/// pixels that costs more than the convolution gains over one matrix product, which takes them as they are.
bool isWeightBound(
    const Tensor &input, const Tensor &weight, const c10::optional<Tensor> &bias, IntArrayRef stride,
    IntArrayRef padding, IntArrayRef dilation, int64_t groups) {
    constexpr int64_t manyWeights = 1 << 22, fewPixels = 256;  // measured: Documentation/Speed.md
    if (weight.dim() != 4 || weight.numel() < manyWeights || groups != 1 || input.dim() != 4 || input.size(0) != 1 ||
        input.size(1) != weight.size(1) || !input.is_cpu() || !weight.is_cpu() || input.scalar_type() != at::kFloat ||
        weight.scalar_type() != at::kFloat || stride.size() != 2 || padding.size() != 2 || dilation.size() != 2 ||
        (bias.has_value() && bias->defined() && !bias->sizes().equals({weight.size(0)})))
        return false;
    int64_t height = outputSize(input.size(2), weight.size(2), stride[0], padding[0], dilation[0]);
    int64_t width = outputSize(input.size(3), weight.size(3), stride[1], padding[1], dilation[1]);
    return height > 0 && width > 0 && height * width <= fewPixels;
}

/// Leaves out the taps of a kernel that lie in the padding wherever it is put, in one direction: of a dilation of 56 over a
/// region of 14 pixels the middle one stays, for which oneDNN has a fast form.
Tensor withoutIdleTaps(
    const Tensor &weight, int64_t dim, int64_t size, int64_t stride, int64_t &padding, int64_t dilation) {
    int64_t taps = weight.size(dim), output = outputSize(size, taps, stride, padding, dilation);
    if (output <= 0 || dilation <= 0) return weight;
    int64_t first = 0, last = taps - 1;
    while (first < last && (output - 1) * stride - padding + first * dilation < 0) ++first;
    while (last > first && last * dilation - padding >= size) --last;
    int64_t rest = padding - first * dilation;
    if (last - first + 1 == taps || rest < 0 || outputSize(size, last - first + 1, stride, rest, dilation) != output)
        return weight;
    padding = rest;
    return weight.slice(dim, first, last + 1);
}

}  // namespace

/// As torch.nn.functional.conv2d. Written with libtorch's operators, whose gradients it has; what they keep for the
/// weight-bound form is the columns, at most 256 times the weights of one output channel.
Tensor ctorch::conv2d(
    const Tensor &input, const Tensor &weight, const c10::optional<Tensor> &bias, IntArrayRef stride,
    IntArrayRef padding, IntArrayRef dilation, int64_t groups) {
    if (input.dim() == 4 && weight.dim() == 4 && stride.size() == 2 && padding.size() == 2 && dilation.size() == 2 &&
        (dilation[0] > 1 || dilation[1] > 1)) {
        std::array<int64_t, 2> rest = {padding[0], padding[1]};
        Tensor used = withoutIdleTaps(weight, 2, input.size(2), stride[0], rest[0], dilation[0]);
        used = withoutIdleTaps(used, 3, input.size(3), stride[1], rest[1], dilation[1]);
        if (!used.is_same(weight)) return ctorch::conv2d(input, used, bias, stride, rest, dilation, groups);
    }
    if (!isWeightBound(input, weight, bias, stride, padding, dilation, groups))
        return at::conv2d(input, weight, bias, stride, padding, dilation, groups);
    IntArrayRef kernel = weight.sizes().slice(2);
    Tensor columns = at::im2col(input, kernel, dilation, padding, stride).squeeze(0);
    Tensor rows = weight.flatten(1);
    Tensor output = bias.has_value() && bias->defined() ? at::addmm(bias->unsqueeze(1), rows, columns)
                                                        : at::mm(rows, columns);
    int64_t height = outputSize(input.size(2), kernel[0], stride[0], padding[0], dilation[0]);
    return output.view({1, weight.size(0), height, output.size(1) / height});
}

TORCH_LIBRARY_FRAGMENT(kindred, library) {
    library.def(
        "conv2d(Tensor input, Tensor weight, Tensor? bias=None, int[2] stride=1, int[2] padding=0, int[2] dilation=1, "
        "int groups=1) -> Tensor",
        ctorch::conv2d);
}
