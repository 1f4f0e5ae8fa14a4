#include "nearest_rows.h"

#include "Dispatch.h"
#include "lanczos.h"

#include <algorithm>
#include <cblas.h>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <vector>

namespace {

constexpr int32_t ballSize = 48;
constexpr float infinity = std::numeric_limits<float>::infinity();

INLINE float dotProduct(const float *__restrict a, const float *__restrict b, int32_t width) {
    float sum[16] = {};
    int32_t c = 0;
    for (; c + 16 <= width; c += 16)
        for (int i = 0; i < 16; i++) sum[i] += a[c + i] * b[c + i];
    for (; c < width; c++) sum[0] += a[c] * b[c];
    float total = 0;
    for (float part : sum) total += part;
    return total;
}

INLINE float squaredGap(const float *__restrict a, const float *__restrict b, int32_t width) {
    float sum[16] = {};
    int32_t c = 0;
    for (; c + 16 <= width; c += 16)
        for (int i = 0; i < 16; i++) sum[i] += (a[c + i] - b[c + i]) * (a[c + i] - b[c + i]);
    for (; c < width; c++) sum[0] += (a[c] - b[c]) * (a[c] - b[c]);
    float total = 0;
    for (float part : sum) total += part;
    return total;
}

// The row that is farthest from a point, the first of equals.
KERNEL int32_t farthest(
    const float *rows, int32_t width, const int32_t *order, int64_t count, const float *point) {
    int32_t found = order[0];
    float most = -1;
    for (int64_t i = 0; i < count; i++) {
        const float gap = squaredGap(rows + int64_t(order[i]) * width, point, width);
        if (gap > most || (gap == most && order[i] < found)) {
            most = gap;
            found = order[i];
        }
    }
    return found;
}

KERNEL void project(
    const float *rows, int32_t width, const int32_t *order, int64_t count, const float *axis, float *along) {
    for (int64_t i = 0; i < count; i++) {
        const float place = dotProduct(rows + int64_t(order[i]) * width, axis, width);
        along[order[i]] = std::isfinite(place) ? place : 0;
    }
}

// Halves the rows across the line between two that lie far apart, again and again.
void divide(const float *rows, int32_t width, int32_t *order, int64_t count, std::vector<float> &along) {
    if (count <= ballSize) return;
    const float *one = rows + int64_t(farthest(rows, width, order, count, rows + int64_t(order[0]) * width)) * width;
    const float *other = rows + int64_t(farthest(rows, width, order, count, one)) * width;
    std::vector<float> axis(width);
    for (int32_t c = 0; c < width; c++) axis[c] = other[c] - one[c];
    project(rows, width, order, count, axis.data(), along.data());
    // Whole balls on the left, so that only the last one of all is not full.
    const int64_t half = (count / ballSize + 1) / 2 * ballSize;
    std::nth_element(order, order + half, order + count, [&](int32_t x, int32_t y) {
        return along[x] < along[y] || (along[x] == along[y] && x < y);
    });
    divide(rows, width, order, half, along);
    divide(rows, width, order + half, count - half, along);
}

}  // namespace

struct MeshRowBalls {
    int64_t count;
    int32_t width, balls;
    std::vector<int32_t> order;
    // Rows in this order, and the middle of each ball's; squared lengths.
    std::vector<float> rows, lengths, centers, centerLengths, radii;
    float longest = 0;

    int64_t size(int32_t ball) const { return std::min<int64_t>(ballSize, count - int64_t(ball) * ballSize); }
};

namespace {

KERNEL void measure(MeshRowBalls &b) {
    const int32_t width = b.width;
    for (int64_t i = 0; i < b.count; i++) {
        const float *row = b.rows.data() + i * width;
        b.lengths[i] = dotProduct(row, row, width);
        if (b.lengths[i] > b.longest) b.longest = b.lengths[i];
    }
    for (int32_t ball = 0; ball < b.balls; ball++) {
        float *center = b.centers.data() + int64_t(ball) * width;
        const float *rows = b.rows.data() + int64_t(ball) * ballSize * width;
        const int64_t size = b.size(ball);
        for (int64_t i = 0; i < size; i++)
            for (int32_t c = 0; c < width; c++) center[c] += rows[i * width + c];
        for (int32_t c = 0; c < width; c++) center[c] /= float(size);
        float radius = 0;
        for (int64_t i = 0; i < size; i++) radius = std::max(radius, squaredGap(rows + i * width, center, width));
        b.radii[ball] = std::sqrt(radius);
        b.centerLengths[ball] = dotProduct(center, center, width);
    }
}

void product(const float *a, int64_t m, const float *b, int64_t n, int32_t width, float *out, int64_t stride) {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, width, -2, a, width, b, width, 0, out, stride);
}

