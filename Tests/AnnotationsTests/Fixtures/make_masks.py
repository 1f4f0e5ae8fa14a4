"""Writes masks.json: what pycocotools 2.0.11 makes of polygons, boxes and masks. Run in this folder, once."""

import json
import random

import numpy as np
from pycocotools import mask as M

rng = random.Random(20240607)
noise = np.random.RandomState(20240607)


def text(rle):
    return rle["counts"].decode()


def polygon(height, width):
    kind = rng.randrange(14)
    n = rng.randint(3, 16)
    r2 = lambda v: round(v, 2)
    if kind < 4:  # a blob, mostly inside
        cx, cy, r = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(1, min(height, width) / 2)
        angles = sorted(rng.uniform(0, 6.2832) for _ in range(n))
        return [r2(c) for t in angles for c in (cx + r * rng.uniform(.4, 1) * np.cos(t), cy + r * np.sin(t))]
    if kind == 4:  # anywhere, crossing itself
        return [r2(c) for _ in range(n) for c in (rng.uniform(-20, width + 20), rng.uniform(-20, height + 20))]
    if kind == 5:  # full precision
        return [c for _ in range(n) for c in (rng.uniform(0, width), rng.uniform(0, height))]
    if kind == 6:  # tiny
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        return [r2(c) for _ in range(n) for c in (x + rng.uniform(-1, 1), y + rng.uniform(-1, 1))]
    if kind == 7:  # horizontal and vertical only
        x, y, v = rng.randint(0, width), rng.randint(0, height), []
        for _ in range(n):
            x = rng.randint(-3, width + 3) if rng.random() < .5 else x
            v += [x, y]
            y = rng.randint(-3, height + 3)
            v += [x, y]
        return v
    if kind == 8:  # one line, of no area
        y = rng.uniform(0, height)
        return [r2(c) for _ in range(n) for c in ((rng.uniform(0, width), y) if n % 2 else (y, rng.uniform(0, width)))]
    if kind == 9:  # repeated points
        p = polygon(height, width)
        i = 2 * rng.randrange(len(p) // 2)
        return p[:i] + p[i:i + 2] * 3 + p[i:]
    if kind == 10:  # outside
        dx, dy = rng.choice([(-2 * width, 0), (2 * width, 0), (0, -2 * height), (0, 2 * height)])
        return [r2(c) for _ in range(n) for c in (dx + rng.uniform(0, width), dy + rng.uniform(0, height))]
    if kind == 11:  # huge
        return [r2(c) for _ in range(5) for c in (rng.uniform(-30000, 30000), rng.uniform(-30000, 30000))]
    if kind == 12:  # negative quarter, halves and fifths
        return [rng.randint(-60, 60) / rng.choice([1, 2, 4, 5, 10]) for _ in range(2 * n)]
    return [rng.uniform(-5, 40) for _ in range(2 * rng.choice([1, 2, 3]))]  # also one and two points


def pixels(height, width):
    kind = rng.randrange(6)
    if kind == 0:
        return np.zeros((height, width), np.uint8)
    if kind == 1:
        return np.ones((height, width), np.uint8)
    if kind == 2:
        return (np.indices((height, width)).sum(0) % 2).astype(np.uint8)
    if kind == 3:
        return (noise.rand(height, width) < rng.choice([.05, .5, .95])).astype(np.uint8)
    out = np.zeros((height, width), np.uint8)
    for _ in range(rng.randint(1, 3)):
        y, x = rng.randrange(height), rng.randrange(width)
        out[y:y + rng.randint(1, height), x:x + rng.randint(1, width)] ^= 1
    return out


polygons = []
while len(polygons) < 420:
    height, width = rng.choice([(60, 80), (97, 33), (1, 50), (50, 1), (7, 9), (240, 320), (480, 640)])
    p = [float(c) for c in polygon(height, width)]
    rle = M._mask.frPoly([p], height, width)[0]
    if len(rle["counts"]) < 420:
        polygons.append({"size": [height, width], "polygon": p, "counts": text(rle)})

boxes = []
for _ in range(60):
    height, width = rng.choice([(60, 80), (97, 33), (480, 640)])
    box = [round(rng.uniform(-20, width), rng.choice([0, 1, 2])), round(rng.uniform(-20, height), 2),
           round(rng.uniform(0, width), rng.choice([0, 2])), round(rng.uniform(0, height), 2)]
    rle = M._mask.frBbox(np.array([box], np.double), height, width)[0]
    boxes.append({"size": [height, width], "box": box, "counts": text(rle)})

masks = []
for height, width in [(1, 1), (1, 40), (40, 1), (8, 8), (13, 70), (64, 5), (23, 19), (16, 64)] * 6:
    m = pixels(height, width)
    rle = M.encode(np.asfortranarray(m))
    bits = np.packbits(m.flatten(order="F")).tobytes().hex()
    masks.append({"size": [height, width], "pixels": bits, "counts": text(rle),
                  "area": int(M.area(rle)), "box": [int(v) for v in M.toBbox(rle)]})

merges = []
for _ in range(60):
    height, width = rng.choice([(13, 17), (40, 30), (1, 40)])
    parts = [M.encode(np.asfortranarray(pixels(height, width))) for _ in range(rng.randint(1, 4))]
    merges.append({"size": [height, width], "parts": [text(p) for p in parts],
                   "union": text(M.merge(parts)), "intersection": text(M.merge(parts, intersect=True))})

overlaps = []
for _ in range(12):
    height, width = rng.choice([(13, 17), (40, 30)])
    one = [M.encode(np.asfortranarray(pixels(height, width))) for _ in range(rng.randint(1, 6))]
    two = [M.encode(np.asfortranarray(pixels(height, width))) for _ in range(rng.randint(1, 6))]
    crowd = [rng.random() < .4 for _ in two]
    overlaps.append({"size": [height, width], "detections": [text(p) for p in one], "truths": [text(p) for p in two],
                     "crowd": crowd, "values": [float(v) for v in M.iou(one, two, crowd).flatten()]})

json.dump({"polygons": polygons, "boxes": boxes, "masks": masks, "merges": merges, "overlaps": overlaps},
          open("masks.json", "w"), separators=(",", ":"))
