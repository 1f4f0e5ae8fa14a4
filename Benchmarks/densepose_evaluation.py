#!/usr/bin/env python3
"""GPSm of DensePose, as a straightforward numpy program, and Kindred on the same files.

    densepose_evaluation.py ANNOTATE [COPIES]

The small golden dataset is copied until there are 5,000 instances. The peer follows the rules of the reference mode; its
geodesics are straight distances, as the golden surface's are. Prints AP of both, seconds and their ratio.
"""
import base64
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
from PIL import Image
from pycocotools import mask as coco_mask
from scipy.ndimage import zoom
from scipy.spatial.distance import cdist

fixtures = pathlib.Path(__file__).parent.parent / "Tests/GoldenTests/Fixtures"
KAPPA = np.array([0, .351, .107, .126, .237, .173, .142, .128, .150])[
    [0, 1, 1, 2, 2, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 8, 8]]
THRESHOLDS = np.linspace(.5, .95, 10)


def copies(folder, count):
    truth = json.load(open(fixtures / "eval_gt.json"))
    results = json.load(open(fixtures / "eval_results.json"))
    many = {"info": {}, "categories": truth["categories"], "images": [], "annotations": []}
    found = []
    for copy in range(count):
        many["images"] += [dict(i, id=i["id"] + 100 * copy) for i in truth["images"]]
        many["annotations"] += [
            dict(a, id=a["id"] + 1000 * copy, image_id=a["image_id"] + 100 * copy) for a in truth["annotations"]]
        found += [dict(r, image_id=r["image_id"] + 100 * copy) for r in results]
    json.dump(many, open(f"{folder}/truth.json", "w"))
    json.dump(found, open(f"{folder}/results.json", "w"))
    return sum("dp_x" in a for a in many["annotations"])


