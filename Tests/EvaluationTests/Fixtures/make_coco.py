#!/usr/bin/env python3
"""Small random cases with crowds, ties, empty pictures and ids of zero, and the numbers that pycocotools gives for them.

    python3 -m venv venv && venv/bin/pip install numpy pycocotools==2.0.11 && venv/bin/python make_coco.py > coco.json

pycocotools takes an annotation of id 0 for "not matched"; the numbers are those with all ids moved by one, which are right.
"""
import contextlib, io, json
import numpy as np
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

KINDS = {"boxes": "bbox", "masks": "segm", "keypoints": "keypoints"}


def rectangle(box, height, width):
    x, y, w, h = box
    mask = np.zeros((height, width), np.uint8, order="F")
    mask[int(y):int(y + h) + 1, int(x):int(x + w) + 1] = 1
    rle = coco_mask.encode(mask)
    return {"size": rle["size"], "counts": rle["counts"].decode()}


def triangle(box):
    x, y, w, h = box
    return [x, y, x + w, y + 1.5, x + w * 0.8, y + h]


def compressed(polygon, height, width):
    rle = coco_mask.frPyObjects([polygon], height, width)[0]
    return {"size": rle["size"], "counts": rle["counts"].decode()}


def keypoints(rng, box, jitter, visible):
    x, y, w, h = box
    values = []
    for k in range(17):
        px = x + w * ((k * 7) % 17) / 17 + rng.normal() * jitter * w
        py = y + h * ((k * 5) % 17) / 17 + rng.normal() * jitter * h
        values += [round(px, 1), round(py, 1), int(rng.choice([0, 1, 2])) if visible else 0]
    return values


def case(seed, kind):
    rng = np.random.default_rng(seed)
    pictures = [{"id": int(i), "width": 240, "height": 200, "file_name": f"{i}.png"} for i in rng.permutation(60)[:8]]
    categories = [{"id": i, "name": f"c{i}"} for i in ([1] if kind == "keypoints" else [7, 3, 90])]
    annotations, results = [], []
    for picture in pictures[1:]:
        for _ in range(rng.integers(0, 7)):
            size = np.exp(rng.uniform(1.5, 5, 2))
            w, h = np.round(np.minimum(size, [200, 170]), 1)
            x, y = round(rng.uniform(0, 239 - w), 1), round(rng.uniform(0, 199 - h), 1)
            box = [float(x), float(y), float(w), float(h)]
            category = categories[rng.integers(len(categories))]["id"]
            annotation = {"image_id": picture["id"], "category_id": category, "bbox": box,
                          "iscrowd": int(rng.random() < 0.15), "area": round(float(w * h) * rng.uniform(0.6, 1), 2)}
            if kind == "masks":
                is_run = annotation["iscrowd"] or rng.random() < 0.3
                annotation["segmentation"] = rectangle(box, 200, 240) if is_run else [triangle(box)]
            if kind == "keypoints":
                annotation["keypoints"] = keypoints(rng, box, 0, rng.random() < 0.8)
                annotation["num_keypoints"] = sum(v > 0 for v in annotation["keypoints"][2::3])
            annotations.append(annotation)
            for _ in range(rng.integers(0, 4)):
                jitter = rng.normal(0, 0.08, 4)
                moved = [round(float(v), 1) for v in (x + jitter[0] * w, y + jitter[1] * h, w * np.exp(jitter[2]), h * np.exp(jitter[3]))]
                moved[0], moved[1] = max(0.0, moved[0]), max(0.0, moved[1])
                chosen = category if rng.random() < 0.85 else categories[rng.integers(len(categories))]["id"]
                result = {"image_id": picture["id"], "category_id": chosen,
                          "score": round(float(rng.choice([0.5, 0.9, rng.random()])), 3)}
                if kind == "masks":
                    result["segmentation"] = rectangle(moved, 200, 240) if is_run else compressed(triangle(moved), 200, 240)
                elif kind == "keypoints":
                    result["keypoints"] = keypoints(rng, box, 0.04, True)
                if kind == "boxes" or seed % 2:
                    result["bbox"] = moved
                results.append(result)
    results.append(dict(results[0], image_id=pictures[0]["id"], score=0.7))
    order = rng.permutation(len(annotations)).tolist()
    for place, annotation in enumerate(annotations):
        annotation["id"] = order[place]
    return {"images": pictures, "annotations": annotations, "categories": categories}, results


def numbers(truth, results, kind):
    moved = json.loads(json.dumps(truth))
    for annotation in moved["annotations"]:
        annotation["id"] += 1
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = moved
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(json.loads(json.dumps(results))), KINDS[kind])
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return [float(v) for v in evaluation.stats]


cases = []
for kind in KINDS:
    for seed in range(1, 7):
        truth, results = case(seed, kind)
        cases.append({"kind": kind, "seed": seed, "truth": truth, "results": results, "expected": numbers(truth, results, kind)})
print(json.dumps({"cases": cases}))
