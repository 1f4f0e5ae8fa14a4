/// Shift-and-invert block Lanczos: the eigenpairs of S x = λ M x around one shift, M diagonal.
#ifndef LANCZOS_H
#define LANCZOS_H

#include "sparse_ldlt.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct MeshEigenpairs MeshEigenpairs;

typedef struct {
    /// Of S - shift M.
    const MeshFactor *factor;
    double shift;
    /// Square roots of M's diagonal in the factor's order.
    const double *rootMass;
    /// Connected component of each row; S is zero on the functions that are constant on each, which are left out.
    const int32_t *component;
    int32_t components;
    /// Pairs wanted below and above the shift, the nearest to it.
    int32_t below, above;
    /// M^(1/2) x of pairs that are known and shall not be found again: lockedCount x order.
    const double *const *locked;
    int32_t lockedCount;
    uint64_t seed;
    /// Residual of the inverted problem, relative to its eigenvalue.
    double tolerance;
} MeshLanczosProblem;

/// NULL when memory is exhausted. May give fewer pairs than were asked for.
MeshEigenpairs *mesh_lanczos(const MeshLanczosProblem *problem);
void mesh_eigenpairs_free(MeshEigenpairs *pairs);
int32_t mesh_eigenpairs_count(const MeshEigenpairs *pairs);
/// How many of them lie below the shift; the first ones.
int32_t mesh_eigenpairs_below(const MeshEigenpairs *pairs);
/// Ascending.
const double *mesh_eigenpairs_values(const MeshEigenpairs *pairs);
/// M^(1/2) x in the factor's order, `order` numbers, orthonormal.
const double *mesh_eigenpairs_vector(const MeshEigenpairs *pairs, int32_t index);

/// All eigenpairs of a dense symmetric matrix (order x order, overwritten by the eigenvectors, one a row), values ascending.
/// 0, or LAPACK's complaint, or -1000 when memory is exhausted.
int32_t mesh_dense_eigenpairs(int32_t order, double *matrix, double *values);

/// BLAS below this library works in the calling thread only.
void mesh_use_one_blas_thread(void);

#ifdef __cplusplus
}
#endif

#endif
