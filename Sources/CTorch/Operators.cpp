// Tensor handles and the boxed call.
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>
#include <ATen/ops/from_blob.h>

#include <cstdlib>
#include <memory>
#include <vector>

#include "Bridge.h"
#include "DirectCalls.h"

using namespace ctorch;

// MARK: Tensors

namespace {

/// Sparse and opaque tensors have neither strides nor one block of memory; asking libtorch for them throws.
bool isStrided(const CTorchTensor *tensor) { return implementation(tensor)->layout() == c10::kStrided; }

}  // namespace

void ctorch_tensor_retain(CTorchTensor *tensor) { c10::raw::intrusive_ptr::incref(implementation(tensor)); }

void ctorch_tensor_release(CTorchTensor *tensor) { c10::raw::intrusive_ptr::decref(implementation(tensor)); }

int64_t ctorch_tensor_dimensions(const CTorchTensor *tensor) { return implementation(tensor)->dim(); }

const int64_t *ctorch_tensor_sizes(const CTorchTensor *tensor) { return implementation(tensor)->sizes().data(); }

const int64_t *ctorch_tensor_strides(const CTorchTensor *tensor) {
    return isStrided(tensor) ? implementation(tensor)->strides().data() : nullptr;
}

int64_t ctorch_tensor_count(const CTorchTensor *tensor) { return implementation(tensor)->numel(); }

int32_t ctorch_tensor_type(const CTorchTensor *tensor) {
    return static_cast<int32_t>(c10::typeMetaToScalarType(implementation(tensor)->dtype()));
}

int32_t ctorch_tensor_device(const CTorchTensor *tensor) { return code(implementation(tensor)->device()); }

bool ctorch_tensor_is_contiguous(const CTorchTensor *tensor) {
    return isStrided(tensor) && implementation(tensor)->is_contiguous();
}

void *ctorch_tensor_data(const CTorchTensor *tensor) {
    bool hasMemory = isStrided(tensor) && implementation(tensor)->has_storage();
    return hasMemory ? at::Tensor(shared(tensor)).data_ptr() : nullptr;
}

bool ctorch_tensor_shares_storage(const CTorchTensor *a, const CTorchTensor *b) {
    auto *first = implementation(a), *second = implementation(b);
    return first->has_storage() && second->has_storage() &&
        first->storage().unsafeGetStorageImpl() == second->storage().unsafeGetStorageImpl();
}

bool ctorch_tensor_requires_gradient(const CTorchTensor *tensor) { return implementation(tensor)->requires_grad(); }

CTorchError ctorch_tensor_set_requires_gradient(CTorchTensor *tensor, bool value) {
    return guarded([&] { at::Tensor(shared(tensor)).requires_grad_(value); });
}

bool ctorch_tensor_is_leaf(const CTorchTensor *tensor) { return at::Tensor(shared(tensor)).is_leaf(); }

CTorchTensor *ctorch_tensor_gradient(const CTorchTensor *tensor) {
    const at::Tensor &gradient = implementation(tensor)->grad();
    if (!gradient.defined()) return nullptr;
    return reinterpret_cast<CTorchTensor *>(at::Tensor(gradient).unsafeReleaseTensorImpl());
}

CTorchError ctorch_tensor_set_gradient(CTorchTensor *tensor, CTorchTensor *gradient) {
    return guarded([&] {
        at::Tensor parameter(shared(tensor));
        if (!gradient) {
            parameter.mutable_grad() = at::Tensor();
            return;
        }
        at::Tensor value(shared(gradient));
        TORCH_CHECK(
            value.sizes() == parameter.sizes() && value.scalar_type() == parameter.scalar_type() &&
                value.device() == parameter.device(),
            "a gradient of ", value.sizes(), " ", value.scalar_type(), " on ", value.device(), " for a tensor of ",
            parameter.sizes(), " ", parameter.scalar_type(), " on ", parameter.device());
        parameter.mutable_grad() = value;
    });
}

CTorchError ctorch_tensor_set_data(CTorchTensor *tensor, const CTorchTensor *other) {
    return guarded([&] { at::Tensor(shared(tensor)).set_data(at::Tensor(shared(other))); });
}

