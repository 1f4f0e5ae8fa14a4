// The loops of our own operators, on plain memory. Shapes are row-major; Real is float or double.
#pragma once

#include <cstdint>
#include <vector>

namespace kindred {

/// RoIAlign (He et al. 2017, Mask R-CNN): the mean of bilinear samples in every bin.
struct RoIAlignShape {
    int64_t images, channels, height, width;  // of the features [N, C, H, W]
    int64_t regions;                          // rows of [K, 5]: image, x1, y1, x2, y2
    int64_t pooledHeight, pooledWidth;
    double scale;
    int64_t samplingRatio;  // samples along each side of a bin; 0: one for every feature cell, rounded up
    bool aligned;           // shifts by half a cell (detectron2's RoIAlignV2)
};
template <typename Real>
void roiAlign(const RoIAlignShape &shape, const Real *features, const Real *regions, Real *pooled);
/// `gradient` [N, C, H, W] must be zero on entry. No two threads write one plane: deterministic.
template <typename Real>
void roiAlignBackward(const RoIAlignShape &shape, const Real *pooledGradient, const Real *regions, Real *gradient);

/// Greedy suppression by descending score (ties: the earlier box), within each class. Boxes [N, 4] are x1, y1, x2, y2.
/// Returns the kept boxes by descending score.
template <typename Real>
std::vector<int64_t> nonMaximumSuppression(
    int64_t count, const Real *boxes, const Real *scores, const int64_t *classes, double threshold);

/// Every pixel gets the mean of its instance: features [N, C, P], instances [N, P]. Sums in double, in order.
template <typename Real>
void instanceMean(
    int64_t images, int64_t channels, int64_t pixels, const Real *features, const int64_t *instances, Real *means);

/// Three-way linear propagation (Liu et al. 2017, Spatial Propagation Networks) over planes [P, H, W].
/// Directions: 0 left to right, 1 right to left, 2 top down, 3 bottom up. The gates of plane p are gates[0..2][p]:
/// of the neighbours before, beside and after in the previous line; one that lies outside the image counts as zero.
struct PropagationShape {
    int64_t planes, height, width, direction;
};
template <typename Real>
void propagate(const PropagationShape &shape, const Real *input, const Real *const gates[3], Real *output);
template <typename Real>
void propagateBackward(
    const PropagationShape &shape, const Real *gradient, const Real *input, const Real *const gates[3],
    const Real *output, Real *inputGradient, Real *const gateGradients[3]);

/// One step of Adam (Kingma & Ba 2015), or AdamW (Loshchilov & Hutter 2019) where `decoupled`.
struct AdamStep {
    double rate, beta1, beta2, epsilon, weightDecay;  // 1 - 0.999 has few digits in float32
    bool decoupled;
    double correction1, correction2;  // 1 - beta^t
};
void adam(const AdamStep &step, int64_t count, float *weights, const float *gradient, float *mean, float *square);

/// One step of SGD with momentum as torch.optim.SGD has it: the first step fills the momentum with the gradient.
struct MomentumStep {
    float rate, momentum, weightDecay;
    bool nesterov, isFirst;
};
void momentum(const MomentumStep &step, int64_t count, float *weights, const float *gradient, float *velocity);

}  // namespace kindred
