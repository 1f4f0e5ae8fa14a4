// libtorch behind a C interface: handles, one boxed call for every operator, autograd, devices, c10d.
//
// Functions that can fail return NULL on success, or libtorch's message, which is valid until the same thread calls
// again. No C++ exception crosses this interface.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef const char *CTorchError;

// MARK: Tensors

/// A c10::TensorImpl. Whoever receives a pointer holds one reference and gives it back with ctorch_tensor_release.
typedef struct CTorchTensor CTorchTensor;

void ctorch_tensor_retain(CTorchTensor *_Nonnull tensor);
void ctorch_tensor_release(CTorchTensor *_Nonnull tensor);

int64_t ctorch_tensor_dimensions(const CTorchTensor *_Nonnull tensor);
/// Sizes and strides (in elements): as many as dimensions; they live as long as the tensor is not resized.
const int64_t *_Nonnull ctorch_tensor_sizes(const CTorchTensor *_Nonnull tensor);
/// NULL where there are none: sparse tensors.
const int64_t *_Nullable ctorch_tensor_strides(const CTorchTensor *_Nonnull tensor);
int64_t ctorch_tensor_count(const CTorchTensor *_Nonnull tensor);
/// c10::ScalarType.
int32_t ctorch_tensor_type(const CTorchTensor *_Nonnull tensor);
/// Device as an integer: c10::DeviceType * 256 + index, index 255 where there is none.
int32_t ctorch_tensor_device(const CTorchTensor *_Nonnull tensor);
bool ctorch_tensor_is_contiguous(const CTorchTensor *_Nonnull tensor);
/// The first element, in the memory of the tensor's device; NULL where the elements are not in one block.
void *_Nullable ctorch_tensor_data(const CTorchTensor *_Nonnull tensor);
/// Whether two tensors look at the same storage.
bool ctorch_tensor_shares_storage(const CTorchTensor *_Nonnull a, const CTorchTensor *_Nonnull b);

bool ctorch_tensor_requires_gradient(const CTorchTensor *_Nonnull tensor);
CTorchError _Nullable ctorch_tensor_set_requires_gradient(CTorchTensor *_Nonnull tensor, bool value);
bool ctorch_tensor_is_leaf(const CTorchTensor *_Nonnull tensor);
/// The accumulated gradient with a reference for the caller, or NULL.
CTorchTensor *_Nullable ctorch_tensor_gradient(const CTorchTensor *_Nonnull tensor);
CTorchError _Nullable ctorch_tensor_set_gradient(CTorchTensor *_Nonnull tensor, CTorchTensor *_Nullable gradient);
/// Replaces what the tensor holds (data, type, device) and keeps its identity, as torch's `tensor.data = other`.
CTorchError _Nullable ctorch_tensor_set_data(CTorchTensor *_Nonnull tensor, const CTorchTensor *_Nonnull other);

/// A tensor over memory of the caller; `release(context)` is called when libtorch needs it no more.
CTorchError _Nullable ctorch_tensor_from_memory(
    void *_Nonnull memory, const int64_t *_Nullable sizes, const int64_t *_Nullable strides, size_t dimensions,
    int32_t type, void (*_Nonnull release)(void *_Nullable), void *_Nullable context,
    CTorchTensor *_Nullable *_Nonnull result);

// MARK: Operators

typedef struct CTorchOperator CTorchOperator;

typedef enum CTorchTag {
    CTorchDefault = 0,  // the schema's own default
    CTorchNone,
    CTorchTensorValue,
    CTorchInteger,
    CTorchReal,
    CTorchBoolean,
    CTorchString,       // UTF-8 of `count` bytes
    CTorchIntegers,
    CTorchReals,
    CTorchTensors,      // CTorchTensor *[count]; NULL for an absent one
    CTorchDevice,
    CTorchGeneratorValue,
} CTorchTag;

