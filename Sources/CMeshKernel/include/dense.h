/// Dense products and equations of maps between surfaces. BLAS works in the calling thread only.
#ifndef DENSE_H
#define DENSE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// out (m x n) = aᵀ b for a (k x m) and b (k x n), all by rows.
void mesh_product_tn(int64_t k, int64_t m, int64_t n, const float *a, const float *b, float *out);

/// out (m x n) = a b for a (m x k) and b (k x n), all by rows.
void mesh_product_nn(int64_t m, int64_t k, int64_t n, const float *a, const float *b, float *out);

/// Solves a x = b in place of b for a symmetric positive definite (order x order, overwritten); b is order x columns by columns.
/// 0, or LAPACK's complaint.
int32_t mesh_solve_definite(int32_t order, double *a, int32_t columns, double *b);

#ifdef __cplusplus
}
#endif

#endif
