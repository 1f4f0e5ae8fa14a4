/// Heat method (Crane, Weischedel, Wardetzky 2013) for a tile of sources at once.
#ifndef HEAT_TILE_H
#define HEAT_TILE_H

#include "sparse_ldlt.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A Delaunay triangulation in the factors' order.
typedef struct {
    int32_t vertices;
    int32_t faces;
    /// 3 a face.
    const int32_t *corners;
    /// 3 a face: half the cotangent of the angle at each corner.
    const double *weights;
    /// One a face; 0 for a face without area.
    const double *inverseAreas;
} MeshHeatGeometry;

/// `heat` (vertices x MESH_BLOCK_WIDTH, row by row) holds the sources and becomes the temperature; `distance` (the same
/// shape) becomes the distance up to a constant a column and component.
/// `pinned` are the rows that the Poisson factor holds at zero, one a component.
void mesh_heat_tile(
    const MeshFactor *heatFactor, const MeshFactor *poissonFactor, const MeshHeatGeometry *geometry,
    const int32_t *pinned, int32_t pinnedCount, double *heat, double *distance);

/// Writes columns 0..<count as rows in the old order, less each column's offset, but no distance shorter than the straight line
/// to the column's source. `positions` holds all x, then all y, then all z; `sources` three numbers a column.
void mesh_heat_rows(
    const double *distance, const int32_t *place, const double *positions, int32_t vertices, int32_t count,
    const double *offsets, const double *sources, double *rows);

#ifdef __cplusplus
}
#endif

#endif
