"""The peer of mask-benchmark: the same steps over the same inputs with pycocotools.

    python masks_pycocotools.py masks.json results.txt

Prints one line a step: name, objects, CPU seconds (median of 5 rounds). Writes every result to results.txt.
"""

import json
import struct
import sys
import time

import numpy as np
from pycocotools import mask as M

PIXEL_MASKS = 200


def measure(name, count, work):
    times = []
    for _ in range(5):
        start = time.process_time()
        result = work()
        times.append(time.process_time() - start)
    print(name, count, sorted(times)[2])
    return result


def main():
    images = json.load(open(sys.argv[1]))["images"]
    out = open(sys.argv[2], "w")
    polygons = [(image["objects"] + image["detections"], *image["size"]) for image in images]
    count = sum(len(group) for group, _, _ in polygons)

    # One call an image: pycocotools' best case.
    groups = measure("polygon", count, lambda: [M.frPyObjects(g, h, w) for g, h, w in polygons])
    out.writelines(rle["counts"].decode() + "\n" for group in groups for rle in group)

    some = [rle for group in groups for rle in group][:PIXEL_MASKS]
    # Each result is dropped before the next, as a loader does; kept ones would measure the system's page faults.
    lengths = measure("decode", len(some), lambda: [M.decode(rle).size for rle in some])
    out.writelines(f"{length}\n" for length in lengths)
    pixels = [M.decode(rle) for rle in some]
    encoded = measure("encode", len(some), lambda: [M.encode(p) for p in pixels])
    out.writelines(rle["counts"].decode() + "\n" for rle in encoded)
    rows = [np.ascontiguousarray(p) for p in pixels]
    encoded = measure("encode-rows", len(some), lambda: [M.encode(np.asfortranarray(p)) for p in rows])
    out.writelines(rle["counts"].decode() + "\n" for rle in encoded)

    pairs = [pair for group in groups for pair in zip(group, group[1:])]
    merged = measure("merge", len(pairs), lambda: [M.merge(pair) for pair in pairs])
    out.writelines(rle["counts"].decode() + "\n" for rle in merged)

    areas = measure("area", count, lambda: [M.area(group) for group in groups])
    out.writelines(f"{value}\n" for group in areas for value in group)
    boxes = measure("box", count, lambda: [M.toBbox(group) for group in groups])
    out.writelines(" ".join(str(int(v)) for v in box) + "\n" for group in boxes for box in group)

    sets = [(g[len(i["objects"]):], g[:len(i["objects"])], [k % 5 == 4 for k in range(len(i["objects"]))])
            for g, i in zip(groups, images)]
    overlaps = measure("overlap", sum(len(d) * len(t) for d, t, _ in sets), lambda: [M.iou(*s) for s in sets])
    out.writelines(struct.pack(">d", v).hex() + "\n" for matrix in overlaps for v in matrix.ravel())


main()
