"""CPU seconds of pyFM (pip: pyfmaps): eigenfunctions of two meshes, then ZoomOut from 20 to 200 functions in steps of 20.

    correspondence_pyfm.py SOURCE.obj TARGET.obj
"""
import resource
import sys

import numpy as np
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


def seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


source, target = (TriMesh(*read(path), area_normalize=True, center=False) for path in sys.argv[1:3])
start = seconds()
source.process(k=200, intrinsic=True, verbose=False)
target.process(k=200, intrinsic=True, verbose=False)
# Any map will do to measure the time: that of the nearest place after both are put into one box.
low = lambda m: (m.vertlist - m.vertlist.min(0)) / np.ptp(m.vertlist, axis=0)
from scipy.spatial import cKDTree

first = cKDTree(low(source)).query(low(target))[1]
mesh_zoomout_refine_p2p(first, source, target, k_init=20, nit=9, step=20)
print(f"{seconds() - start:.3f}")
