#include "ByOperators.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

using at::Tensor;
using at::indexing::Slice;

namespace ctorch {

namespace {

/// Sample positions along one axis [K, bins * samples], and how much each counts: 0 beyond a region's own number of
/// samples or outside the features.
std::pair<Tensor, Tensor> samples(
    const Tensor &start, const Tensor &length, int64_t bins, const Tensor &counts, int64_t most, int64_t cells) {
    auto options = start.options();
    Tensor bin = (length / bins).view({-1, 1, 1}), count = counts.view({-1, 1, 1});
    Tensor index = at::arange(bins, options).view({1, -1, 1}), sample = at::arange(most, options).view({1, 1, -1});
    Tensor position = start.view({-1, 1, 1}) + index * bin + (sample + 0.5) * bin / count;
    Tensor weight = (sample < count).logical_and(position >= -1).logical_and(position <= cells).to(options.dtype());
    return {position.reshape({start.size(0), -1}), (weight / count).reshape({start.size(0), -1})};
}

}  // namespace

/// Bilinear samples by `grid_sample` whose border rule is RoIAlign's, then a weighted mean in every bin.
Tensor roiAlignByOperators(
    const Tensor &features, const Tensor &regions, double scale, at::IntArrayRef size, int64_t sampling,
    bool aligned) {
    const int64_t channels = features.size(1), height = features.size(2), width = features.size(3);
    const int64_t bins[2] = {size[0], size[1]};
    Tensor rows = regions.detach().to(features.scalar_type() == at::kDouble ? at::kDouble : at::kFloat);
    Tensor images = rows.select(1, 0).to(at::kLong);
    Tensor corners = rows.slice(1, 1) * scale - (aligned ? 0.5 : 0.0);
    std::vector<Tensor> pooled;
    std::vector<Tensor> order;
    for (int64_t image = 0; image < features.size(0); ++image) {
        Tensor members = (images == image).nonzero().view({-1});
        // Regions with many samples go in parts, so that memory stays bounded.
        for (int64_t from = 0; from < members.size(0);) {
            const int64_t part = std::min<int64_t>(64, members.size(0) - from);
            Tensor chosen = members.slice(0, from, from + part), box = corners.index_select(0, chosen);
            from += part;
            Tensor positions[2], weights[2];
            int64_t most[2];
            for (int axis = 0; axis < 2; ++axis) {  // 0: y, 1: x
                Tensor start = box.select(1, 1 - axis), length = box.select(1, 3 - axis) - start;
                if (!aligned) length = length.clamp_min(1);
                Tensor count = sampling > 0 ? at::full_like(length, double(sampling)) : (length / bins[axis]).ceil();
                count = count.clamp_min(1);
                most[axis] = count.max().item<int64_t>();
                std::tie(positions[axis], weights[axis]) =
                    samples(start, length, bins[axis], count, most[axis], axis == 0 ? height : width);
            }
            Tensor y = (2 * positions[0] + 1) / height - 1, x = (2 * positions[1] + 1) / width - 1;
            Tensor grid = at::stack(
                {x.unsqueeze(1).expand({part, y.size(1), x.size(1)}),
                 y.unsqueeze(2).expand({part, y.size(1), x.size(1)})}, 3);
            // One picture and one tall grid: the features are not repeated for every region.
            Tensor sampled = at::grid_sampler(
                features.slice(0, image, image + 1), grid.reshape({1, part * y.size(1), x.size(1), 2}).to(features.scalar_type()),
                /*interpolation_mode=*/0, /*padding_mode=*/1, /*align_corners=*/false);
            Tensor weight = weights[0].unsqueeze(2) * weights[1].unsqueeze(1);
            sampled = sampled.view({channels, part, y.size(1), x.size(1)}) * weight.to(features.scalar_type());
            sampled = sampled.view({channels, part, bins[0], most[0], bins[1], most[1]}).sum(at::IntArrayRef({3, 5}));
            pooled.push_back(sampled.transpose(0, 1));
            order.push_back(chosen);
        }
    }
    if (pooled.empty()) return features.new_zeros({0, channels, bins[0], bins[1]});
    return at::cat(pooled).index_select(0, at::cat(order).argsort());
}

void checkNMS(const Tensor &boxes, const Tensor &scores, const Tensor &classes) {
    TORCH_CHECK(boxes.dim() == 2 && boxes.size(1) == 4, "batched_nms: boxes must be [N, 4], got ", boxes.sizes());
    TORCH_CHECK(
        scores.dim() == 1 && scores.size(0) == boxes.size(0) && classes.sizes() == scores.sizes(),
        "batched_nms: scores and classes must be [", boxes.size(0), "], got ", scores.sizes(), " and ",
        classes.sizes());
}

/// Greedy suppression as a fixed point: a box stays unless an earlier one that stays overlaps it. Repeated until
/// nothing changes, which takes as many rounds as the longest chain of suppressions.
Tensor batchedNMSByOperators(const Tensor &boxes, const Tensor &scores, const Tensor &classes, double threshold) {
    checkNMS(boxes, scores, classes);
    if (boxes.size(0) == 0) return at::empty({0}, boxes.options().dtype(at::kLong));
    c10::AutoGradMode noGradient(false);
    Tensor rank = at::where(scores.isnan(), at::full_like(scores, -INFINITY), scores);
    Tensor order = std::get<1>(rank.sort(/*stable=*/true, /*dim=*/0, /*descending=*/true));
    Tensor sorted = boxes.index_select(0, order), labels = classes.index_select(0, order);
    Tensor low = sorted.slice(1, 0, 2), high = sorted.slice(1, 2, 4);
    Tensor extent = (at::minimum(high.unsqueeze(0), high.unsqueeze(1)) - at::maximum(low.unsqueeze(0), low.unsqueeze(1)))
                        .clamp_min(0);
    Tensor overlap = extent.select(2, 0) * extent.select(2, 1);
    Tensor area = (high - low).prod(1);
    Tensor ratio = overlap / (area.unsqueeze(0) + area.unsqueeze(1) - overlap);
    Tensor suppresses =
        (ratio > threshold).logical_and(labels.unsqueeze(0) == labels.unsqueeze(1)).triu(1).to(at::kFloat);
    Tensor kept = at::ones_like(rank);
    for (;;) {
        Tensor next = (suppresses * kept.unsqueeze(1).to(at::kFloat)).amax(0).eq(0).to(kept.scalar_type());
        if (next.equal(kept)) break;
        kept = next;
    }
    return order.index_select(0, kept.nonzero().view({-1}));
}

void checkInstances(const Tensor &features, const Tensor &instances) {
    TORCH_CHECK(features.dim() == 4, "instance_mean: features must be [N, C, H, W], got ", features.sizes());
    bool fits = instances.dim() == 4 && instances.size(0) == features.size(0) && instances.size(1) == 1 &&
        instances.size(2) == features.size(2) && instances.size(3) == features.size(3);
    TORCH_CHECK(
        fits, "instance_mean: instances must be [N, 1, H, W] for features ", features.sizes(), ", got ",
        instances.sizes());
    TORCH_CHECK(!instances.is_floating_point(), "instance_mean: instances must be integers");
}

/// Accumulating `index_put_` sorts its indices on CUDA: deterministic, where `scatter_add_` is not.
Tensor instanceMeanByOperators(const Tensor &features, const Tensor &instances) {
    checkInstances(features, instances);
    const int64_t images = features.size(0), channels = features.size(1);
    Tensor image = at::arange(images, instances.options()).view({-1, 1, 1, 1}).expand_as(instances);
    Tensor pairs = at::stack({image.reshape({-1}), instances.reshape({-1})}, 1);
    Tensor dense = std::get<1>(at::unique_dim(pairs, 0, /*sorted=*/true, /*return_inverse=*/true));
    const int64_t groups = dense.max().item<int64_t>() + 1;
    Tensor rows = features.permute({0, 2, 3, 1}).reshape({-1, channels});
    Tensor sums = at::zeros({groups, channels}, rows.options()).index_put({dense}, rows, /*accumulate=*/true);
    Tensor ones = at::ones({dense.size(0)}, rows.options());
    Tensor areas = at::zeros({groups}, rows.options()).index_put({dense}, ones, /*accumulate=*/true);
    Tensor means = (sums / areas.unsqueeze(1)).index_select(0, dense);
    return means.view({images, features.size(2), features.size(3), channels}).permute({0, 3, 1, 2}).contiguous();
}

void checkPropagation(const Tensor &input, const Tensor &gates, int64_t direction) {
    TORCH_CHECK(input.dim() == 4, "propagate: input must be [N, C, H, W], got ", input.sizes());
    bool fits = gates.dim() == 4 && gates.size(0) == input.size(0) && gates.size(1) == 3 * input.size(1) &&
        gates.size(2) == input.size(2) && gates.size(3) == input.size(3);
    TORCH_CHECK(
        fits, "propagate: gates must be [N, 3C, H, W] for the input ", input.sizes(), ", got ", gates.sizes());
    TORCH_CHECK(direction >= 0 && direction < 4, "propagate: direction must be 0 to 3, got ", direction);
}

/// A loop over lines of vectorised operators.
Tensor propagateByOperators(const Tensor &input, const Tensor &gates, int64_t direction) {
    checkPropagation(input, gates, direction);
    const int64_t along = direction < 2 ? 3 : 2, channels = input.size(1), lines = input.size(along);
    const bool reversed = direction & 1;
    std::vector<Tensor> outputs(lines);
    Tensor previous;
    for (int64_t step = 0; step < lines; ++step) {
        const int64_t line = reversed ? lines - 1 - step : step;
        Tensor x = input.select(along, line);
        if (step == 0) {
            outputs[line] = previous = x;
            continue;
        }
        Tensor gate = gates.select(along, line), value = x;
        const int64_t length = x.size(2);
        Tensor padded = at::constant_pad_nd(previous, {1, 1}), present = at::constant_pad_nd(at::ones_like(x), {1, 1});
        for (int64_t k = 0; k < 3; ++k) {
            Tensor g = gate.narrow(1, k * channels, channels) * present.narrow(2, k, length);
            value = value + g * (padded.narrow(2, k, length) - x);
        }
        outputs[line] = previous = value;
    }
    return at::stack(outputs, along);
}

}  // namespace ctorch
