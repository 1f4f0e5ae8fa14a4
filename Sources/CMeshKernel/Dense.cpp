#include "dense.h"

#include "lanczos.h"

#include <cblas.h>

extern "C" void dposv_(
    const char *uplo, const int32_t *n, const int32_t *nrhs, double *a, const int32_t *lda, double *b,
    const int32_t *ldb, int32_t *info);

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
