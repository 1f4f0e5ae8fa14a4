/// Nearest rows of a matrix, without looking at those that lie in far balls.
#ifndef NEAREST_ROWS_H
#define NEAREST_ROWS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The rows of a matrix in balls of equal count, each with its centre and radius.
typedef struct MeshRowBalls MeshRowBalls;

/// An order in which neighbours are near each other: `order` becomes a permutation of 0..<count. 0, or 1 when memory is
/// exhausted.
int32_t mesh_row_order(const float *rows, int64_t count, int32_t width, int32_t *order);

/// Any order will do; the nearer its neighbours the faster the search. NULL when memory is exhausted.
MeshRowBalls *mesh_row_balls_make(const float *rows, int64_t count, int32_t width, const int32_t *order);
void mesh_row_balls_free(MeshRowBalls *balls);
int32_t mesh_row_balls_count(const MeshRowBalls *balls);

/// For the queries in balls first..<end the nearest of the points, of which there is at least one, written at the query's
/// place in the matrix; the first of equals as far as rounding lets them be. 0, or 1 when memory is exhausted.
int32_t mesh_nearest_rows(
    const MeshRowBalls *queries, int32_t first, int32_t end, const MeshRowBalls *points, int32_t *nearest);

float mesh_squared_distance(const float *a, const float *b, int32_t width);

#ifdef __cplusplus
}
#endif

#endif
