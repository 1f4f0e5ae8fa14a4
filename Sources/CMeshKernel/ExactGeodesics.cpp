// Windows are propagated nearest first, as Chen and Han ("Shortest paths on a polyhedron", 1990) with the filter and the queue
// of Xin and Wang ("Improving Chen and Han's algorithm on the discrete geodesic problem", 2009).
#include "exact_geodesics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>
#include <vector>

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
// A window is dropped only when another path is shorter by more than rounding, relative to the distance.
constexpr double slack = 1e-11;

// Rays that enter the face of `edge` between `start` and `end` (measured from the edge's tail), all from one unfolded source at
// (x, y), y <= 0, the edge lying on the x axis with the face above.
struct Window {
    double start, end;
    double x, y;
    double offset;  // distance of that source
    int32_t edge;
    int32_t behind;  // the vertex behind the edge, beside the rays; -1 when it is the source
    bool behindIsRight;
};

struct Event {
    double distance;
    int32_t index;
    bool isVertex;
    bool operator<(const Event &other) const {  // the top of the queue is the nearest; ties in a fixed order
        if (distance != other.distance) return distance > other.distance;
        if (isVertex != other.isVertex) return !isVertex;
        return index > other.index;
    }
};

struct TooManyWindows {};

class Propagation {
  public:
    Propagation(const MeshExactGeometry &g, int64_t limit, double *distances)
        : g(g), limit(limit), distance(distances), expanded(g.vertices, infinity), apexX(3 * size_t(g.faces)),
          apexY(3 * size_t(g.faces)), occupant(3 * size_t(g.faces), {infinity, 0}), isSource(g.vertices, 0) {
        std::fill(distance, distance + g.vertices, infinity);
        for (int32_t h = 0; h < 3 * g.faces; h++) {
            const double l = g.lengths[h], right = g.lengths[next(h)], left = g.lengths[previous(h)];
            apexX[h] = (l * l + left * left - right * right) / (2 * l);
            apexY[h] = std::sqrt(std::max(0.0, left * left - apexX[h] * apexX[h]));
        }
    }

    void addSource(int32_t vertex, double at) {
        isSource[vertex] = 1;
        reach(vertex, at);
    }

    void addPoint(int32_t face, const double *corner) {
        for (int c = 0; c < 3; c++) {
            reach(g.corners[3 * face + c], corner[c]);
            emit(3 * face + c, corner[c], corner[(c + 1) % 3], 0, -1);
        }
    }

    void run() {
        while (!queue.empty()) {
            const Event event = queue.top();
            queue.pop();
            if (event.isVertex) {
                if (event.distance == distance[event.index] && expanded[event.index] > event.distance) expand(event.index);
            } else {
                const Window w = windows[event.index];
                vacant.push_back(event.index);
                if (isUseful(w)) propagate(w);
            }
        }
    }

  private:
    struct Occupant {
        double distance, crossing;
    };
    const MeshExactGeometry &g;
    const int64_t limit;
    double *distance;
    std::vector<double> expanded, apexX, apexY;
    std::vector<Occupant> occupant;  // of each face's angle across from a half-edge
    std::vector<uint8_t> isSource;
    std::vector<Window> windows;
    std::vector<int32_t> vacant;
    std::priority_queue<Event> queue;

    static int32_t next(int32_t h) { return h % 3 == 2 ? h - 2 : h + 1; }
    static int32_t previous(int32_t h) { return h % 3 == 0 ? h + 2 : h - 1; }
    int32_t tail(int32_t h) const { return g.corners[h]; }
    int32_t head(int32_t h) const { return g.corners[next(h)]; }

    void reach(int32_t vertex, double at) {
        if (!(at < distance[vertex])) return;
        distance[vertex] = at;
        queue.push({at, vertex, true});
    }

    // Along the edges every vertex is a bound for its neighbours; around a vertex where paths can turn, rays go on everywhere.
    void expand(int32_t v) {
        const double at = expanded[v] = distance[v];
        for (int32_t k = g.outgoingStart[v]; k < g.outgoingStart[v + 1]; k++) {
            const int32_t h = g.outgoing[k];
            reach(head(h), at + g.lengths[h]);
            reach(tail(previous(h)), at + g.lengths[previous(h)]);
        }
        if (!g.turns[v] && !isSource[v]) return;
        for (int32_t k = g.outgoingStart[v]; k < g.outgoingStart[v + 1]; k++) {
            const int32_t h = g.outgoing[k];
            emit(next(h), g.lengths[h], g.lengths[previous(h)], at, -1);
        }
    }

    // A window over a whole edge, from a source in the face of h, given by its distances to h's tail and head.
    void emit(int32_t h, double toTail, double toHead, double offset, int32_t behind) {
        const int32_t edge = g.twins[h];
        if (edge < 0) return;
        const double l = g.lengths[h];
        const double x = (l * l + toHead * toHead - toTail * toTail) / (2 * l);
        const double y = -std::sqrt(std::max(0.0, toHead * toHead - x * x));
        push({0, l, x, y, offset, edge, behind, false});
    }

