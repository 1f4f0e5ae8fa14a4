#!/usr/bin/env python3
"""From JSON files to the twelve numbers, with a peer.

    evaluation_peer.py pycocotools|faster_coco_eval boxes|masks TRUTH PREDICTIONS
"""
import contextlib
import io
import json
import sys

peer, kind, truth, predictions = sys.argv[1:]
if peer == "pycocotools":
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval as Evaluation
else:
    from faster_coco_eval import COCO
    from faster_coco_eval import COCOeval_faster as Evaluation

with contextlib.redirect_stdout(io.StringIO()):
    coco = COCO(truth)
    results = coco.loadRes(predictions)
    evaluation = Evaluation(coco, results, {"boxes": "bbox", "masks": "segm"}[kind])
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
names = ["AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl"]
print(json.dumps(dict(zip(names, [float(v) for v in evaluation.stats[:12]]))))
