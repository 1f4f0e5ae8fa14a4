"""Distances of pygeodesic and potpourri3d beside Kindred's: python geodesics_peers.py BINARY FOLDER MESH..."""

import os
import subprocess
import sys
import time

for name in ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"]:
    os.environ[name] = "1"
import numpy as np
import potpourri3d
import pygeodesic.geodesic

from geometry_meshes import read


def ours(*arguments):
    """CPU seconds, wall seconds, MiB."""
    out = subprocess.run([binary, *arguments], check=True, capture_output=True, text=True).stdout
    return [float(x) for x in out.split("time ")[1].split()[:3]]


def row(*cells):
    print(f"{cells[0]:<22}" + "".join(f"{c:>14}" if isinstance(c, str) else f"{c:>14.4g}" for c in cells[1:]))


def limit(text, ratio, most):
    print(f"{text}: {ratio:.3g}, at most {most}: {'yes' if ratio <= most else 'NO'}")


binary, folder = sys.argv[1:3]
lines = []
for path in sys.argv[3:]:
    name = os.path.basename(path)
    vertices, triangles = read(path)
    count = len(vertices)
    sources = list(range(0, count, count // 16))[:16]
    listed = ",".join(map(str, sources))
    rows = {}
    seconds = {}
    for method in ["exact", "heat", "dijkstra"]:
        seconds[method] = ours("distances", path, method, listed, f"{folder}/rows")[0] / len(sources)
        rows[method] = np.fromfile(f"{folder}/rows").reshape(len(sources), count)

    start = time.process_time()
    algorithm = pygeodesic.geodesic.PyGeodesicAlgorithmExact(vertices, triangles.astype(np.int32))
    truth = np.stack([algorithm.geodesicDistances(np.array([s]))[0] for s in sources])
    seconds["pygeodesic"] = (time.process_time() - start) / len(sources)
    for label, robust in [("potpourri3d robust", True), ("potpourri3d plain", False)]:
        start = time.process_time()
        solver = potpourri3d.MeshHeatMethodDistanceSolver(vertices, triangles, use_robust=robust)
        rows[label] = np.stack([solver.compute_distance(s) for s in sources])
        seconds[label] = (time.process_time() - start) / len(sources)

    diameter, far = truth.max(), truth > 0
    print(f"\n{name}: {count} vertices, {len(sources)} sources; error against pygeodesic's exact distances")
    row("", "mean / diam", "mean relative", "max relative", "max / diam", "CPU s/source")
    for label, found in rows.items():
        error = np.abs(found - truth)
        relative = error[far] / truth[far]
        row(label, error.mean() / diameter, relative.mean(), relative.max(), error.max() / diameter, seconds[label])
    row("pygeodesic", "", "", "", "", seconds["pygeodesic"])
    exact = (np.abs(rows["exact"] - truth)[far] / truth[far]).max()
    lines.append((f"{name}: exact, largest relative difference from pygeodesic", exact, 1e-5))
    heat, robust = (np.abs(rows[k] - truth).mean() for k in ["heat", "potpourri3d robust"])
    lines.append((f"{name}: heat, mean error over that of potpourri3d robust", heat / robust, 1))

# All pairs of the first mesh; potpourri3d has no such mode and is called for each vertex, as its users do.
vertices, triangles = read(sys.argv[3])
mine, theirs = [], []
for _ in range(3):
    mine.append(ours("all-pairs", sys.argv[3])[0])
    start = time.process_time()
    solver = potpourri3d.MeshHeatMethodDistanceSolver(vertices, triangles, use_robust=True)
    for s in range(len(vertices)):
        solver.compute_distance(s)
    theirs.append(time.process_time() - start)
print(f"\nall pairs, {len(vertices)} vertices, CPU s: Kindred {min(mine):.3g}, potpourri3d robust {min(theirs):.3g}")
lines.append(("all pairs heat, CPU time over potpourri3d robust", min(mine) / min(theirs), 0.15))
print()
for line in lines:
    limit(*line)
