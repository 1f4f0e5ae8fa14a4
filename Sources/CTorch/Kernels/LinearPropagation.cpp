// Each line depends on the one before it; within a line all pixels are independent and vectorised. Horizontal
// directions transpose a plane first, so that there is one recurrence, down the rows of a plane.
#include <vector>

#include "Kernels.h"
#include "Parallel.h"

namespace kindred {
namespace {

template <typename Real>
KINDRED_INLINE void transpose(const Real *source, int64_t rows, int64_t columns, Real *target) {
    constexpr int64_t tile = 16;
    for (int64_t r = 0; r < rows; r += tile)
        for (int64_t c = 0; c < columns; c += tile)
            for (int64_t i = r; i < std::min(r + tile, rows); ++i)
                for (int64_t j = c; j < std::min(c + tile, columns); ++j) target[j * rows + i] = source[i * columns + j];
}

/// Calls `pixel(i, hasBefore, hasAfter)` along a line; the ends are peeled so that the middle has no branch.
template <typename Pixel>
KINDRED_INLINE void alongLine(int64_t length, Pixel &&pixel) {
    pixel(0, false, length > 1);
    for (int64_t i = 1; i < length - 1; ++i) pixel(i, true, true);
    if (length > 1) pixel(length - 1, true, false);
}

template <typename Real>
KINDRED_INLINE void forward(
    int64_t lines, int64_t length, bool reversed, const Real *x, const Real *const g[3], Real *h) {
    for (int64_t step = 0; step < lines; ++step) {
        int64_t line = reversed ? lines - 1 - step : step, at = line * length;
        if (step == 0) {
            std::copy(x + at, x + at + length, h + at);
            continue;
        }
        const Real *previous = h + (reversed ? line + 1 : line - 1) * length;
        const Real *input = x + at, *before = g[0] + at, *beside = g[1] + at, *after = g[2] + at;
        Real *output = h + at;
        alongLine(length, [&](int64_t i, bool hasBefore, bool hasAfter) __attribute__((always_inline)) {
            Real value = input[i] + beside[i] * (previous[i] - input[i]);
            if (hasBefore) value += before[i] * (previous[i - 1] - input[i]);
            if (hasAfter) value += after[i] * (previous[i + 1] - input[i]);
            output[i] = value;
        });
    }
}

/// `total` [lines, length] holds the output's gradient and becomes that of each h, later lines included.
template <typename Real>
KINDRED_INLINE void backward(
    int64_t lines, int64_t length, bool reversed, const Real *x, const Real *const g[3], const Real *h, Real *total,
    Real *dx, Real *const dg[3]) {
    for (int64_t step = lines; step-- > 0;) {
        int64_t line = reversed ? lines - 1 - step : step, at = line * length;
        Real *gradient = total + at;
        if (step == 0) {
            std::copy(gradient, gradient + length, dx + at);
            for (int k = 0; k < 3; ++k) std::fill(dg[k] + at, dg[k] + at + length, Real(0));
            continue;
        }
        int64_t earlier = (reversed ? line + 1 : line - 1) * length;
        const Real *previous = h + earlier, *input = x + at;
        const Real *before = g[0] + at, *beside = g[1] + at, *after = g[2] + at;
        Real *passed = total + earlier;
        alongLine(length, [&](int64_t i, bool hasBefore, bool hasAfter) __attribute__((always_inline)) {
            Real kept = 1 - beside[i];
            dg[1][at + i] = gradient[i] * (previous[i] - input[i]);
            if (hasBefore) kept -= before[i];
            dg[0][at + i] = hasBefore ? gradient[i] * (previous[i - 1] - input[i]) : Real(0);
            if (hasAfter) kept -= after[i];
            dg[2][at + i] = hasAfter ? gradient[i] * (previous[i + 1] - input[i]) : Real(0);
            dx[at + i] = gradient[i] * kept;
            // What reached pixel i of the previous line: gathered, not scattered, so that it vectorises.
            Real received = beside[i] * gradient[i];
            if (hasAfter) received += before[i + 1] * gradient[i + 1];
            if (hasBefore) received += after[i - 1] * gradient[i - 1];
            passed[i] += received;
        });
    }
}

KINDRED_VECTORIZED void forwardPlane(
    int64_t lines, int64_t length, bool reversed, const float *x, const float *const g[3], float *h) {
    forward(lines, length, reversed, x, g, h);
}
KINDRED_VECTORIZED void forwardPlane(
    int64_t lines, int64_t length, bool reversed, const double *x, const double *const g[3], double *h) {
    forward(lines, length, reversed, x, g, h);
}
KINDRED_VECTORIZED void backwardPlane(
    int64_t lines, int64_t length, bool reversed, const float *x, const float *const g[3], const float *h,
    float *total, float *dx, float *const dg[3]) {
    backward(lines, length, reversed, x, g, h, total, dx, dg);
}
KINDRED_VECTORIZED void backwardPlane(
    int64_t lines, int64_t length, bool reversed, const double *x, const double *const g[3], const double *h,
    double *total, double *dx, double *const dg[3]) {
    backward(lines, length, reversed, x, g, h, total, dx, dg);
}

}  // namespace

template <typename Real>
void propagate(const PropagationShape &shape, const Real *input, const Real *const gates[3], Real *output) {
    const int64_t height = shape.height, width = shape.width, area = height * width;
    const bool reversed = shape.direction & 1;
    parallel(shape.planes, 1, [&](int64_t from, int64_t to) {
        if (shape.direction >= 2) {
            for (int64_t p = from; p < to; ++p) {
                const Real *g[3] = {gates[0] + p * area, gates[1] + p * area, gates[2] + p * area};
                forwardPlane(height, width, reversed, input + p * area, g, output + p * area);
            }
            return;
        }
        std::vector<Real> scratch(5 * area);
        Real *x = scratch.data(), *h = x + 4 * area;
        const Real *g[3] = {x + area, x + 2 * area, x + 3 * area};
        for (int64_t p = from; p < to; ++p) {
            transpose(input + p * area, height, width, x);
            for (int k = 0; k < 3; ++k) transpose(gates[k] + p * area, height, width, x + (k + 1) * area);
            forwardPlane(width, height, reversed, x, g, h);
            transpose(h, width, height, output + p * area);
        }
    });
}

template <typename Real>
void propagateBackward(
    const PropagationShape &shape, const Real *gradient, const Real *input, const Real *const gates[3],
    const Real *output, Real *inputGradient, Real *const gateGradients[3]) {
    const int64_t height = shape.height, width = shape.width, area = height * width;
    const bool reversed = shape.direction & 1, vertical = shape.direction >= 2;
    parallel(shape.planes, 1, [&](int64_t from, int64_t to) {
        std::vector<Real> scratch((vertical ? 1 : 10) * area);
        Real *total = scratch.data();
        for (int64_t p = from; p < to; ++p) {
            const int64_t at = p * area;
            if (vertical) {
                const Real *g[3] = {gates[0] + at, gates[1] + at, gates[2] + at};
                Real *dg[3] = {gateGradients[0] + at, gateGradients[1] + at, gateGradients[2] + at};
                std::copy(gradient + at, gradient + at + area, total);
                backwardPlane(
                    height, width, reversed, input + at, g, output + at, total, inputGradient + at, dg);
                continue;
            }
            Real *x = total + area, *h = total + 2 * area, *dx = total + 3 * area;
            Real *dg[3] = {total + 4 * area, total + 5 * area, total + 6 * area};
            const Real *g[3] = {total + 7 * area, total + 8 * area, total + 9 * area};
            transpose(gradient + at, height, width, total);
            transpose(input + at, height, width, x);
            transpose(output + at, height, width, h);
            for (int k = 0; k < 3; ++k) transpose(gates[k] + at, height, width, total + (7 + k) * area);
            backwardPlane(width, height, reversed, x, g, h, total, dx, dg);
            transpose(dx, width, height, inputGradient + at);
            for (int k = 0; k < 3; ++k) transpose(dg[k], width, height, gateGradients[k] + at);
        }
    });
}

template void propagate(const PropagationShape &, const float *, const float *const[3], float *);
template void propagate(const PropagationShape &, const double *, const double *const[3], double *);
template void propagateBackward(
    const PropagationShape &, const float *, const float *, const float *const[3], const float *, float *,
    float *const[3]);
template void propagateBackward(
    const PropagationShape &, const double *, const double *, const double *const[3], const double *, double *,
    double *const[3]);

}  // namespace kindred