typedef struct CTorchValue {
    int32_t tag;
    uint32_t count;
    union {
        int64_t integer;
        double real;
        const void *_Nullable pointer;
    };
} CTorchValue;

/// Looks an operator up by its schema name ("aten::conv2d") and overload name ("" for none); never released.
CTorchError _Nullable ctorch_operator_find(
    const char *_Nonnull name, const char *_Nonnull overload, const CTorchOperator *_Nullable *_Nonnull result);
/// Position of a named argument, or -1.
int32_t ctorch_operator_argument(const CTorchOperator *_Nonnull op, const char *_Nonnull name);
/// The schema as text.
const char *_Nonnull ctorch_operator_schema(const CTorchOperator *_Nonnull op);

/// Calls an operator. Arguments stand in the schema's order; those that are missing or CTorchDefault are filled from
/// the schema. At most `capacity` results are handed over (tensors with a reference each; a CTorchTensors result
/// is an array to be given to ctorch_free, NULL in it for an undefined one); more are dropped. None are after an error.
CTorchError _Nullable ctorch_operator_call(
    const CTorchOperator *_Nonnull op, const CTorchValue *_Nullable arguments, size_t count,
    CTorchValue *_Nullable results, size_t capacity);
void ctorch_free(const void *_Nullable memory);

// MARK: Autograd

/// Adds gradients to the leaves `inputs`, or to all leaves where there are none.
CTorchError _Nullable ctorch_backward(
    CTorchTensor *_Nonnull const *_Nonnull outputs, CTorchTensor *_Nullable const *_Nullable gradients, size_t count,
    CTorchTensor *_Nonnull const *_Nullable inputs, size_t input_count, bool retains_graph, bool creates_graph);
/// Gradients of the sum of `outputs` (weighted by `gradients` where given) with respect to `inputs`: `results` has
/// room for one each; NULL for an input that was not used, which is an error unless `allows_unused`.
CTorchError _Nullable ctorch_gradients(
    CTorchTensor *_Nonnull const *_Nonnull outputs, CTorchTensor *_Nullable const *_Nullable gradients, size_t count,
    CTorchTensor *_Nonnull const *_Nonnull inputs, size_t input_count, bool retains_graph, bool creates_graph,
    bool allows_unused, CTorchTensor *_Nullable *_Nonnull results);

bool ctorch_gradient_mode(void);
void ctorch_set_gradient_mode(bool enabled);
void *_Nonnull ctorch_inference_mode_enter(void);
void ctorch_inference_mode_leave(void *_Nonnull scope);
void ctorch_set_anomaly_mode(bool enabled);

/// A backward function of the caller. It gets one gradient per output (NULL for zero), writes one per input with a
/// reference (or NULL), and returns NULL or an error text that it owns until the next call.
typedef CTorchError _Nullable (*CTorchBackward)(
    void *_Nullable context, CTorchTensor *_Nullable const *_Nonnull gradients, size_t count,
    CTorchTensor *_Nullable *_Nonnull results, size_t result_count);
/// Makes `outputs` (computed without gradient, not views of inputs) the results of a function of `inputs`.
CTorchError _Nullable ctorch_attach_function(
    const char *_Nonnull name, CTorchTensor *_Nonnull const *_Nonnull inputs, size_t input_count,
    CTorchTensor *_Nonnull const *_Nonnull outputs, size_t output_count, CTorchBackward _Nonnull backward,
    void *_Nullable context, void (*_Nonnull release)(void *_Nullable));

// MARK: Runtime

/// "1.13.1"-like text of the libtorch that was compiled against.
const char *_Nonnull ctorch_version(void);
/// libtorch's description of its build: BLAS, oneDNN, OpenMP, CPU capability.
const char *_Nonnull ctorch_build_description(void);
int32_t ctorch_threads(void);
CTorchError _Nullable ctorch_set_threads(int32_t count);
int32_t ctorch_cuda_device_count(void);
CTorchError _Nullable ctorch_synchronize(int32_t device);
CTorchError _Nullable ctorch_set_deterministic(bool enabled);