CTorchError ctorch_tensor_from_memory(
    void *memory, const int64_t *sizes, const int64_t *strides, size_t dimensions, int32_t type,
    void (*release)(void *), void *context, CTorchTensor **result) {
    // Called once, also where libtorch refuses the sizes.
    std::shared_ptr<void> owned(context, release);
    return guarded([&] {
        auto options = at::TensorOptions().dtype(static_cast<c10::ScalarType>(type));
        auto done = [owned](void *) {};
        at::Tensor tensor = at::from_blob(
            memory, at::IntArrayRef(sizes, dimensions), at::IntArrayRef(strides, dimensions), done, options);
        *result = reinterpret_cast<CTorchTensor *>(tensor.unsafeReleaseTensorImpl());
    });
}

// MARK: Operators

namespace {

enum class Expected { tensor, real, integers, reals, booleans, tensors, optionalTensors, boolean, other };

struct Parameter {
    std::string name;
    Expected expected;
    int64_t repeats;  // of a single integer given for a list, as in `int[2] stride`
    bool hasDefault;
    c10::IValue defaultValue;
};

Expected expectation(const c10::Type &type) {
    switch (type.kind()) {
        case c10::TypeKind::OptionalType: return expectation(*type.castRaw<c10::OptionalType>()->getElementType());
        case c10::TypeKind::TensorType: return Expected::tensor;
        case c10::TypeKind::FloatType: return Expected::real;
        case c10::TypeKind::BoolType: return Expected::boolean;
        case c10::TypeKind::ListType: {
            const c10::Type &element = *type.castRaw<c10::ListType>()->getElementType();
            switch (element.kind()) {
                case c10::TypeKind::FloatType: return Expected::reals;
                case c10::TypeKind::BoolType: return Expected::booleans;
                case c10::TypeKind::TensorType: return Expected::tensors;
                case c10::TypeKind::OptionalType: return Expected::optionalTensors;
                default: return Expected::integers;
            }
        }
        default: return Expected::other;
    }
}

}  // namespace

struct CTorchOperator {
    c10::OperatorHandle handle;
    std::vector<Parameter> parameters;
    std::string schema;
    DirectCall direct;
};

CTorchError ctorch_operator_find(const char *name, const char *overload, const CTorchOperator **result) {
    return guarded([&] {
        auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
        auto op = std::make_unique<CTorchOperator>(CTorchOperator{handle, {}, c10::toString(handle.schema()), directCall(name, overload)});
        for (const c10::Argument &argument : handle.schema().arguments()) {
            auto value = argument.default_value();
            op->parameters.push_back(
                {argument.name(), expectation(*argument.type()), argument.N().value_or(1), value.has_value(),
                 value.has_value() ? *value : c10::IValue()});
        }
        *result = op.release();
    });
}

int32_t ctorch_operator_argument(const CTorchOperator *op, const char *name) {
    for (size_t i = 0; i < op->parameters.size(); ++i)
        if (op->parameters[i].name == name) return static_cast<int32_t>(i);
    return -1;
}

const char *ctorch_operator_schema(const CTorchOperator *op) { return op->schema.c_str(); }

namespace {

at::Tensor tensor(const void *pointer) {
    return pointer ? at::Tensor(shared(static_cast<const CTorchTensor *>(pointer))) : at::Tensor();
}

template <typename Element, typename Source>
c10::List<Element> list(const CTorchValue &value) {
    c10::List<Element> result;
    result.reserve(value.count);
    auto *source = static_cast<const Source *>(value.pointer);
    for (uint32_t i = 0; i < value.count; ++i) result.push_back(static_cast<Element>(source[i]));
    return result;
}

c10::IValue boxed(const CTorchValue &value, const Parameter &parameter) {
    switch (value.tag) {
        case CTorchNone: return c10::IValue();
        case CTorchTensorValue: return tensor(value.pointer);
        case CTorchInteger:
            switch (parameter.expected) {
                case Expected::real: return static_cast<double>(value.integer);
                case Expected::boolean: return value.integer != 0;
                case Expected::integers: return std::vector<int64_t>(parameter.repeats, value.integer);
                default: return value.integer;
            }
        case CTorchReal: return value.real;
        case CTorchBoolean: return value.integer != 0;
        case CTorchString: return std::string(static_cast<const char *>(value.pointer), value.count);
        case CTorchIntegers:
            switch (parameter.expected) {
                case Expected::reals: return list<double, int64_t>(value);
                case Expected::booleans: return list<bool, int64_t>(value);
                default: return at::IntArrayRef(static_cast<const int64_t *>(value.pointer), value.count);
            }
        case CTorchReals: return list<double, double>(value);
        case CTorchTensors: {
            auto *source = static_cast<const CTorchTensor *const *>(value.pointer);
            if (parameter.expected == Expected::optionalTensors) {
                c10::List<c10::optional<at::Tensor>> result;
                result.reserve(value.count);
                for (uint32_t i = 0; i < value.count; ++i)
                    result.push_back(source[i] ? c10::optional<at::Tensor>(tensor(source[i])) : c10::nullopt);
                return result;
            }
            c10::List<at::Tensor> result;
            result.reserve(value.count);
            for (uint32_t i = 0; i < value.count; ++i) result.push_back(tensor(source[i]));
            return result;
        }
        case CTorchDevice: return device(static_cast<int32_t>(value.integer));
        case CTorchGeneratorValue:
            return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(
                static_cast<c10::GeneratorImpl *>(const_cast<void *>(value.pointer))));
        default: TORCH_CHECK(false, "argument of unknown kind ", value.tag);
    }
}

