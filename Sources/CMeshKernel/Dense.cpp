#include "dense.h"

#include "lanczos.h"

#include <algorithm>
#include <cblas.h>
#include <limits>
#include <new>
#include <vector>

extern "C" void dposv_(
    const char *uplo, const int32_t *n, const int32_t *nrhs, double *a, const int32_t *lda, double *b,
    const int32_t *ldb, int32_t *info);

int32_t mesh_nearest_rows(
    const float *queries, int64_t count, const float *points, int64_t pointCount, int32_t width, int32_t *nearest,
    float *squaredDistances) try {
    // Tiles of products stay in the second cache.
    constexpr int64_t rows = 192, columns = 512;
    mesh_use_one_blas_thread();
    std::vector<float> products(rows * columns), lengths(pointCount), best(rows);
    for (int64_t j = 0; j < pointCount; ++j) {
        lengths[j] = cblas_sdot(width, points + j * width, 1, points + j * width, 1);
    }
    for (int64_t first = 0; first < count; first += rows) {
        const int64_t some = std::min(rows, count - first);
        std::fill(best.begin(), best.end(), std::numeric_limits<float>::infinity());
        std::fill(nearest + first, nearest + first + some, 0);
        for (int64_t start = 0; start < pointCount; start += columns) {
            const int64_t many = std::min(columns, pointCount - start);
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasTrans, some, many, width, -2, queries + first * width, width,
                points + start * width, width, 0, products.data(), columns);
            for (int64_t i = 0; i < some; ++i) {
                const float *line = products.data() + i * columns;
                float least = best[i];
                int32_t at = nearest[first + i];
                for (int64_t j = 0; j < many; ++j) {
                    const float value = line[j] + lengths[start + j];
                    if (value < least) {
                        least = value;
                        at = static_cast<int32_t>(start + j);
                    }
                }
                best[i] = least;
                nearest[first + i] = at;
            }
        }
        for (int64_t i = 0; i < some; ++i) {
            const float *query = queries + (first + i) * width;
            squaredDistances[first + i] = std::max(0.0f, best[i] + cblas_sdot(width, query, 1, query, 1));
        }
    }
    return 0;
} catch (const std::bad_alloc &) {
    return 1;
}

void mesh_product_tn(int64_t k, int64_t m, int64_t n, const float *a, const float *b, float *out) {
    mesh_use_one_blas_thread();
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, m, n, k, 1, a, m, b, n, 0, out, n);
}

void mesh_product_nn(int64_t m, int64_t k, int64_t n, const float *a, const float *b, float *out) {
    mesh_use_one_blas_thread();
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, a, k, b, n, 0, out, n);
}

int32_t mesh_solve_definite(int32_t order, double *a, int32_t columns, double *b) {
    mesh_use_one_blas_thread();
    int32_t info = 0;
    dposv_("U", &order, &columns, a, &order, b, &order, &info);
    return info;
}
