// The boxed call copies a list into a c10::List, and its kernel copies it out again: several allocations, which for a
// small tensor cost more than the operator.
#include "DirectCalls.h"

#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/permute.h>
#include <ATen/ops/reflection_pad2d.h>
#include <ATen/ops/reshape.h>
#include <ATen/ops/select.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/view.h>

#include <array>
#include <string>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "Bridge.h"

using at::IntArrayRef;
using at::Tensor;
using OptionalTensor = c10::optional<Tensor>;

namespace {

bool read(const CTorchValue &value, Tensor &result) {
    if (value.tag != CTorchTensorValue) return false;
    result = Tensor(ctorch::shared(static_cast<const CTorchTensor *>(value.pointer)));
    return true;
}

bool read(const CTorchValue &value, OptionalTensor &result) {
    if (value.tag == CTorchNone) return true;
    Tensor tensor;
    if (!read(value, tensor)) return false;
    result = std::move(tensor);
    return true;
}

bool read(const CTorchValue &value, IntArrayRef &result) {
    if (value.tag != CTorchIntegers) return false;
    result = IntArrayRef(static_cast<const int64_t *>(value.pointer), value.count);
    return true;
}

/// `int[2]`: height and width, or one number for both.
using Pair = std::array<int64_t, 2>;

bool read(const CTorchValue &value, Pair &result) {
    auto *numbers = static_cast<const int64_t *>(value.pointer);
    if (value.tag == CTorchInteger) result.fill(value.integer);
    else if (value.tag == CTorchIntegers && value.count == 2) result = {numbers[0], numbers[1]};
    else return false;
    return true;
}

bool read(const CTorchValue &value, int64_t &result) {
    result = value.integer;
    return value.tag == CTorchInteger;
}

bool read(const CTorchValue &value, bool &result) {
    result = value.integer != 0;
    return value.tag == CTorchBoolean;
}

template <auto function>
struct Direct;

template <typename... Parameters, Tensor (*function)(Parameters...)>
struct Direct<function> {
    static bool call(const CTorchValue *arguments, size_t count, Tensor &result) {
        return count == sizeof...(Parameters) &&
            call(arguments, result, std::make_index_sequence<sizeof...(Parameters)>());
    }

private:
    template <size_t... index>
    static bool call(const CTorchValue *arguments, Tensor &result, std::index_sequence<index...>) {
        std::tuple<std::decay_t<Parameters>...> values;
        if (!(read(arguments[index], std::get<index>(values)) && ...)) return false;
        result = function(std::get<index>(values)...);
        return true;
    }
};

Tensor reshape(const Tensor &x, IntArrayRef shape) { return at::reshape(x, shape); }
Tensor view(const Tensor &x, IntArrayRef shape) { return x.view(shape); }
Tensor permute(const Tensor &x, IntArrayRef dimensions) { return at::permute(x, dimensions); }
Tensor selectIndex(const Tensor &x, int64_t dimension, int64_t index) { return at::select(x, dimension, index); }
Tensor sum(const Tensor &x, IntArrayRef dimensions, bool keep) { return at::sum(x, dimensions, keep); }
Tensor mean(const Tensor &x, IntArrayRef dimensions, bool keep) { return at::mean(x, dimensions, keep); }
Tensor reflectionPad2d(const Tensor &x, IntArrayRef padding) { return at::reflection_pad2d(x, padding); }
Tensor conv2d(
    const Tensor &x, const Tensor &weight, const OptionalTensor &bias, Pair stride, Pair padding, Pair dilation,
    int64_t groups) {
    return ctorch::conv2d(x, weight, bias, stride, padding, dilation, groups);
}
Tensor convTranspose2d(
    const Tensor &x, const Tensor &weight, const OptionalTensor &bias, Pair stride, Pair padding, Pair outputPadding,
    int64_t groups, Pair dilation) {
    return at::conv_transpose2d(x, weight, bias, stride, padding, outputPadding, groups, dilation);
}

}  // namespace

ctorch::DirectCall ctorch::directCall(const std::string &name, const std::string &overload) {
    static const std::unordered_map<std::string, DirectCall> calls = {
        {"aten::reshape.", Direct<&reshape>::call},
        {"aten::view.", Direct<&view>::call},
        {"aten::permute.", Direct<&permute>::call},
        {"aten::select.int", Direct<&selectIndex>::call},
        {"aten::sum.dim_IntList", Direct<&sum>::call},
        {"aten::mean.dim", Direct<&mean>::call},
        {"aten::reflection_pad2d.", Direct<&reflectionPad2d>::call},
        {"aten::conv_transpose2d.input", Direct<&convTranspose2d>::call},
        {"kindred::conv2d.", Direct<&conv2d>::call},
    };
    auto found = calls.find(name + "." + overload);
    return found == calls.end() ? nullptr : found->second;
}
