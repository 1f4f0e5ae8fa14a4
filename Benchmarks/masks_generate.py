"""Generates objects and detections as polygons, in images of the sizes that COCO has.

    python masks_generate.py --images 1000 --seed 1 > masks.json

Objects are closed outlines of 8 to 40 points around a centre with a smooth radius and some jitter, small, medium and
large in COCO's shares; detections are jittered objects and false ones. The same seed gives the same bytes.
"""

import argparse
import json
import sys

import numpy as np

SIZES = [(480, 640), (640, 480), (427, 640), (500, 375), (640, 640), (375, 500)]


def outline(random, height, width):
    scale = np.exp(random.uniform(np.log(8), np.log(min(height, width) * 0.45)))
    points = int(np.clip(random.normal(12 + scale / 8, 5), 8, 40))
    angles = np.sort(random.uniform(0, 2 * np.pi, points))
    waves = sum(random.uniform(0, 0.35 / k) * np.cos(k * angles + random.uniform(0, 6.3)) for k in (1, 2, 3, 5))
    radius = scale * np.maximum(0.15, 1 + waves + random.normal(0, 0.05, points))
    x = random.uniform(0, width) + radius * np.cos(angles) * random.uniform(0.5, 1.5)
    y = random.uniform(0, height) + radius * np.sin(angles)
    return np.stack([np.clip(x, 0, width), np.clip(y, 0, height)], axis=1)


def numbers(points):
    return [round(float(value), 2) for value in points.ravel()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random = np.random.RandomState(options.seed)
    images = []
    for _ in range(options.images):
        height, width = SIZES[random.randint(len(SIZES))]
        objects = [outline(random, height, width) for _ in range(random.randint(3, 12))]
        detections = [points + random.normal(0, 2, 2) + random.normal(0, 1, points.shape) for points in objects * 2]
        detections += [outline(random, height, width) for _ in objects]
        images.append({"size": [height, width], "objects": [numbers(p) for p in objects],
                       "detections": [numbers(p) for p in detections]})
    json.dump({"images": images}, sys.stdout, separators=(",", ":"))


main()