class Peer:
    def __init__(self):
        mesh = json.load(open(fixtures / "eval_mesh.json"))
        self.part, self.xyz = np.array(mesh["part_id"]), np.array(mesh["xyz"])
        self.uv = np.stack([mesh["u"], mesh["v"]], 1)

    def nearest(self, chart, uv):
        found = np.full(len(chart), -1)
        for part in range(1, 25):
            members, chosen = np.flatnonzero(self.part == part), chart == part
            if len(members) and chosen.any():
                found[chosen] = members[np.argmin(cdist(self.uv[members], uv[chosen]), 0)]
        return found

    def gps(self, g, d):
        gx, gy, gw, gh = g["bbox"]
        dx, dy, dw, dh = d["bbox"]
        px = (np.array(g["dp_x"]) * gw / 255 + gx - dx).astype(int)
        py = (np.array(g["dp_y"]) * gh / 255 + gy - dy).astype(int)
        out = (px >= int(dw)) | (py >= int(dh)) | (px < 0) | (py < 0)
        if out.all():
            return 0.0
        px[out] = py[out] = 0
        pixels = d["map"][py, px]
        chart = pixels[:, 0].astype(int)
        chart[out] = 0
        mine = self.nearest(chart, pixels[:, 1:] / 255.0)
        true = self.nearest(np.array(g["dp_I"]).astype(int), np.stack([g["dp_U"], g["dp_V"]], 1))
        distance = np.where(mine >= 0, np.linalg.norm(self.xyz[mine] - self.xyz[true], axis=1), np.inf)
        return float(np.mean(np.exp(-distance ** 2 / (2 * KAPPA[self.part[true]] ** 2))))

    @staticmethod
    def pasted(mask, box, size):
        x, y, w, h = box
        canvas = np.zeros(size, np.uint8)
        x0, x1 = max(int(x), 0), min(int(x + w), size[1], int(x) + mask.shape[1])
        y0, y1 = max(int(y), 0), min(int(y + h), size[0], int(y) + mask.shape[0])
        canvas[y0:y1, x0:x1] = mask[y0 - int(y):y1 - int(y), x0 - int(x):x1 - int(x)]
        return coco_mask.encode(np.asfortranarray(canvas))

    def truth_mask(self, g, size):
        union = np.zeros((256, 256))
        for part in g.get("dp_masks", []):
            if part:
                union[coco_mask.decode(part) > 0] = 1
        x, y, w, h = g["bbox"]
        return self.pasted(zoom(union, (max(h, 1) / 256, max(w, 1) / 256), order=1, prefilter=False) > .5, g["bbox"], size)

    def evaluate(self, folder):
        truth = json.load(open(f"{folder}/truth.json"))
        results = json.load(open(f"{folder}/results.json"))
        truths, found = {}, {}
        for g in truth["annotations"]:
            truths.setdefault(g["image_id"], []).append(g)
        for d in results:
            found.setdefault(d["image_id"], []).append(d)
        scores, matched, ignored, positives = [], [], [], 0
        for image in sorted(truth["images"], key=lambda i: i["id"]):
            size = (image["height"], image["width"])
            gs = sorted(truths.get(image["id"], []), key=lambda g: "dp_x" not in g)
            ds = sorted(found.get(image["id"], []), key=lambda d: -d["score"])[:20]
            for d in ds:
                d["map"] = np.array(Image.open(io.BytesIO(base64.b64decode(d["uv_data"]))))
            skipped = np.array(["dp_x" not in g for g in gs])
            positives += int((~skipped).sum())
            crowd = [int(g["iscrowd"]) for g in gs]
            masks = coco_mask.iou([self.pasted(d["map"][..., 0] > 0, d["bbox"], size) for d in ds],
                                  [self.truth_mask(g, size) for g in gs], crowd)
            boxes = coco_mask.iou([d["bbox"] for d in ds], [g["bbox"] for g in gs], crowd)
            points = np.array([[0 if "dp_x" not in g else self.gps(g, d) for g in gs] for d in ds])
            overlap = np.sqrt(masks * points)
            hit = np.zeros((len(THRESHOLDS), len(ds)), bool)
            skip = np.full_like(hit, skipped.all())
            for t, threshold in enumerate(THRESHOLDS):
                taken = np.zeros(len(gs), bool)
                for i in range(len(ds)):
                    best, match = min(threshold, 1 - 1e-10), -1
                    for j in range(len(gs)):
                        if taken[j] and not crowd[j]:
                            continue
                        if match > -1 and not skipped[match] and skipped[j]:
                            break
                        if overlap[i, j] < best or overlap[i, j] == 0:
                            continue
                        best, match = overlap[i, j], j
                    if match > -1:
                        taken[match], hit[t, i], skip[t, i] = True, True, skipped[match]
            for i in np.flatnonzero(~hit[-1]):
                free = [j for j in range(len(gs)) if (not taken[j] or crowd[j]) and boxes[i, j] >= .8]
                if free:
                    match = max(free, key=lambda j: (boxes[i, j], j))
                    skip[:, i] = skipped[match]
                    if skipped[match]:
                        hit[-1, i] = taken[match] = True
            scores.append([d["score"] for d in ds])
            matched.append(hit)
            ignored.append(skip)
        order = np.argsort(-np.concatenate(scores), kind="mergesort")
        hit, skip = np.concatenate(matched, 1)[:, order], np.concatenate(ignored, 1)[:, order]
        precisions = []
        for t in range(len(THRESHOLDS)):
            hits, misses = np.cumsum(hit[t] & ~skip[t]), np.cumsum(~hit[t] & ~skip[t])
            recall, precision = hits / positives, hits / (hits + misses + np.spacing(1))
            precision = np.maximum.accumulate(precision[::-1])[::-1]
            places = np.searchsorted(recall, np.linspace(0, 1, 101), side="left")
            precisions.append([precision[p] if p < len(precision) else 0 for p in places])
        return 100 * float(np.mean(precisions))


annotate = sys.argv[1]
with tempfile.TemporaryDirectory() as folder:
    instances = copies(folder, int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
    start = time.time()
    ours = json.loads(subprocess.run(
        [annotate, "evaluate", "densepose", "--truth", f"{folder}/truth.json", "--predictions", f"{folder}/results.json",
         "--mesh", str(fixtures / "eval_mesh.json"), "--mode", "reference", "--metric", "gpsm", "--json"],
        check=True, stdout=subprocess.PIPE).stdout)["AP"]
    middle = time.time()
    theirs = Peer().evaluate(folder)
    end = time.time()
cores = os.cpu_count()
print(f"{instances} instances: AP {ours:.6f}, numpy {theirs:.6f}")
print(f"Kindred {middle - start:.2f} s on {cores} cores, numpy {end - middle:.2f} s: {(end - middle) / (middle - start):.1f} times")
if abs(ours - theirs) > 1e-6:
    sys.exit("the numbers differ")
