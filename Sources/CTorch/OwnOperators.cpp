// Our own operators, registered with libtorch's dispatcher under "kindred". CPU tensors go to Kernels/; every other
// device gets the same function written with tensor operators (ByOperators.cpp), whose autograd is libtorch's.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "ByOperators.h"
#include "Kernels/Kernels.h"

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

/// Half-precision inputs are computed in float32.
at::ScalarType computing(const Tensor &tensor) {
    TORCH_CHECK(tensor.is_floating_point(), "expected floating-point values, got ", tensor.scalar_type());
    return tensor.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
}

template <typename Body>
void dispatched(at::ScalarType type, Body &&body) {
    if (type == at::kDouble) body(double());
    else body(float());
}

/// Kernels record nothing: a gradient of their gradient would silently miss a part.
void checkOnce(const Tensor &gradient, const char *name) {
    TORCH_CHECK(
        !(c10::GradMode::is_enabled() && gradient.requires_grad()), name, " cannot be differentiated twice");
}

// MARK: RoIAlign

kindred::RoIAlignShape roiAlignShape(
    at::IntArrayRef features, const Tensor &regions, double scale, at::IntArrayRef size, int64_t sampling,
    bool aligned) {
    TORCH_CHECK(
        features.size() == 4 && features[2] > 0 && features[3] > 0,
        "roi_align: features must be [N, C, H, W] with rows and columns, got ", features);
    TORCH_CHECK(
        regions.dim() == 2 && regions.size(1) == 5, "roi_align: regions must be [K, 5], got ", regions.sizes());
    TORCH_CHECK(size.size() == 2 && size[0] > 0 && size[1] > 0, "roi_align: output size must be positive, got ", size);
    TORCH_CHECK(sampling >= 0, "roi_align: sampling ratio must not be negative, got ", sampling);
    return {features[0], features[1], features[2], features[3], regions.size(0), size[0], size[1], scale, sampling,
            aligned};
}

/// Regions as the kernels take them, after a look at every number.
Tensor checkedRegions(const Tensor &regions, at::ScalarType type, int64_t images, double scale) {
    Tensor rows = regions.detach().to(type).contiguous();
    auto check = [&](auto zero) {
        const auto *values = rows.data_ptr<decltype(zero)>();
        for (int64_t k = 0; k < rows.size(0); ++k) {
            const auto *row = values + 5 * k;
            TORCH_CHECK(
                row[0] >= 0 && row[0] < images, "roi_align: region ", k, " is of image ", row[0], " of ", images);
            for (int i = 1; i < 5; ++i)
                TORCH_CHECK(
                    std::abs(row[i] * scale) < 1e6, "roi_align: region ", k, " has the coordinate ", row[i],
                    ", beyond any image");
        }
    };
    dispatched(type, check);
    return rows;
}

Tensor roiAlign(
    const Tensor &features, const Tensor &regions, double scale, at::IntArrayRef size, int64_t sampling,
    bool aligned) {
    auto shape = roiAlignShape(features.sizes(), regions, scale, size, sampling, aligned);
    auto type = computing(features);
    Tensor input = features.to(type).contiguous(), rows = checkedRegions(regions, type, shape.images, scale);
    Tensor pooled = at::empty({shape.regions, shape.channels, size[0], size[1]}, input.options());
    dispatched(type, [&](auto zero) {
        using Real = decltype(zero);
        kindred::roiAlign(shape, input.data_ptr<Real>(), rows.data_ptr<Real>(), pooled.data_ptr<Real>());
    });
    return pooled.to(features.scalar_type());
}

struct RoIAlign : torch::autograd::Function<RoIAlign> {
    static Tensor forward(
        AutogradContext *context, const Tensor &features, const Tensor &regions, double scale, at::IntArrayRef size,
        int64_t sampling, bool aligned) {
        context->save_for_backward({regions});
        context->saved_data["sizes"] = features.sizes();
        context->saved_data["scale"] = scale;
        context->saved_data["sampling"] = sampling;
        context->saved_data["aligned"] = aligned;
        return roiAlign(features, regions, scale, size, sampling, aligned);
    }