typedef struct CTorchGenerator CTorchGenerator;
CTorchError _Nullable ctorch_generator_make(int32_t device, CTorchGenerator *_Nullable *_Nonnull result);
/// libtorch's own generator of a device; the caller gets a reference.
CTorchError _Nullable ctorch_generator_default(int32_t device, CTorchGenerator *_Nullable *_Nonnull result);
void ctorch_generator_release(CTorchGenerator *_Nonnull generator);
CTorchError _Nullable ctorch_generator_seed(CTorchGenerator *_Nonnull generator, uint64_t seed);
/// The state as a byte tensor.
CTorchError _Nullable ctorch_generator_state(CTorchGenerator *_Nonnull generator, CTorchTensor *_Nullable *_Nonnull result);
CTorchError _Nullable ctorch_generator_set_state(CTorchGenerator *_Nonnull generator, const CTorchTensor *_Nonnull state);

typedef struct CTorchMemory {
    int64_t allocated;       // bytes of live tensors
    int64_t peak_allocated;  // the most since the last reset
    int64_t cached;          // bytes kept for reuse
} CTorchMemory;
CTorchError _Nullable ctorch_memory(int32_t device, CTorchMemory *_Nonnull result);
CTorchError _Nullable ctorch_reset_peak_memory(int32_t device);
CTorchError _Nullable ctorch_release_cached_memory(int32_t device);

/// Autocast of one device type (c10::DeviceType) on this thread.
typedef struct CTorchAutocast {
    int32_t device_type;
    int32_t type;  // c10::ScalarType
    bool enabled;
} CTorchAutocast;
/// Switches it on and says how it was before, which ctorch_autocast_leave restores.
CTorchError _Nullable ctorch_autocast_enter(int32_t device_type, int32_t type, CTorchAutocast *_Nonnull before);
void ctorch_autocast_leave(CTorchAutocast before);

// MARK: c10d

typedef struct CTorchGroup CTorchGroup;
bool ctorch_distributed_has(const char *_Nonnull backend);
/// Joins a process group through a TCP store at host:port that rank 0 serves.
CTorchError _Nullable ctorch_group_join(
    const char *_Nonnull backend, const char *_Nonnull host, uint16_t port, int32_t rank, int32_t size,
    double timeout_seconds, CTorchGroup *_Nullable *_Nonnull result);
void ctorch_group_leave(CTorchGroup *_Nonnull group);
/// Adds the ranks' tensors up in place.
CTorchError _Nullable ctorch_group_all_reduce(CTorchGroup *_Nonnull group, CTorchTensor *_Nonnull tensor);
CTorchError _Nullable ctorch_group_broadcast(CTorchGroup *_Nonnull group, CTorchTensor *_Nonnull tensor, int32_t root);
CTorchError _Nullable ctorch_group_barrier(CTorchGroup *_Nonnull group);

/// Averages the gradients of `parameters` over the ranks while backward runs: buckets of about `bucket_bytes`, filled
/// in the reverse order of the parameters, each reduced as soon as it is full.
typedef struct CTorchReducer CTorchReducer;
CTorchError _Nullable ctorch_reducer_make(
    CTorchGroup *_Nonnull group, CTorchTensor *_Nonnull const *_Nonnull parameters, size_t count, int64_t bucket_bytes,
    CTorchReducer *_Nullable *_Nonnull result);
/// Whether the next backward passes are reduced; off while gradients accumulate.
void ctorch_reducer_set_enabled(CTorchReducer *_Nonnull reducer, bool enabled);
/// Waits for the reductions and writes the averages back into the gradients; parameters that got no gradient in this
/// pass count as zero. Call after backward on every rank.
CTorchError _Nullable ctorch_reducer_finish(CTorchReducer *_Nonnull reducer);
void ctorch_reducer_release(CTorchReducer *_Nonnull reducer);

#ifdef __cplusplus
}
#endif