// One ball of queries against those balls of points that may hold a nearer row.
class Search {
  public:
    Search(const MeshRowBalls &queries, const MeshRowBalls &points)
        : queries(queries), points(points), bounds(int64_t(ballSize) * points.balls), products(ballSize * ballSize),
          keys(points.balls), turns(points.balls) {}

    void run(int32_t ball, int32_t *nearest) {
        const int64_t first = int64_t(ball) * ballSize, size = queries.size(ball);
        const float *rows = queries.rows.data() + first * queries.width;
        const float *lengths = queries.lengths.data() + first;
        product(rows, size, points.centers.data(), points.balls, queries.width, bounds.data(), points.balls);
        std::fill(keys.begin(), keys.end(), infinity);
        for (int64_t i = 0; i < size; i++) {
            float *line = bounds.data() + i * points.balls;
            for (int32_t b = 0; b < points.balls; b++) {
                line[b] = std::sqrt(std::max(0.0f, line[b] + points.centerLengths[b] + lengths[i])) - points.radii[b];
                keys[b] = std::min(keys[b], line[b]);
            }
        }
        std::iota(turns.begin(), turns.end(), 0);
        std::sort(turns.begin(), turns.end(), [&](int32_t x, int32_t y) {
            return keys[x] < keys[y] || (keys[x] == keys[y] && x < y);
        });
        std::fill(best, best + size, infinity);
        std::fill(at, at + size, std::numeric_limits<int32_t>::max());
        for (int32_t b : turns) {
            bool isNeeded = false;
            for (int64_t i = 0; i < size && !isNeeded; i++) {
                // What rounding may have done to both sides.
                const float slack = 1e-5f * (lengths[i] + points.longest);
                const float bound = bounds[i * points.balls + b];
                isNeeded = !(bound > 0 && bound * bound > best[i] + lengths[i] + slack);
            }
            if (isNeeded) look(rows, size, b);
        }
        for (int64_t i = 0; i < size; i++) {
            nearest[queries.order[first + i]] = at[i] == std::numeric_limits<int32_t>::max() ? 0 : at[i];
        }
    }

  private:
    const MeshRowBalls &queries, &points;
    std::vector<float> bounds, products, keys;
    std::vector<int32_t> turns;
    // Squared distances less the query's squared length.
    float best[ballSize];
    int32_t at[ballSize];

    void look(const float *rows, int64_t size, int32_t ball) {
        const int64_t first = int64_t(ball) * ballSize, many = points.size(ball);
        product(rows, size, points.rows.data() + first * points.width, many, points.width, products.data(), ballSize);
        const float *lengths = points.lengths.data() + first;
        const int32_t *order = points.order.data() + first;
        for (int64_t i = 0; i < size; i++) {
            const float *line = products.data() + i * ballSize;
            for (int64_t j = 0; j < many; j++) {
                const float value = line[j] + lengths[j];
                if (value < best[i] || (value == best[i] && order[j] < at[i])) {
                    best[i] = value;
                    at[i] = order[j];
                }
            }
        }
    }
};

}  // namespace

int32_t mesh_row_order(const float *rows, int64_t count, int32_t width, int32_t *order) try {
    std::iota(order, order + count, 0);
    std::vector<float> along(count);
    divide(rows, width, order, count, along);
    return 0;
} catch (...) {
    return 1;
}

MeshRowBalls *mesh_row_balls_make(const float *rows, int64_t count, int32_t width, const int32_t *order) try {
    auto balls = std::make_unique<MeshRowBalls>();
    balls->count = count;
    balls->width = width;
    balls->balls = int32_t((count + ballSize - 1) / ballSize);
    balls->order.assign(order, order + count);
    balls->rows.resize(count * width);
    balls->lengths.resize(count);
    balls->centers.resize(int64_t(balls->balls) * width);
    balls->centerLengths.resize(balls->balls);
    balls->radii.resize(balls->balls);
    for (int64_t i = 0; i < count; i++) {
        std::copy_n(rows + int64_t(order[i]) * width, width, balls->rows.data() + i * width);
    }
    measure(*balls);
    return balls.release();
} catch (...) {
    return nullptr;
}

KERNEL float mesh_squared_distance(const float *a, const float *b, int32_t width) { return squaredGap(a, b, width); }

void mesh_row_balls_free(MeshRowBalls *balls) { delete balls; }
int32_t mesh_row_balls_count(const MeshRowBalls *balls) { return balls->balls; }

int32_t mesh_nearest_rows(
    const MeshRowBalls *queries, int32_t first, int32_t end, const MeshRowBalls *points, int32_t *nearest) try {
    mesh_use_one_blas_thread();
    Search search(*queries, *points);
    for (int32_t ball = first; ball < end; ball++) search.run(ball, nearest);
    return 0;
} catch (...) {
    return 1;
}