    static variable_list backward(AutogradContext *context, variable_list gradients) {
        checkOnce(gradients[0], "roi_align");
        Tensor regions = context->get_saved_variables()[0];
        auto sizes = context->saved_data["sizes"].toIntVector();
        double scale = context->saved_data["scale"].toDouble();
        auto type = computing(gradients[0]);
        Tensor pooled = gradients[0].to(type).contiguous();
        auto shape = roiAlignShape(
            sizes, regions, scale, pooled.sizes().slice(2), context->saved_data["sampling"].toInt(),
            context->saved_data["aligned"].toBool());
        Tensor rows = checkedRegions(regions, type, shape.images, scale);
        Tensor gradient = at::zeros(sizes, pooled.options());
        dispatched(type, [&](auto zero) {
            using Real = decltype(zero);
            kindred::roiAlignBackward(
                shape, pooled.data_ptr<Real>(), rows.data_ptr<Real>(), gradient.data_ptr<Real>());
        });
        return {gradient.to(gradients[0].scalar_type()), Tensor(), Tensor(), Tensor(), Tensor(), Tensor()};
    }
};

Tensor roiAlignWithGradient(
    const Tensor &features, const Tensor &regions, double scale, at::IntArrayRef size, int64_t sampling,
    bool aligned) {
    return RoIAlign::apply(features, regions, scale, size, sampling, aligned);
}

// MARK: Non-maximum suppression

Tensor batchedNMS(const Tensor &boxes, const Tensor &scores, const Tensor &classes, double threshold) {
    ctorch::checkNMS(boxes, scores, classes);
    auto type = computing(boxes);
    Tensor corners = boxes.detach().to(type).contiguous(), confidence = scores.detach().to(type).contiguous();
    Tensor labels = classes.to(at::kLong).contiguous();
    std::vector<int64_t> kept;
    dispatched(type, [&](auto zero) {
        using Real = decltype(zero);
        kept = kindred::nonMaximumSuppression(
            boxes.size(0), corners.data_ptr<Real>(), confidence.data_ptr<Real>(), labels.data_ptr<int64_t>(),
            threshold);
    });
    return at::tensor(kept, at::kLong);
}

// MARK: Instance mean

Tensor instanceMean(const Tensor &features, const Tensor &instances) {
    ctorch::checkInstances(features, instances);
    auto type = computing(features);
    Tensor input = features.to(type).contiguous(), ids = instances.to(at::kLong).contiguous();
    Tensor means = at::empty_like(input);
    dispatched(type, [&](auto zero) {
        using Real = decltype(zero);
        kindred::instanceMean(
            input.size(0), input.size(1), input.size(2) * input.size(3), input.data_ptr<Real>(),
            ids.data_ptr<int64_t>(), means.data_ptr<Real>());
    });
    return means.to(features.scalar_type());
}

/// A mean within instances is a symmetric projection: the gradient is the same function of the gradient.
struct InstanceMean : torch::autograd::Function<InstanceMean> {
    static Tensor forward(AutogradContext *context, const Tensor &features, const Tensor &instances) {
        context->save_for_backward({instances});
        return instanceMean(features, instances);
    }

    static variable_list backward(AutogradContext *context, variable_list gradients) {
        return {InstanceMean::apply(gradients[0], context->get_saved_variables()[0]), Tensor()};
    }
};

Tensor instanceMeanWithGradient(const Tensor &features, const Tensor &instances) {
    return InstanceMean::apply(features, instances);
}

// MARK: Linear propagation

/// Calls `body(shape, offset of the image's planes, offset of its first gate, elements between gates)` per image.
template <typename Body>
void perImage(const Tensor &input, int64_t direction, Body &&body) {
    const int64_t channels = input.size(1), area = input.size(2) * input.size(3), planes = channels * area;
    kindred::PropagationShape shape{channels, input.size(2), input.size(3), direction};
    for (int64_t image = 0; image < input.size(0); ++image) body(shape, image * planes, image * 3 * planes, planes);
}

Tensor propagate(const Tensor &given, const Tensor &givenGates, int64_t direction) {
    ctorch::checkPropagation(given, givenGates, direction);
    auto type = computing(given);
    Tensor input = given.to(type).contiguous(), gates = givenGates.to(type).contiguous();
    Tensor output = at::empty_like(input);
    if (input.numel() == 0) return output.to(given.scalar_type());
    dispatched(type, [&](auto zero) {
        using Real = decltype(zero);
        auto *x = input.data_ptr<Real>(), *g = gates.data_ptr<Real>(), *h = output.data_ptr<Real>();
        perImage(input, direction, [&](const auto &shape, int64_t at, int64_t gate, int64_t planes) {
            const Real *const lines[3] = {g + gate, g + gate + planes, g + gate + 2 * planes};
            kindred::propagate(shape, x + at, lines, h + at);
        });
    });
    return output.to(given.scalar_type());
}

