"""Makes the small meshes that fuzzing begins with: the format's number (obj, ply, off, stl, glb, gltf), then the file."""

import base64
import json
import os
import struct

os.chdir(os.path.dirname(os.path.abspath(__file__)))
points = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)]
faces = [(0, 2, 1), (0, 1, 3), (0, 3, 2), (1, 2, 3)]


def seed(name, number, content):
    with open(name + ".seed", "wb") as file:
        file.write(bytes([number]) + (content.encode() if isinstance(content, str) else content))


def lines(rows, start=""):
    return "".join(start + " ".join(map(str, row)) + "\n" for row in rows)


seed("obj", 0, "mtllib a.mtl\n" + lines(points, "v ") + "vt 0 0\nvt 1 0.5\nvn 0 0 1\ng left\nusemtl skin\n"
     "f 1/1/1 3/2/1 2\nf 1 2 4\ng right arm\nf -5 -2 -3\nf 2//1 3//1 4//1\nf 2 3 5 4\n")


def ply(form, body):
    return (f"ply\nformat {form} 1.0\ncomment c\nelement vertex 5\nproperty float x\nproperty double y\nproperty float z\n"
            "property uchar red\nproperty uchar green\nproperty uchar blue\nelement face 4\n"
            "property list uchar int vertex_indices\nend_header\n").encode() + body


seed("ply-ascii", 1, ply("ascii", (lines([(*p, 9, 8, 7) for p in points]) + lines([(3, *f) for f in faces])).encode()))
for form, order in [("binary_little_endian", "<"), ("binary_big_endian", ">")]:
    body = b"".join(struct.pack(order + "fdf3B", *p, 9, 8, 7) for p in points)
    seed("ply-" + form, 1, ply(form, body + b"".join(struct.pack(order + "B3i", 3, *f) for f in faces)))
seed("off", 2, "OFF\n# c\n5 4 0\n" + lines(points) + lines([(3, *f) for f in faces]))
corners = [[points[i] for i in face] for face in faces]
seed("stl-ascii", 3, "solid a\n" + "".join(
    "facet normal 0 0 1\nouter loop\n" + lines(c, "vertex ") + "endloop\nendfacet\n" for c in corners) + "endsolid a\n")
seed("stl-binary", 3, bytes(80) + struct.pack("<I", 4) + b"".join(
    struct.pack("<12fH", 0, 0, 1, *sum(c, ()), 0) for c in corners))
data = b"".join(struct.pack("<3f", *p) for p in points) + b"".join(struct.pack("<3H", *f) for f in faces)
scene = {
    "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}],
    "nodes": [{"mesh": 0, "children": [1]}, {"mesh": 0, "translation": [1, 0, 0], "scale": [2, 2, 2]}],
    "meshes": [{"name": "a", "primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "mode": 4}]}],
    "accessors": [{"bufferView": 0, "componentType": 5126, "count": 5, "type": "VEC3"},
                  {"bufferView": 1, "componentType": 5123, "count": 12, "type": "SCALAR"}],
    "bufferViews": [{"buffer": 0, "byteLength": 60}, {"buffer": 0, "byteOffset": 60, "byteLength": 24}],
    "buffers": [{"byteLength": len(data)}],
}
text = json.dumps(scene)
text += " " * (-len(text) % 4)
chunks = struct.pack("<II", len(text), 0x4E4F534A) + text.encode() + struct.pack("<II", len(data), 0x004E4942) + data
seed("glb", 4, struct.pack("<III", 0x46546C67, 2, 12 + len(chunks)) + chunks)
scene["buffers"][0]["uri"] = "data:application/octet-stream;base64," + base64.b64encode(data).decode()
seed("gltf", 5, json.dumps(scene))
