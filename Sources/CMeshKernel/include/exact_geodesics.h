/// Exact geodesic distances on a triangulated surface.
#ifndef EXACT_GEODESICS_H
#define EXACT_GEODESICS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Half-edge 3 f + c runs in triangle f from its corner c to the next.
typedef struct {
    int32_t vertices;
    int32_t faces;
    /// 3 a face.
    const int32_t *corners;
    /// 3 a face: the half-edge on the other side, or -1.
    const int32_t *twins;
    /// 3 a face: the half-edge's length.
    const double *lengths;
    /// One a vertex: 1 where a shortest path can turn, which is where the angles sum to more than a full circle, and at the
    /// boundary.
    const uint8_t *turns;
    /// One a vertex: where its half-edges start in `outgoing`; vertices + 1.
    const int32_t *outgoingStart;
    const int32_t *outgoing;
} MeshExactGeometry;

/// Distances from vertices that start at given distances, and from a point that is given by its distances to the corners of
/// the faces it lies in (3 a face): one inside a face, two on an edge. Vertices that are not reached are infinite.
/// 0, 1 when memory is exhausted, 2 when there are more windows than `windowLimit`.
int32_t mesh_exact_distances(
    const MeshExactGeometry *geometry, const int32_t *sources, const double *sourceDistances, int32_t sourceCount,
    const int32_t *faces, const double *cornerDistances, int32_t faceCount, int64_t windowLimit, double *distances);

#ifdef __cplusplus
}
#endif

#endif
