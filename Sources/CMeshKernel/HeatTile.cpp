#include "heat_tile.h"

#include "Dispatch.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace {

constexpr int width = MESH_BLOCK_WIDTH;

// The divergence of the unit field against the temperature's gradient. On one face the gradient's divergence is the face's
// stiffness matrix times u, and its squared length the same matrix's quadratic form over the area; so that the unit field
// needs no coordinates. Differences are scaled before they are squared: far from the source u is as small as 1e-300.
KERNEL void divergence(const MeshHeatGeometry &g, const double *__restrict heat, double *__restrict result) {
    std::memset(result, 0, sizeof(double) * width * size_t(g.vertices));
    for (int32_t f = 0; f < g.faces; f++) {
        const int64_t a = int64_t(g.corners[3 * f]) * width, b = int64_t(g.corners[3 * f + 1]) * width,
                      c = int64_t(g.corners[3 * f + 2]) * width;
        const double wa = g.weights[3 * f], wb = g.weights[3 * f + 1], wc = g.weights[3 * f + 2];
        const double inverseArea = g.inverseAreas[f];
        double atA[width], atB[width], atC[width];
        for (int i = 0; i < width; i++) {
            double ab = heat[b + i] - heat[a + i], bc = heat[c + i] - heat[b + i], ca = heat[a + i] - heat[c + i];
            const double largest = std::max(std::fabs(ab), std::max(std::fabs(bc), std::fabs(ca)));
            const double scale = 1 / std::max(largest, 1e-300);
            ab *= scale;
            bc *= scale;
            ca *= scale;
            const double square = (wc * ab * ab + wa * bc * bc + wb * ca * ca) * inverseArea;
            const double unit = 1 / std::sqrt(std::max(square, 1e-200));
            const double alongAB = wc * ab * unit, alongBC = wa * bc * unit, alongCA = wb * ca * unit;
            const double use = largest > 0 && square > 0 ? 1.0 : 0.0;
            atA[i] = use * (alongAB - alongCA);
            atB[i] = use * (alongBC - alongAB);
            atC[i] = use * (alongCA - alongBC);
        }
        for (int i = 0; i < width; i++) result[a + i] += atA[i];
        for (int i = 0; i < width; i++) result[b + i] += atB[i];
        for (int i = 0; i < width; i++) result[c + i] += atC[i];
    }
}

// Panels of vertices: a line of the tile is read once, and each row is written a line at a time.
KERNEL void writeRows(
    const double *__restrict distance, const int32_t *__restrict place, const double *__restrict positions,
    int32_t vertices, int32_t count, const double *offsets, const double *sources, double *__restrict rows) {
    constexpr int32_t panel = 8;
    const double *x = positions, *y = positions + vertices, *z = y + vertices;
    for (int32_t first = 0; first < vertices; first += panel) {
        const int32_t last = std::min(vertices, first + panel);
        for (int32_t s = 0; s < count; s++) {
            const double sx = sources[3 * s], sy = sources[3 * s + 1], sz = sources[3 * s + 2];
            double *row = rows + int64_t(s) * vertices;
            for (int32_t v = first; v < last; v++) row[v] = distance[int64_t(place[v]) * width + s] - offsets[s];
            for (int32_t v = first; v < last; v++) {
                const double dx = x[v] - sx, dy = y[v] - sy, dz = z[v] - sz;
                row[v] = std::max(row[v], std::sqrt(dx * dx + dy * dy + dz * dz));
            }
        }
    }
}

}  // namespace

void mesh_heat_tile(
    const MeshFactor *heatFactor, const MeshFactor *poissonFactor, const MeshHeatGeometry *geometry,
    const int32_t *pinned, int32_t pinnedCount, double *heat, double *distance) {
    mesh_factor_solve(heatFactor, heat, width);
    divergence(*geometry, heat, distance);
    for (int32_t p = 0; p < pinnedCount; p++) std::memset(distance + int64_t(pinned[p]) * width, 0, sizeof(double) * width);
    mesh_factor_solve(poissonFactor, distance, width);
}

void mesh_heat_rows(
    const double *distance, const int32_t *place, const double *positions, int32_t vertices, int32_t count,
    const double *offsets, const double *sources, double *rows) {
    writeRows(distance, place, positions, vertices, count, offsets, sources, rows);
}
