#include "sparse_ldlt.h"

#include "Dispatch.h"
#include "SparseLDLT.h"

#include <Eigen/OrderingMethods>
#include <Eigen/SparseCore>
#include <cmath>
#include <memory>

namespace {

using Pattern = Eigen::SparseMatrix<double, Eigen::ColMajor, int32_t>;

void order(MeshSymbolic &s, const int32_t *start, const int32_t *rows) {
    Pattern lower(s.order, s.order);
    lower.resizeNonZeros(start[s.order]);
    std::copy(start, start + s.order + 1, lower.outerIndexPtr());
    std::copy(rows, rows + start[s.order], lower.innerIndexPtr());
    std::fill(lower.valuePtr(), lower.valuePtr() + start[s.order], 1.0);
    Eigen::PermutationMatrix<Eigen::Dynamic, Eigen::Dynamic, int32_t> found;
    Eigen::AMDOrdering<int32_t>()(lower.selfadjointView<Eigen::Lower>(), found);
    s.permutation.assign(found.indices().data(), found.indices().data() + s.order);
}

void permute(MeshSymbolic &s, const int32_t *start, const int32_t *rows) {
    const int32_t n = s.order;
    std::vector<int32_t> place(n);
    for (int32_t i = 0; i < n; i++) place[s.permutation[i]] = i;
    s.diagonalSource.assign(n, -1);
    s.upperStart.assign(n + 1, 0);
    for (int32_t column = 0; column < n; column++)
        for (int32_t p = start[column]; p < start[column + 1]; p++)
            if (rows[p] != column) s.upperStart[std::max(place[column], place[rows[p]]) + 1]++;
    for (int32_t i = 0; i < n; i++) s.upperStart[i + 1] += s.upperStart[i];
    s.upperRow.resize(s.upperStart[n]);
    s.upperSource.resize(s.upperStart[n]);
    auto fill = s.upperStart;
    for (int32_t column = 0; column < n; column++)
        for (int32_t p = start[column]; p < start[column + 1]; p++) {
            if (rows[p] == column) {
                s.diagonalSource[place[column]] = p;
                continue;
            }
            const auto [low, high] = std::minmax(place[column], place[rows[p]]);
            s.upperRow[fill[high]] = low;
            s.upperSource[fill[high]++] = p;
        }
}

// Row k of L has the columns that are met on the way from the entries of column k of the upper triangle to the root.
void eliminate(MeshSymbolic &s) {
    const int32_t n = s.order;
    s.parent.assign(n, -1);
    std::vector<int32_t> seen(n, -1), count(n, 0);
    for (int32_t k = 0; k < n; k++) {
        seen[k] = k;
        for (int32_t p = s.upperStart[k]; p < s.upperStart[k + 1]; p++)
            for (int32_t i = s.upperRow[p]; seen[i] != k; i = s.parent[i]) {
                if (s.parent[i] < 0) s.parent[i] = k;
                count[i]++;
                seen[i] = k;
            }
    }
    s.columnStart.assign(n + 1, 0);
    for (int32_t i = 0; i < n; i++) s.columnStart[i + 1] = s.columnStart[i] + count[i];
}

bool factor(MeshFactor &f, const MeshSymbolic &s, const double *values, const double *diagonal, double shift) {
    const int32_t n = f.order = s.order;
    const int32_t nonzeros = s.columnStart[n];
    f.columnStart = s.columnStart;
    f.columnRow.resize(nonzeros);
    f.columnValue.resize(nonzeros);
    f.inverseDiagonal.resize(n);
    f.negativePivots = 0;
    f.rowStart.resize(n + 1);
    f.rowColumn.resize(nonzeros);
    f.rowValue.resize(nonzeros);
    std::vector<int32_t> filled(s.columnStart.begin(), s.columnStart.end() - 1), seen(n, -1), path(n), pattern(n);
    std::vector<double> work(n, 0.0);
    int32_t row = 0;
    // Row after row (up-looking): solve L(0..<k, 0..<k) y = a(0..<k, k), over the pattern that the tree gives.
    for (int32_t k = 0; k < n; k++) {
        int32_t top = n;
        seen[k] = k;
        for (int32_t p = s.upperStart[k]; p < s.upperStart[k + 1]; p++) {
            int32_t i = s.upperRow[p], length = 0;
            work[i] += values[s.upperSource[p]];
            for (; seen[i] != k; i = s.parent[i]) {
                path[length++] = i;
                seen[i] = k;
            }
            while (length > 0) pattern[--top] = path[--length];
        }
        double pivot = values[s.diagonalSource[k]];
        if (diagonal) pivot -= shift * diagonal[s.permutation[k]];
        f.rowStart[k] = row;
        for (; top < n; top++) {
            const int32_t i = pattern[top];
            const double y = work[i];
            work[i] = 0;
            const int32_t end = filled[i];
            for (int32_t p = f.columnStart[i]; p < end; p++) work[f.columnRow[p]] -= f.columnValue[p] * y;
            const double l = y * f.inverseDiagonal[i];
            pivot -= l * y;
            f.columnRow[end] = k;
            f.columnValue[end] = l;
            filled[i] = end + 1;
            f.rowColumn[row] = i;
            f.rowValue[row++] = l;
        }
        if (pivot == 0 || !std::isfinite(pivot)) return false;
        f.negativePivots += pivot < 0;
        f.inverseDiagonal[k] = 1 / pivot;
    }
    f.rowStart[n] = row;
    return true;
}

template <int width>
INLINE void solve(const MeshFactor &f, double *__restrict x) {
    const int32_t n = f.order;
    for (int32_t i = 0; i < n; i++) {
        double sum[width];
        double *own = x + int64_t(i) * width;
        for (int c = 0; c < width; c++) sum[c] = own[c];
        for (int32_t p = f.rowStart[i]; p < f.rowStart[i + 1]; p++) {
            const double l = f.rowValue[p];
            const double *other = x + int64_t(f.rowColumn[p]) * width;
            for (int c = 0; c < width; c++) sum[c] -= l * other[c];
        }
        for (int c = 0; c < width; c++) own[c] = sum[c];
    }
    for (int32_t i = n - 1; i >= 0; i--) {
        double sum[width];
        double *own = x + int64_t(i) * width;
        for (int c = 0; c < width; c++) sum[c] = own[c] * f.inverseDiagonal[i];
        for (int32_t p = f.columnStart[i]; p < f.columnStart[i + 1]; p++) {
            const double l = f.columnValue[p];
            const double *other = x + int64_t(f.columnRow[p]) * width;
            for (int c = 0; c < width; c++) sum[c] -= l * other[c];
        }
        for (int c = 0; c < width; c++) own[c] = sum[c];
    }
}

KERNEL void solve1(const MeshFactor &f, double *x) { solve<1>(f, x); }
KERNEL void solve4(const MeshFactor &f, double *x) { solve<4>(f, x); }
KERNEL void solve32(const MeshFactor &f, double *x) { solve<MESH_BLOCK_WIDTH>(f, x); }

}  // namespace

