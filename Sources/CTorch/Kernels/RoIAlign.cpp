// The mean of bilinear samples on a grid is separable: pooled = Y · features · Xᵀ with a few taps in each row of Y and
// X. Rows are summed first, along contiguous memory, then columns; each feature is read once per bin row.
#include <cmath>
#include <vector>

#include "Kernels.h"
#include "Parallel.h"

namespace kindred {
namespace {

/// The weights of the cells first ..< first + count, from an offset on.
struct Bin {
    int64_t first, count, offset;
};

/// What the loops see of the taps along one axis: cells begin ..< end are touched.
template <typename Real>
struct Axis {
    const Bin *bins;
    int64_t count;
    const Real *weights;
    int64_t begin, end;
};

/// For every bin along one axis, which cells count how much.
template <typename Real>
struct Taps {
    std::vector<Bin> bins;
    std::vector<Real> weights;
    int64_t begin = 0, end = 0;  // cells that any bin touches

    Taps(double start, double length, int64_t binCount, int64_t samplingRatio, int64_t cells) {
        double bin = length / binCount;
        int64_t samples = samplingRatio > 0 ? samplingRatio : static_cast<int64_t>(std::ceil(bin));
        begin = cells;
        bins.reserve(binCount);
        for (int64_t index = 0; index < binCount; ++index) {
            // The cells of a bin are consecutive: collect them in the span that its samples cover.
            int64_t first = cells, last = -1;
            auto each = [&](auto &&use) {
                for (int64_t sample = 0; sample < samples; ++sample) {
                    double position = start + index * bin + (sample + 0.5) * bin / samples;
                    if (!(position >= -1 && position <= cells)) continue;
                    position = std::max(position, 0.0);
                    int64_t low = std::min(static_cast<int64_t>(position), cells - 1);
                    int64_t high = std::min(low + 1, cells - 1);
                    double fraction = low == high ? 0 : position - low;
                    use(low, high, fraction);
                }
            };
            each([&](int64_t low, int64_t high, double) {
                first = std::min(first, low);
                last = std::max(last, high);
            });
            int64_t count = std::max<int64_t>(0, last - first + 1);
            int64_t offset = static_cast<int64_t>(weights.size());
            bins.push_back({count > 0 ? first : 0, count, offset});
            weights.resize(weights.size() + count, Real(0));
            if (count == 0) continue;
            begin = std::min(begin, first);
            end = std::max(end, last + 1);
            each([&](int64_t low, int64_t high, double fraction) {
                weights[offset + low - first] += static_cast<Real>((1 - fraction) / samples);
                weights[offset + high - first] += static_cast<Real>(fraction / samples);
            });
        }
        begin = std::min(begin, end);
    }

    Axis<Real> axis() const { return {bins.data(), int64_t(bins.size()), weights.data(), begin, end}; }
};

template <typename Real>
struct Region {
    int64_t image;
    Taps<Real> vertical, horizontal;

    Region(const RoIAlignShape &shape, const Real *row)
        : image(static_cast<int64_t>(row[0])),
          vertical(axis(shape, row[2], row[4], shape.pooledHeight, shape.height)),
          horizontal(axis(shape, row[1], row[3], shape.pooledWidth, shape.width)) {}