struct Propagate : torch::autograd::Function<Propagate> {
    static Tensor forward(AutogradContext *context, const Tensor &input, const Tensor &gates, int64_t direction) {
        Tensor output = propagate(input, gates, direction);
        context->save_for_backward({input, gates, output});
        context->saved_data["direction"] = direction;
        return output;
    }

    static variable_list backward(AutogradContext *context, variable_list gradients) {
        checkOnce(gradients[0], "propagate");
        auto saved = context->get_saved_variables();
        auto type = computing(saved[0]);
        Tensor gradient = gradients[0].to(type).contiguous(), input = saved[0].to(type).contiguous();
        Tensor gates = saved[1].to(type).contiguous(), output = saved[2].to(type).contiguous();
        Tensor inputGradient = at::empty_like(input), gateGradient = at::empty_like(gates);
        if (input.numel() == 0) return {inputGradient, gateGradient, Tensor()};
        dispatched(type, [&](auto zero) {
            using Real = decltype(zero);
            auto *dh = gradient.data_ptr<Real>(), *x = input.data_ptr<Real>(), *g = gates.data_ptr<Real>();
            auto *h = output.data_ptr<Real>(), *dx = inputGradient.data_ptr<Real>();
            auto *dg = gateGradient.data_ptr<Real>();
            perImage(
                input, context->saved_data["direction"].toInt(),
                [&](const auto &shape, int64_t at, int64_t gate, int64_t planes) {
                    const Real *const lines[3] = {g + gate, g + gate + planes, g + gate + 2 * planes};
                    Real *const changes[3] = {dg + gate, dg + gate + planes, dg + gate + 2 * planes};
                    kindred::propagateBackward(shape, dh + at, x + at, lines, h + at, dx + at, changes);
                });
        });
        return {inputGradient.to(saved[0].scalar_type()), gateGradient.to(saved[1].scalar_type()), Tensor()};
    }
};

Tensor propagateWithGradient(const Tensor &input, const Tensor &gates, int64_t direction) {
    return Propagate::apply(input, gates, direction);
}

// MARK: Optimiser steps

/// Lists of equal length whose tensors fit each other: the kernels look at no sizes.
void checkStep(at::TensorList weights, std::initializer_list<at::TensorList> others) {
    for (at::TensorList list : others) {
        TORCH_CHECK(list.size() == weights.size(), weights.size(), " weights, but a list of ", list.size());
        for (size_t i = 0; i < weights.size(); ++i)
            TORCH_CHECK(
                list[i].sizes() == weights[i].sizes() && list[i].device() == weights[i].device(), "weight ", i,
                " is of ", weights[i].sizes(), " on ", weights[i].device(), ", what goes with it of ",
                list[i].sizes(), " on ", list[i].device());
    }
}

bool fitsKernel(const Tensor &a, const Tensor &b) {
    return a.is_contiguous() && b.is_contiguous() && a.scalar_type() == at::kFloat && b.scalar_type() == at::kFloat;
}

void adamStep(
    at::TensorList weights, at::TensorList gradients, at::TensorList means, at::TensorList squares, double rate,
    double beta1, double beta2, double epsilon, double decay, bool decoupled, int64_t step) {
    checkStep(weights, {gradients, means, squares});
    double correction1 = 1 - std::pow(beta1, step), correction2 = 1 - std::pow(beta2, step);
    kindred::AdamStep settings{rate, beta1, beta2, epsilon, decay, decoupled, correction1, correction2};
    for (size_t i = 0; i < weights.size(); ++i) {
        Tensor weight = weights[i], gradient = gradients[i], mean = means[i], square = squares[i];
        if (weight.is_cpu() && fitsKernel(weight, mean) && fitsKernel(weight, square) &&
            gradient.scalar_type() == at::kFloat) {
            gradient = gradient.contiguous();
            kindred::adam(
                settings, weight.numel(), weight.data_ptr<float>(), gradient.data_ptr<float>(),
                mean.data_ptr<float>(), square.data_ptr<float>());
            continue;
        }
        if (decoupled) weight.mul_(1 - rate * decay);
        else if (decay != 0) gradient = gradient.add(weight, decay);
        mean.lerp_(gradient, 1 - beta1);
        square.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
        weight.addcdiv_(mean, (square.sqrt() / std::sqrt(correction2)).add_(epsilon), -rate / correction1);
    }
}

