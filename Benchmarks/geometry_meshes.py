"""Makes the meshes of the geometry benchmarks from one body: python geometry_meshes.py MESH.obj FOLDER

human-6890.obj and human-27554.obj have the sizes of SMPL and of its subdivision (as far as the body has the vertices);
slivers.obj is the same body decimated as if it were stretched, so that most of its triangles are long and thin.
"""

import heapq
import sys

import numpy as np


def read(path):
    """The largest component of an OBJ file, its polygons cut into triangles."""
    vertices, triangles = [], []
    for line in open(path):
        words = line.split()
        if words[:1] == ["v"]:
            vertices.append([float(x) for x in words[1:4]])
        elif words[:1] == ["f"]:
            corners = [int(word.split("/")[0]) for word in words[1:]]
            corners = [c - 1 if c > 0 else c + len(vertices) for c in corners]
            triangles += [[corners[0], corners[k], corners[k + 1]] for k in range(1, len(corners) - 1)]
    vertices, triangles = np.array(vertices), np.array(triangles)
    parent = np.arange(len(vertices))
    while True:
        before = parent.copy()
        for a, b in [(0, 1), (1, 2), (2, 0)]:
            np.minimum.at(parent, triangles[:, a], parent[triangles[:, b]])
            np.minimum.at(parent, triangles[:, b], parent[triangles[:, a]])
        parent = parent[parent]
        if np.array_equal(before, parent):
            break
    names, sizes = np.unique(parent[triangles[:, 0]], return_counts=True)
    return compact(vertices, triangles[parent[triangles[:, 0]] == names[np.argmax(sizes)]])


def compact(vertices, triangles):
    used = np.unique(triangles)
    number = np.full(len(vertices), -1)
    number[used] = np.arange(len(used))
    return vertices[used], number[triangles]


def decimated(vertices, triangles, count):
    """Collapses the shortest edge into one of its ends until `count` vertices are left; keeps the surface manifold."""
    faces = [list(t) for t in triangles]
    around = [set() for _ in vertices]
    for index, face in enumerate(faces):
        for v in face:
            around[v].add(index)
    queue = []

    def push(a, b):
        heapq.heappush(queue, (float(np.linalg.norm(vertices[a] - vertices[b])), min(a, b), max(a, b)))

    for face in faces:
        for k in range(3):
            push(face[k], face[(k + 1) % 3])
    left = len(vertices)
    while left > count and queue:
        _, a, b = heapq.heappop(queue)
        near_a = {v for i in around[a] for v in faces[i]} - {a}
        near_b = {v for i in around[b] for v in faces[i]} - {b}
        both = near_a & near_b
        if b not in near_a or len(both) != 2 or any(len(around[v]) <= 3 for v in both):
            continue
        for index in list(around[b]):
            if a in faces[index]:
                for v in faces[index]:
                    around[v].discard(index)
                faces[index] = None
            else:
                faces[index][faces[index].index(b)] = a
                around[a].add(index)
        around[b] = set()
        left -= 1
        for v in {v for i in around[a] for v in faces[i]} - {a}:
            push(a, v)
    return compact(vertices, np.array([face for face in faces if face is not None]))


def subdivided(vertices, triangles):
    edges = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    edges, place = np.unique(edges, axis=0, return_inverse=True)
    a, b, c = place.reshape(3, -1) + len(vertices)
    i, j, k = triangles.T
    corners = [np.stack(t, axis=1) for t in [(i, a, c), (a, j, b), (c, b, k), (a, b, c)]]
    middles = (vertices[edges[:, 0]] + vertices[edges[:, 1]]) / 2
    return np.concatenate([vertices, middles]), np.concatenate(corners)


def write(path, vertices, triangles):
    with open(path, "w") as out:
        out.writelines(f"v {x!r} {y!r} {z!r}\n" for x, y, z in vertices.tolist())
        out.writelines(f"f {a} {b} {c}\n" for a, b, c in (triangles + 1).tolist())


if __name__ == "__main__":
    source, folder = sys.argv[1:3]
    vertices, triangles = read(source)
    vertices = vertices / np.ptp(vertices, axis=0).max()
    small = decimated(vertices, triangles, 6890)
    write(f"{folder}/human-6890.obj", *small)
    write(f"{folder}/human-27554.obj", *subdivided(*small))
    stretch = np.array([1, 12, 1])
    thin, faces = decimated(vertices * stretch, triangles, 5000)
    write(f"{folder}/slivers.obj", thin / stretch, faces)
