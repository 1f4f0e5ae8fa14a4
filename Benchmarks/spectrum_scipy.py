"""Eigenvalues by scipy's shift and invert beside Kindred's: python spectrum_scipy.py BINARY FOLDER MESH..."""

import os
import subprocess
import sys
import time

for name in ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"]:
    os.environ[name] = "1"
import numpy as np
import scipy.sparse
import scipy.sparse.linalg

from geometry_meshes import read


def laplacian(vertices, triangles):
    """Cotangent stiffness and lumped mass."""
    count = len(vertices)
    rows, columns, values = [], [], []
    mass = np.zeros(count)
    for k in range(3):
        i, j, o = triangles[:, (k + 1) % 3], triangles[:, (k + 2) % 3], triangles[:, k]
        a, b = vertices[i] - vertices[o], vertices[j] - vertices[o]
        double_area = np.linalg.norm(np.cross(a, b), axis=1)
        weight = (a * b).sum(1) / double_area / 2
        np.add.at(mass, o, double_area / 6)
        rows += [i, j, i, j]
        columns += [j, i, i, j]
        values += [-weight, -weight, weight, weight]
    stiffness = scipy.sparse.coo_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), (count, count)
    )
    return stiffness.tocsc(), scipy.sparse.diags(mass).tocsc()


binary, folder = sys.argv[1:3]
lines = []
for path in sys.argv[3:]:
    vertices, triangles = read(path)
    # With area 1 the shift that people use, -0.01, lies close below the spectrum.
    stiffness, mass = laplacian(vertices, triangles)
    area = mass.diagonal().sum()
    mine, theirs, walls = [], [], []
    for _ in range(3):
        out = subprocess.run(
            [binary, "spectrum", path, "200", f"{folder}/values"], check=True, capture_output=True, text=True
        ).stdout.split()
        mine.append(float(out[1]))
        walls.append(float(out[2]))
        counted, found = int(out[5]), int(out[6])
        start = time.process_time()
        values, _ = scipy.sparse.linalg.eigsh(stiffness, 200, mass / area, sigma=-0.01)
        theirs.append(time.process_time() - start)
    values = np.sort(values) / area
    ours = np.loadtxt(f"{folder}/values")
    difference = (np.abs(ours - values)[1:] / values[1:]).max()
    print(f"{os.path.basename(path)}: {len(vertices)} vertices, 200 eigenpairs, CPU s: Kindred {min(mine):.3g} "
          f"(wall {min(walls):.3g}), scipy with one BLAS thread {min(theirs):.3g}; {found} found below a bound, "
          f"{counted} counted there by inertia")
    lines.append((f"{len(vertices)} vertices: CPU time over scipy", min(mine) / min(theirs), 0.35))
    lines.append((f"{len(vertices)} vertices: largest relative difference of an eigenvalue", difference, 1e-8))
    lines.append((f"{len(vertices)} vertices: eigenvalues missing by inertia", counted - found, 0))
print()
for text, ratio, most in lines:
    print(f"{text}: {ratio:.3g}, at most {most}: {'yes' if ratio <= most else 'NO'}")