    static Taps<Real> axis(const RoIAlignShape &shape, double from, double to, int64_t bins, int64_t cells) {
        double shift = shape.aligned ? 0.5 : 0.0;
        double start = from * shape.scale - shift, length = to * shape.scale - shift - start;
        if (!shape.aligned) length = std::max(length, 1.0);
        return Taps<Real>(start, length, bins, shape.samplingRatio, cells);
    }
};

template <typename Real>
KINDRED_INLINE void pool(
    const Axis<Real> &rows, const Axis<Real> &columns, const Real *plane, int64_t width, Real *line, Real *pooled) {
    const int64_t begin = columns.begin, span = columns.end - begin;
    for (int64_t r = 0; r < rows.count; ++r) {
        const Bin bin = rows.bins[r];
        for (int64_t x = 0; x < span; ++x) line[x] = 0;
        for (int64_t tap = 0; tap < bin.count; ++tap) {
            const Real weight = rows.weights[bin.offset + tap];
            const Real *row = plane + (bin.first + tap) * width + begin;
            for (int64_t x = 0; x < span; ++x) line[x] += weight * row[x];
        }
        for (int64_t c = 0; c < columns.count; ++c) {
            const Bin column = columns.bins[c];
            const Real *weights = columns.weights + column.offset, *cells = line + (column.first - begin);
            Real sum = 0;
            for (int64_t tap = 0; tap < column.count; ++tap) sum += weights[tap] * cells[tap];
            *pooled++ = sum;
        }
    }
}

template <typename Real>
KINDRED_INLINE void spread(
    const Axis<Real> &rows, const Axis<Real> &columns, const Real *pooled, int64_t width, Real *line, Real *plane) {
    const int64_t begin = columns.begin, span = columns.end - begin;
    for (int64_t r = 0; r < rows.count; ++r) {
        const Bin bin = rows.bins[r];
        for (int64_t x = 0; x < span; ++x) line[x] = 0;
        for (int64_t c = 0; c < columns.count; ++c) {
            const Bin column = columns.bins[c];
            const Real *weights = columns.weights + column.offset;
            Real *cells = line + (column.first - begin);
            const Real value = *pooled++;
            for (int64_t tap = 0; tap < column.count; ++tap) cells[tap] += weights[tap] * value;
        }
        for (int64_t tap = 0; tap < bin.count; ++tap) {
            const Real weight = rows.weights[bin.offset + tap];
            Real *row = plane + (bin.first + tap) * width + begin;
            for (int64_t x = 0; x < span; ++x) row[x] += weight * line[x];
        }
    }
}

KINDRED_VECTORIZED void poolPlane(
    const Axis<float> &rows, const Axis<float> &columns, const float *plane, int64_t width, float *line,
    float *pooled) {
    pool(rows, columns, plane, width, line, pooled);
}

KINDRED_VECTORIZED void poolPlane(
    const Axis<double> &rows, const Axis<double> &columns, const double *plane, int64_t width, double *line,
    double *pooled) {
    pool(rows, columns, plane, width, line, pooled);
}

KINDRED_VECTORIZED void spreadPlane(
    const Axis<float> &rows, const Axis<float> &columns, const float *pooled, int64_t width, float *line,
    float *plane) {
    spread(rows, columns, pooled, width, line, plane);
}

KINDRED_VECTORIZED void spreadPlane(
    const Axis<double> &rows, const Axis<double> &columns, const double *pooled, int64_t width, double *line,
    double *plane) {
    spread(rows, columns, pooled, width, line, plane);
}

}  // namespace

template <typename Real>
void roiAlign(const RoIAlignShape &shape, const Real *features, const Real *regions, Real *pooled) {
    const int64_t bins = shape.pooledHeight * shape.pooledWidth, cells = shape.height * shape.width;
    parallel(shape.regions, 1, [&](int64_t from, int64_t to) {
        std::vector<Real> line(shape.width);
        for (int64_t k = from; k < to; ++k) {
            const Region<Real> region(shape, regions + 5 * k);
            const Axis<Real> rows = region.vertical.axis(), columns = region.horizontal.axis();
            for (int64_t c = 0; c < shape.channels; ++c)
                poolPlane(
                    rows, columns, features + (region.image * shape.channels + c) * cells, shape.width, line.data(),
                    pooled + (k * shape.channels + c) * bins);
        }
    });
}

template <typename Real>
void roiAlignBackward(const RoIAlignShape &shape, const Real *pooledGradient, const Real *rows, Real *gradient) {
    std::vector<Region<Real>> regions;
    regions.reserve(shape.regions);
    for (int64_t k = 0; k < shape.regions; ++k) regions.emplace_back(shape, rows + 5 * k);
    const int64_t bins = shape.pooledHeight * shape.pooledWidth, cells = shape.height * shape.width;
    parallel(shape.channels, 1, [&](int64_t from, int64_t to) {
        std::vector<Real> line(shape.width);
        for (int64_t c = from; c < to; ++c)
            for (int64_t k = 0; k < shape.regions; ++k)
                spreadPlane(
                    regions[k].vertical.axis(), regions[k].horizontal.axis(), pooledGradient + (k * shape.channels + c) * bins, shape.width, line.data(),
                    gradient + (regions[k].image * shape.channels + c) * cells);
    });
}

template void roiAlign(const RoIAlignShape &, const float *, const float *, float *);
template void roiAlign(const RoIAlignShape &, const double *, const double *, double *);
template void roiAlignBackward(const RoIAlignShape &, const float *, const float *, float *);
template void roiAlignBackward(const RoIAlignShape &, const double *, const double *, double *);

}  // namespace kindred