MeshSymbolic *mesh_symbolic_make(int32_t order_, const int32_t *columnStart, const int32_t *rows) {
    try {
        auto symbolic = std::make_unique<MeshSymbolic>();
        symbolic->order = order_;
        order(*symbolic, columnStart, rows);
        permute(*symbolic, columnStart, rows);
        eliminate(*symbolic);
        return symbolic.release();
    } catch (...) {
        return nullptr;
    }
}

void mesh_symbolic_free(MeshSymbolic *symbolic) { delete symbolic; }
const int32_t *mesh_symbolic_permutation(const MeshSymbolic *symbolic) { return symbolic->permutation.data(); }
int64_t mesh_symbolic_nonzeros(const MeshSymbolic *symbolic) { return symbolic->columnStart[symbolic->order]; }

MeshFactor *mesh_factor_make(
    const MeshSymbolic *symbolic, const double *values, const double *diagonal, double shift) {
    try {
        auto result = std::make_unique<MeshFactor>();
        return factor(*result, *symbolic, values, diagonal, shift) ? result.release() : nullptr;
    } catch (...) {
        return nullptr;
    }
}

void mesh_factor_free(MeshFactor *factor) { delete factor; }
int32_t mesh_factor_negative_pivots(const MeshFactor *factor) { return factor->negativePivots; }

void mesh_factor_solve(const MeshFactor *factor, double *x, int32_t width) {
    if (width == 1) solve1(*factor, x);
    if (width == 4) solve4(*factor, x);
    if (width == MESH_BLOCK_WIDTH) solve32(*factor, x);
}
