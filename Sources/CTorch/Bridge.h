// What the shim's files share: handles to libtorch's types and back, and the fence that no exception crosses.
#pragma once

#include <ATen/core/TensorBase.h>
#include <c10/util/Exception.h>

#include <exception>
#include <string>

#include "CTorch.h"

namespace ctorch {

inline c10::TensorImpl *implementation(const CTorchTensor *tensor) {
    return reinterpret_cast<c10::TensorImpl *>(const_cast<CTorchTensor *>(tensor));
}

/// A tensor that shares the caller's reference count: takes one more reference.
inline c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl> shared(const CTorchTensor *tensor) {
    return c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(implementation(tensor));
}

inline const char *keep(const char *message) {
    thread_local std::string text;
    text = message;
    return text.c_str();
}

/// Runs `body`; what it throws becomes a text. libtorch's stack traces are left out.
template <typename Body>
const char *guarded(Body &&body) noexcept {
    try {
        body();
        return nullptr;
    } catch (const c10::Error &error) {
        return keep(error.what_without_backtrace());
    } catch (const std::exception &error) {
        return keep(error.what());
    } catch (...) {
        return keep("an unknown C++ exception");
    }
}

inline c10::Device device(int32_t code) {
    int index = code & 255;
    return c10::Device(static_cast<c10::DeviceType>(code >> 8), index == 255 ? -1 : index);
}

inline int32_t code(c10::Device device) {
    return static_cast<int32_t>(device.type()) * 256 + (device.has_index() ? device.index() : 255);
}

}  // namespace ctorch