void momentumStep(
    at::TensorList weights, at::TensorList gradients, at::TensorList velocities, double rate, double momentum,
    double decay, bool nesterov, bool isFirst) {
    checkStep(weights, {gradients, velocities});
    kindred::MomentumStep settings{float(rate), float(momentum), float(decay), nesterov, isFirst};
    for (size_t i = 0; i < weights.size(); ++i) {
        Tensor weight = weights[i], gradient = gradients[i], velocity = velocities[i];
        if (weight.is_cpu() && fitsKernel(weight, velocity) && gradient.scalar_type() == at::kFloat) {
            gradient = gradient.contiguous();
            kindred::momentum(
                settings, weight.numel(), weight.data_ptr<float>(), gradient.data_ptr<float>(),
                velocity.data_ptr<float>());
            continue;
        }
        if (decay != 0) gradient = gradient.add(weight, decay);
        velocity.mul_(isFirst ? 0 : momentum).add_(gradient);
        weight.sub_(nesterov ? gradient.add(velocity, momentum) : velocity, rate);
    }
}

}  // namespace

TORCH_LIBRARY(kindred, library) {
    library.def(
        "roi_align(Tensor features, Tensor regions, float scale, int[2] output_size, int sampling_ratio=0, "
        "bool aligned=True) -> Tensor");
    library.def("batched_nms(Tensor boxes, Tensor scores, Tensor classes, float threshold) -> Tensor");
    library.def("instance_mean(Tensor features, Tensor instances) -> Tensor");
    library.def("propagate(Tensor input, Tensor gates, int direction) -> Tensor");
    library.def(
        "adam_step(Tensor(a!)[] weights, Tensor[] gradients, Tensor(b!)[] means, Tensor(c!)[] squares, float rate, "
        "float beta1, float beta2, float epsilon, float decay, bool decoupled, int step) -> ()");
    library.def(
        "momentum_step(Tensor(a!)[] weights, Tensor[] gradients, Tensor(b!)[] velocities, float rate, float momentum, "
        "float decay, bool nesterov, bool is_first) -> ()");
    // The forms of other devices, callable on any: they are what the kernels are compared with.
    library.def(
        "roi_align_by_operators(Tensor features, Tensor regions, float scale, int[2] output_size, "
        "int sampling_ratio=0, bool aligned=True) -> Tensor",
        ctorch::roiAlignByOperators);
    library.def(
        "batched_nms_by_operators(Tensor boxes, Tensor scores, Tensor classes, float threshold) -> Tensor",
        ctorch::batchedNMSByOperators);
    library.def("instance_mean_by_operators(Tensor features, Tensor instances) -> Tensor", ctorch::instanceMeanByOperators);
    library.def(
        "propagate_by_operators(Tensor input, Tensor gates, int direction) -> Tensor", ctorch::propagateByOperators);
}

TORCH_LIBRARY_IMPL(kindred, CPU, library) {
    library.impl("roi_align", roiAlign);
    library.impl("batched_nms", batchedNMS);
    library.impl("instance_mean", instanceMean);
    library.impl("propagate", propagate);
}

TORCH_LIBRARY_IMPL(kindred, AutogradCPU, library) {
    library.impl("roi_align", roiAlignWithGradient);
    library.impl("batched_nms", batchedNMS);
    library.impl("instance_mean", instanceMeanWithGradient);
    library.impl("propagate", propagateWithGradient);
}

TORCH_LIBRARY_IMPL(kindred, CompositeImplicitAutograd, library) {
    library.impl("roi_align", ctorch::roiAlignByOperators);
    library.impl("batched_nms", ctorch::batchedNMSByOperators);
    library.impl("instance_mean", ctorch::instanceMeanByOperators);
    library.impl("propagate", ctorch::propagateByOperators);
    library.impl("adam_step", adamStep);
    library.impl("momentum_step", momentumStep);
}