    void push(const Window &w) {
        const double l = g.lengths[w.edge];
        if (w.end - w.start <= 1e-14 * l || -w.y <= 1e-14 * l || !isUseful(w)) return;
        const double beside = w.x < w.start ? w.start - w.x : w.x > w.end ? w.x - w.end : 0;
        int32_t index;
        if (vacant.empty()) {
            if (int64_t(windows.size()) >= limit) throw TooManyWindows{};
            index = int32_t(windows.size());
            windows.push_back(w);
        } else {
            index = vacant.back();
            vacant.pop_back();
            windows[index] = w;
        }
        queue.push({w.offset + std::hypot(beside, w.y), index, false});
    }

    // A path from a vertex beside the rays that crosses all of them, and is shorter where it has crossed them, is shorter
    // everywhere behind.
    bool isUseful(const Window &w) const {
        const double l = g.lengths[w.edge];
        const double toStart = w.offset + std::hypot(w.x - w.start, w.y), toEnd = w.offset + std::hypot(w.x - w.end, w.y);
        const double startBound = toStart * (1 - slack), endBound = toEnd * (1 - slack);
        if (distance[tail(w.edge)] + w.end < endBound) return false;
        if (distance[head(w.edge)] + l - w.start < startBound) return false;
        if (w.behind < 0) return true;
        const int32_t back = g.twins[w.edge];
        // Seen from the edge, the vertex behind it lies at the apex of the face that the rays have left.
        const double x = l - apexX[back], y = -apexY[back];
        return w.behindIsRight ? distance[w.behind] + std::hypot(x - w.start, y) >= startBound
                               : distance[w.behind] + std::hypot(x - w.end, y) >= endBound;
    }

    void propagate(const Window &w) {
        const int32_t h = w.edge, apex = tail(previous(h));
        const double l = g.lengths[h], px = apexX[h], py = apexY[h];
        const double crossing = w.x + (px - w.x) * (-w.y) / (py - w.y);
        const double tolerance = 1e-12 * l;
        bool goesLeft = crossing > w.start, goesRight = crossing < w.end;
        if (crossing >= w.start - tolerance && crossing <= w.end + tolerance) {
            const double at = w.offset + std::hypot(px - w.x, py - w.y);
            reach(apex, at);
            // One angle, one split: of the windows that cover the apex, only the nearest goes on to both sides.
            if (goesLeft && goesRight) {
                Occupant &best = occupant[h];
                if (at < best.distance) {
                    best = {at, crossing};
                } else if (at > best.distance * (1 + slack)) {
                    (crossing < best.crossing ? goesRight : goesLeft) = false;
                }
            }
        }
        if (goesLeft) {
            const int32_t across = g.twins[previous(h)];
            if (across >= 0) {
                const double side = g.lengths[across], ex = px / side, ey = py / side;
                const double x = ex * w.x + ey * w.y, y = ex * w.y - ey * w.x;
                const double start = hit(x, y, ex * w.start, -ey * w.start, side);
                const double end = crossing <= w.end ? side : hit(x, y, ex * w.end, -ey * w.end, side);
                push({start, end, x, y, w.offset, across, head(h), true});
            }
        }
        if (goesRight) {
            const int32_t across = g.twins[next(h)];
            if (across >= 0) {
                const double side = g.lengths[across], ex = (l - px) / side, ey = -py / side;
                const double sx = w.x - px, sy = w.y - py;
                const double x = ex * sx + ey * sy, y = ex * sy - ey * sx;
                const auto along = [&](double t) {
                    return hit(x, y, ex * (t - px) - ey * py, -ex * py - ey * (t - px), side);
                };
                push({crossing >= w.start ? 0 : along(w.start), along(w.end), x, y, w.offset, across, tail(h), false});
            }
        }
    }

    // Where the ray from (x, y) through (throughX, throughY) meets the x axis, on an edge of this length.
    static double hit(double x, double y, double throughX, double throughY, double length) {
        const double rise = throughY - y;
        if (!(rise > 0)) return throughX < length / 2 ? 0 : length;
        return std::clamp(x + (throughX - x) * (-y) / rise, 0.0, length);
    }
};

}  // namespace

int32_t mesh_exact_distances(
    const MeshExactGeometry *geometry, const int32_t *sources, const double *sourceDistances, int32_t sourceCount,
    const int32_t *faces, const double *cornerDistances, int32_t faceCount, int64_t windowLimit, double *distances) {
    try {
        Propagation propagation(*geometry, windowLimit, distances);
        for (int32_t i = 0; i < sourceCount; i++) propagation.addSource(sources[i], sourceDistances[i]);
        for (int32_t i = 0; i < faceCount; i++) propagation.addPoint(faces[i], cornerDistances + 3 * i);
        propagation.run();
        return 0;
    } catch (const TooManyWindows &) {
        return 2;
    } catch (...) {
        return 1;
    }
}
