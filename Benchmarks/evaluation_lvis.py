#!/usr/bin/env python3
"""LVIS's rule: Kindred beside the `lvis` package on the same files.

    evaluation_lvis.py ANNOTATE FOLDER [PICTURES]

The truth is FOLDER/instances.json made federated: without crowds, every picture with some categories that are known to be
absent and some that are not labelled exhaustively, every category rare, common or frequent. Prints the greatest
difference of the 13 numbers and the seconds of both.
"""
import contextlib
import io
import json
import logging
import subprocess
import sys
import tempfile
import time

import numpy as np

annotate, folder = sys.argv[1:3]
pictures = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
chance = np.random.RandomState(1)
truth = json.load(open(f"{folder}/instances.json"))
truth["images"] = truth["images"][:pictures]
kept = {image["id"] for image in truth["images"]}
truth["annotations"] = [a for a in truth["annotations"] if a["image_id"] in kept and not a["iscrowd"]]
labelled = {image: set() for image in kept}
for annotation in truth["annotations"]:
    labelled[annotation["image_id"]].add(annotation["category_id"])
categories = [category["id"] for category in truth["categories"]]
for image in truth["images"]:
    chosen = [int(c) for c in chance.choice(categories, 12, replace=False)]
    image["neg_category_ids"] = [c for c in chosen[:8] if c not in labelled[image["id"]]]
    present = sorted(labelled[image["id"]])
    image["not_exhaustive_category_ids"] = present[:1] if chance.rand() < .3 else []
for category in truth["categories"]:
    category["frequency"] = "rcf"[category["id"] % 3]
results = [d for d in json.load(open(f"{folder}/dets_bbox.json")) if d["image_id"] in kept]

with tempfile.TemporaryDirectory() as work:
    json.dump(truth, open(f"{work}/truth.json", "w"))
    json.dump(results, open(f"{work}/results.json", "w"))
    start = time.time()
    ours = json.loads(subprocess.run(
        [annotate, "evaluate", "boxes", "--federated", "--truth", f"{work}/truth.json", "--predictions",
         f"{work}/results.json", "--json"], check=True, stdout=subprocess.PIPE).stdout)
    middle = time.time()
    # The package has not followed numpy, which has dropped this name.
    np.float = float
    logging.disable(logging.CRITICAL)
    from lvis import LVIS, LVISEval, LVISResults
    with contextlib.redirect_stdout(io.StringIO()):
        labels = LVIS(f"{work}/truth.json")
        evaluation = LVISEval(labels, LVISResults(labels, f"{work}/results.json"), "bbox")
        evaluation.run()
    end = time.time()
theirs = evaluation.get_results()
names = {key: key.replace("AR@300", "AR").replace("ARs@300", "ARs").replace("ARm@300", "ARm").replace("ARl@300", "ARl")
         for key in theirs}
worst = max(abs(ours[name] - float(theirs[key])) for key, name in names.items())
print(f"LVIS, {len(results)} detections in {pictures} pictures: greatest difference to lvis, of {len(names)} numbers: {worst:.1e}")
print(f"LVIS: Kindred {middle - start:.2f} s, lvis {end - middle:.2f} s: {(end - middle) / (middle - start):.1f} times")
if worst > 1e-9:
    sys.exit("the numbers differ")
