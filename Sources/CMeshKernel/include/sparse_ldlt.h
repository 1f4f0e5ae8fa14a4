/// Sparse L D Lᵀ of symmetric matrices: one ordering and elimination tree for many matrices of one pattern.
#ifndef SPARSE_LDLT_H
#define SPARSE_LDLT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The columns that `mesh_factor_solve` takes at most.
#define MESH_BLOCK_WIDTH 32

typedef struct MeshSymbolic MeshSymbolic;
typedef struct MeshFactor MeshFactor;

/// Approximate minimum degree ordering (Amestoy, Davis, Duff 1996) and elimination tree.
/// `columnStart` (order + 1) and `rows` hold the lower triangle by columns, rows ascending, the diagonal first.
/// NULL when memory is exhausted.
MeshSymbolic *mesh_symbolic_make(int32_t order, const int32_t *columnStart, const int32_t *rows);
void mesh_symbolic_free(MeshSymbolic *symbolic);
/// The old number of each new row, `order` of them.
const int32_t *mesh_symbolic_permutation(const MeshSymbolic *symbolic);
int64_t mesh_symbolic_nonzeros(const MeshSymbolic *symbolic);

/// Factors A - shift * diag(diagonal), with A's values in the order of the pattern. `diagonal` may be NULL.
/// NULL when memory is exhausted or a pivot is zero or not finite.
MeshFactor *mesh_factor_make(
    const MeshSymbolic *symbolic, const double *values, const double *diagonal, double shift);
void mesh_factor_free(MeshFactor *factor);
/// Negative pivots: by Sylvester's law the eigenvalues below the shift.
int32_t mesh_factor_negative_pivots(const MeshFactor *factor);
/// Solves in place, in the new order; x is order x width, row by row. Width 1, 4 or 32.
void mesh_factor_solve(const MeshFactor *factor, double *x, int32_t width);

#ifdef __cplusplus
}
#endif

#endif
