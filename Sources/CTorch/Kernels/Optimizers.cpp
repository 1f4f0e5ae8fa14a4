// A step reads and writes every weight once; written as separate tensor operations it would do so ten times.
#include <cmath>

#include "Kernels.h"
#include "Parallel.h"

namespace kindred {
namespace {

constexpr int64_t grain = 1 << 15;

KINDRED_VECTORIZED void adamPart(
    const AdamStep &step, int64_t begin, int64_t end, float *weights, const float *gradient, float *mean,
    float *square) {
    const float rate = step.rate / step.correction1, root = 1 / std::sqrt(step.correction2);
    const float rest1 = 1 - step.beta1, beta2 = step.beta2, rest2 = 1 - step.beta2, epsilon = step.epsilon;
    const float kept = step.decoupled ? 1 - step.rate * step.weightDecay : 1;
    const float decay = step.decoupled ? 0 : step.weightDecay;
    for (int64_t i = begin; i < end; ++i) {
        float weight = weights[i] * kept;
        float g = gradient[i] + decay * weight;
        float m = mean[i] + rest1 * (g - mean[i]);
        float v = beta2 * square[i] + rest2 * g * g;
        mean[i] = m;
        square[i] = v;
        weights[i] = weight - rate * m / (std::sqrt(v) * root + epsilon);
    }
}

KINDRED_VECTORIZED void momentumPart(
    const MomentumStep &step, int64_t begin, int64_t end, float *weights, const float *gradient, float *velocity) {
    const float momentum = step.isFirst ? 0 : step.momentum;
    for (int64_t i = begin; i < end; ++i) {
        float g = gradient[i] + step.weightDecay * weights[i];
        float v = momentum * velocity[i] + g;
        velocity[i] = v;
        weights[i] -= step.rate * (step.nesterov ? g + step.momentum * v : v);
    }
}

}  // namespace

void adam(const AdamStep &step, int64_t count, float *weights, const float *gradient, float *mean, float *square) {
    parallel(count, grain, [&](int64_t begin, int64_t end) {
        adamPart(step, begin, end, weights, gradient, mean, square);
    });
}

void momentum(const MomentumStep &step, int64_t count, float *weights, const float *gradient, float *velocity) {
    parallel(count, grain, [&](int64_t begin, int64_t end) {
        momentumPart(step, begin, end, weights, gradient, velocity);
    });
}

}  // namespace kindred
