// Boxes of one class lie together, by descending score, one array a coordinate, so that a kept box is compared with
// those after it in one vectorised sweep. Classes are independent: each thread takes some.
#include <cmath>
#include <numeric>

#include "Kernels.h"
#include "Parallel.h"

namespace kindred {
namespace {

template <typename Real>
KINDRED_INLINE void sweep(
    int64_t count, const Real *x1, const Real *y1, const Real *x2, const Real *y2, const Real *area, int64_t kept,
    Real threshold, uint8_t *suppressed) {
    const Real left = x1[kept], top = y1[kept], right = x2[kept], bottom = y2[kept], size = area[kept];
    for (int64_t j = kept + 1; j < count; ++j) {
        Real width = std::min(right, x2[j]) - std::max(left, x1[j]);
        Real height = std::min(bottom, y2[j]) - std::max(top, y1[j]);
        width = width > 0 ? width : 0;
        height = height > 0 ? height : 0;
        Real overlap = width * height;
        suppressed[j] |= overlap / (size + area[j] - overlap) > threshold;
    }
}

KINDRED_VECTORIZED void suppress(
    int64_t count, const float *x1, const float *y1, const float *x2, const float *y2, const float *area,
    float threshold, uint8_t *suppressed) {
    for (int64_t i = 0; i < count; ++i)
        if (!suppressed[i]) sweep(count, x1, y1, x2, y2, area, i, threshold, suppressed);
}

KINDRED_VECTORIZED void suppress(
    int64_t count, const double *x1, const double *y1, const double *x2, const double *y2, const double *area,
    double threshold, uint8_t *suppressed) {
    for (int64_t i = 0; i < count; ++i)
        if (!suppressed[i]) sweep(count, x1, y1, x2, y2, area, i, threshold, suppressed);
}

}  // namespace

template <typename Real>
std::vector<int64_t> nonMaximumSuppression(
    int64_t count, const Real *boxes, const Real *scores, const int64_t *classes, double threshold) {
    // A score that is not a number comes last.
    auto precedes = [&](int64_t a, int64_t b) {
        bool first = std::isnan(scores[a]), second = std::isnan(scores[b]);
        if (first != second) return second;
        if (!first && scores[a] != scores[b]) return scores[a] > scores[b];
        return a < b;
    };
    std::vector<int64_t> order(count);
    std::iota(order.begin(), order.end(), int64_t(0));
    std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
        return classes[a] != classes[b] ? classes[a] < classes[b] : precedes(a, b);
    });

    std::vector<Real> columns[5];
    for (auto &column : columns) column.resize(count);
    for (int64_t i = 0; i < count; ++i) {
        const Real *box = boxes + 4 * order[i];
        for (int k = 0; k < 4; ++k) columns[k][i] = box[k];
        columns[4][i] = (box[2] - box[0]) * (box[3] - box[1]);
    }
    std::vector<int64_t> starts;
    for (int64_t i = 0; i < count; ++i)
        if (i == 0 || classes[order[i]] != classes[order[i - 1]]) starts.push_back(i);
    starts.push_back(count);

    std::vector<uint8_t> suppressed(count, 0);
    parallel(static_cast<int64_t>(starts.size()) - 1, 1, [&](int64_t from, int64_t to) {
        for (int64_t group = from; group < to; ++group) {
            int64_t start = starts[group];
            suppress(
                starts[group + 1] - start, columns[0].data() + start, columns[1].data() + start,
                columns[2].data() + start, columns[3].data() + start, columns[4].data() + start,
                static_cast<Real>(threshold), suppressed.data() + start);
        }
    });

    std::vector<int64_t> kept;
    for (int64_t i = 0; i < count; ++i)
        if (!suppressed[i]) kept.push_back(order[i]);
    std::sort(kept.begin(), kept.end(), precedes);
    return kept;
}

template std::vector<int64_t> nonMaximumSuppression(int64_t, const float *, const float *, const int64_t *, double);
template std::vector<int64_t> nonMaximumSuppression(int64_t, const double *, const double *, const int64_t *, double);

}  // namespace kindred