CTorchValue handedOver(at::Tensor &&tensor) {
    CTorchValue value{CTorchTensorValue, 0, {}};
    value.pointer = tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
    return value;
}

bool canBeHandedOver(const c10::IValue &result) {
    return result.isTensor() || result.isTensorList() || result.isBool() || result.isInt() || result.isDouble() ||
        result.isNone();
}

CTorchValue unboxed(c10::IValue &&result) {
    CTorchValue value{CTorchNone, 0, {}};
    if (result.isTensor()) return handedOver(std::move(result).toTensor());
    if (result.isTensorList()) {
        auto tensors = std::move(result).toTensorVector();
        auto **array = static_cast<void **>(std::malloc(sizeof(void *) * (tensors.size() + 1)));
        for (size_t i = 0; i < tensors.size(); ++i)
            array[i] = tensors[i].defined() ? tensors[i].unsafeReleaseTensorImpl() : nullptr;
        value.tag = CTorchTensors;
        value.count = static_cast<uint32_t>(tensors.size());
        value.pointer = array;
    } else if (result.isBool()) {
        value.tag = CTorchBoolean;
        value.integer = result.toBool();
    } else if (result.isInt()) {
        value.tag = CTorchInteger;
        value.integer = result.toInt();
    } else if (result.isDouble()) {
        value.tag = CTorchReal;
        value.real = result.toDouble();
    }
    return value;
}

}  // namespace

CTorchError ctorch_operator_call(
    const CTorchOperator *op, const CTorchValue *arguments, size_t count, CTorchValue *results, size_t capacity) {
    return guarded([&] {
        at::Tensor tensor;
        if (op->direct && capacity == 1 && op->direct(arguments, count, tensor)) {
            results[0] = handedOver(std::move(tensor));
            return;
        }
        const auto &parameters = op->parameters;
        TORCH_CHECK(count <= parameters.size(), "takes at most ", parameters.size(), " arguments, got ", count);
        // One stack a thread, given back when the call is done; a call within a call finds it taken and makes its own.
        thread_local torch::jit::Stack spare;
        torch::jit::Stack stack = std::move(spare);
        stack.clear();
        stack.reserve(parameters.size());
        for (size_t i = 0; i < parameters.size(); ++i) {
            if (i < count && arguments[i].tag != CTorchDefault) {
                stack.push_back(boxed(arguments[i], parameters[i]));
            } else {
                TORCH_CHECK(parameters[i].hasDefault, "argument '", parameters[i].name, "' has no default");
                stack.push_back(parameters[i].defaultValue);
            }
        }
        op->handle.callBoxed(stack);
        // All or none: the caller of a call that failed gives nothing back.
        for (size_t i = 0; i < std::min(capacity, stack.size()); ++i)
            TORCH_CHECK(
                canBeHandedOver(stack[i]), "a result of type ", stack[i].tagKind(), " cannot be handed over");
        for (size_t i = 0; i < capacity; ++i)
            results[i] = i < stack.size() ? unboxed(std::move(stack[i])) : CTorchValue{CTorchNone, 0, {}};
        stack.clear();
        spare = std::move(stack);
    });
}

void ctorch_free(const void *memory) { std::free(const_cast<void *>(memory)); }
