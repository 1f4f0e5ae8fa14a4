"""CPU seconds of pyFM (pip: pyfmaps): 200 eigenfunctions of two meshes, then ZoomOut from 20 to 200 functions in steps of 20, in both
directions, with a map between vertices at the end. First at all vertices, then at 2,000 of them until the last step.

    correspondence_pyfm.py SOURCE.obj TARGET.obj
"""
import resource
import sys

import numpy as np
from scipy.spatial import cKDTree

from pyFM.mesh import TriMesh
from pyFM.refine.zoomout import mesh_zoomout_refine_p2p


def read(path):
    vertices, faces = [], []
    for line in open(path):
        words = line.split()
        if words[:1] == ["v"]:
            vertices.append([float(x) for x in words[1:4]])
        elif words[:1] == ["f"]:
            faces.append([int(x.split("/")[0]) - 1 for x in words[1:4]])
    return np.array(vertices), np.array(faces)


def boxed(mesh):
    return (mesh.vertices - mesh.vertices.min(0)) / np.ptp(mesh.vertices, axis=0)


def seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


source, target = (TriMesh(*read(path), area_normalize=True, center=False) for path in sys.argv[1:3])
start = seconds()
source.process(k=200, intrinsic=True, verbose=False)
target.process(k=200, intrinsic=True, verbose=False)
spectra = seconds() - start
random = np.random.default_rng(1)
samples = {mesh: random.permutation(mesh.n_vertices)[:2000] for mesh in (source, target)}


def refine(is_sampled):
    start = seconds()
    # Any map will do to measure the time: that of the nearest place after both are put into one box.
    for one, other in ((source, target), (target, source)):
        first = cKDTree(boxed(one)).query(boxed(other))[1]
        mesh_zoomout_refine_p2p(
            first, one, other, k_init=20, nit=9, step=20, return_p2p=True,
            subsample=(samples[one], samples[other]) if is_sampled else None)
    return seconds() - start


print(f"{spectra + refine(False):.3f} {spectra + refine(True):.3f}")
