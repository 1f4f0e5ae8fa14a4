#pragma once

#include <cstdint>
#include <vector>

struct MeshSymbolic {
    int32_t order;
    std::vector<int32_t> permutation;  // old number of each new row
    // The permuted matrix's strict upper triangle by columns: row numbers and the place of each value in the input.
    std::vector<int32_t> upperStart, upperRow, upperSource;
    std::vector<int32_t> diagonalSource;
    std::vector<int32_t> parent;
    std::vector<int32_t> columnStart;  // of L
};

// L without its unit diagonal, by columns for the back substitution and by rows for the forward one: both then only read
// the factor and keep sums in registers.
struct MeshFactor {
    int32_t order;
    int32_t negativePivots;
    std::vector<int32_t> columnStart, columnRow, rowStart, rowColumn;
    std::vector<double> columnValue, rowValue, inverseDiagonal;
};
