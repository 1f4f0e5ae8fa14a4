#!/usr/bin/env python3
"""Runs each program on the same files and compares every number, CPU seconds, wall seconds and peak memory.

    evaluation_benchmark.py ANNOTATE FOLDER [ROUNDS]
"""
import json
import os
import pathlib
import subprocess
import sys
import time

annotate, folder = sys.argv[1:3]
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 1
here = pathlib.Path(__file__).parent
truth = f"{folder}/instances.json"


def measured(command):
    start = time.time()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} failed")
    return json.loads(output), usage.ru_utime + usage.ru_stime, time.time() - start, usage.ru_maxrss / 1024


print(f"{'kind':10} {'program':18} {'CPU s':>8} {'wall s':>8} {'MiB':>8}")
for kind, name in (("boxes", "dets_bbox.json"), ("masks", "dets_segm.json")):
    predictions = f"{folder}/{name}"
    commands = {"Kindred": [annotate, "evaluate", kind, "--truth", truth, "--predictions", predictions, "--json"]}
    for peer in ("faster_coco_eval", "pycocotools"):
        commands[peer] = [sys.executable, str(here / "evaluation_peer.py"), peer, kind, truth, predictions]
    best = {}
    # Alternating, so that a busy machine slows all.
    for _ in range(rounds):
        for program, command in commands.items():
            outcome = measured(command)
            if program not in best or outcome[1] < best[program][1]:
                best[program] = outcome
    for program, (_, cpu, wall, memory) in best.items():
        print(f"{kind:10} {program:18} {cpu:8.2f} {wall:8.2f} {memory:8.0f}")
    ours, faster, exact = (best[p] for p in ("Kindred", "faster_coco_eval", "pycocotools"))
    print(f"{kind:10} Kindred over faster_coco_eval: {ours[1] / faster[1]:.3f} of the CPU time, "
          f"{ours[2] / faster[2]:.3f} of the wall time, {ours[3] / faster[3]:.3f} of the memory")
    worst = max(abs(ours[0][key] - exact[0][key]) for key in exact[0])
    print(f"{kind:10} greatest difference to pycocotools, of 12 numbers: {worst:.1e}; "
          f"faster_coco_eval's: {max(abs(faster[0][k] - exact[0][k]) for k in exact[0]):.1e}")
    if worst > 1e-9:
        sys.exit("the numbers differ")
