"""Runs by coco.sh: measures whole processes (CPU seconds of user and system, peak resident memory)."""
import filecmp
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

annotate, catalog_benchmark = sys.argv[1:3]
large = "--large" in sys.argv
here = os.path.dirname(os.path.abspath(__file__))


def measure(command, **options):
    """CPU seconds, wall seconds, peak MiB and output of a command that must succeed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **options)
    output = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(command)} failed:\n{output}")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - start, usage.ru_maxrss / 1024, output


def best(rounds, *commands):
    """The best of some rounds of each command, in turn, so that a busy machine slows all."""
    results = [None] * len(commands)
    for _ in range(rounds):
        for index, prepare_and_run in enumerate(commands):
            result = prepare_and_run()
            if results[index] is None or result[0] < results[index][0]:
                results[index] = result
    return results


def fresh(catalog):
    for ending in ("", "-wal", "-shm", ".lock"):
        if os.path.exists(catalog + ending):
            os.remove(catalog + ending)
    measure([annotate, "init", "--catalog", catalog])


PYCOCO = """
import time, contextlib, io, sys
from pycocotools.coco import COCO
start = time.process_time()
with contextlib.redirect_stdout(io.StringIO()):
    COCO(sys.argv[1])
print(time.process_time() - start)
"""
DATUMARO_IMPORT = "import sys; from datumaro.components.dataset import Dataset; " \
    "d = Dataset.import_from(sys.argv[1], 'coco_instances'); print(sum(len(i.annotations) for i in d))"
DATUMARO_EXPORT = "import sys; from datumaro.components.dataset import Dataset; " \
    "Dataset.import_from(sys.argv[1], 'coco_instances').export(sys.argv[2], 'coco_instances')"


def has_datumaro():
    return subprocess.run([sys.executable, "-c", "import datumaro"], stderr=subprocess.DEVNULL).returncode == 0


def compare(name, images, instances, seed, rounds, folder, with_datumaro):
    data = os.path.join(folder, name)
    print(f"\n{name}: {images:,} images, {instances:,} instances, ", end="", flush=True)
    measure([sys.executable, os.path.join(here, "coco_generate.py"), "--images", str(images), "--anns", str(instances),
             "--dets", "0", "--seed", str(seed), "--out", data])
    file = os.path.join(data, "instances.json")
    print(f"{os.path.getsize(file) / 1e6:.0f} MB (best of {rounds})")
    catalog = os.path.join(folder, name + ".sqlite")
    out = os.path.join(folder, "out.json")

    def ours():
        fresh(catalog)
        return measure([annotate, "import", "coco", file, "--dataset", "d", "--catalog", catalog])

    commands = [ours, lambda: measure([sys.executable, "-c", PYCOCO, file])]
    if with_datumaro:
        nested = os.path.join(data, "dm", "annotations")
        os.makedirs(nested, exist_ok=True)
        os.makedirs(os.path.join(data, "dm", "images", "val"), exist_ok=True)  # Datumaro asks for the folder
        shutil.copy(file, os.path.join(nested, "instances_val.json"))
        commands.append(lambda: measure([sys.executable, "-c", DATUMARO_IMPORT, os.path.join(data, "dm")]))
    results = best(rounds, *commands)
    ours_cpu, ours_wall, ours_memory, _ = results[0]
    peer = results[1]
    call = float(peer[3])
    row = "{:<44}{:>10}{:>10}{:>10}{:>9}"
    print(row.format("import", "CPU s", "wall s", "peak MiB", "ours/it"))
    print(row.format("Kindred, file into catalog", f"{ours_cpu:.2f}", f"{ours_wall:.2f}", f"{ours_memory:.0f}", ""))
    print(row.format("pycocotools, COCO(file) alone", f"{call:.2f}", "", "", f"{ours_cpu / call:.2f}"))
    print(row.format("pycocotools, whole process", f"{peer[0]:.2f}", f"{peer[1]:.2f}", f"{peer[2]:.0f}",
                     f"{ours_cpu / peer[0]:.2f}"))
    if with_datumaro:
        datumaro = results[2]
        print(row.format("Datumaro, import", f"{datumaro[0]:.2f}", f"{datumaro[1]:.2f}", f"{datumaro[2]:.0f}",
                         f"{ours_cpu / datumaro[0]:.2f}"))
    exported = best(rounds, lambda: measure([annotate, "export", "coco", out, "--dataset", "d", "--catalog", catalog]))[0]
    print(row.format("Kindred, export", f"{exported[0]:.2f}", f"{exported[1]:.2f}", f"{exported[2]:.0f}", ""))
    if with_datumaro:
        shutil.rmtree(os.path.join(data, "dm-out"), ignore_errors=True)
        peer = measure([sys.executable, "-c", DATUMARO_EXPORT, os.path.join(data, "dm"), os.path.join(data, "dm-out")])
        print(row.format("Datumaro, import and export", f"{peer[0]:.2f}", f"{peer[1]:.2f}", f"{peer[2]:.0f}",
                         f"{(ours_cpu + exported[0]) / peer[0]:.2f}"))
    identical = filecmp.cmp(file, out, shallow=False)
    print("exported file byte-identical to the original:", "yes" if identical else "NO")
    info = best(5, lambda: measure([annotate, "info", "--catalog", catalog]))[0]
    print(f"annotate info: {info[1] * 1000:.0f} ms wall")
    print(measure([catalog_benchmark, catalog, "import of d"])[3].expandtabs(36), end="")
    return file, identical


def kill(file, folder, times):
    """Kills imports at random moments, runs them again, and compares with one that was left alone."""
    print(f"\nkill -9 at {times} random moments of an import")
    whole = os.path.join(folder, "whole.sqlite")
    fresh(whole)
    command = [annotate, "import", "coco", file, "--dataset", "d", "--catalog"]
    duration = measure(command + [whole])[1]
    dump = "import sqlite3, sys, hashlib\n" \
        "db = sqlite3.connect(sys.argv[1])\n" \
        "h = hashlib.sha256()\n" \
        "tables = [t for (t,) in db.execute(\"select name from sqlite_schema where type = 'table' order by 1\")]\n" \
        "for t in tables:\n" \
        "    if t in ('operation', 'run') or t.startswith('sqlite_'): continue\n" \
        "    for row in db.execute(f'select * from {t}'): h.update(repr(row).encode())\n" \
        "print(db.execute('pragma integrity_check').fetchone()[0], h.hexdigest())\n"
    expected = measure([sys.executable, "-c", dump, whole])[3]
    killed = sound = equal = 0
    generator = random.Random(1)
    for number in range(times):
        catalog = os.path.join(folder, "killed.sqlite")
        fresh(catalog)
        process = subprocess.Popen(command + [catalog], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(generator.random() * duration)
        killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        sound += measure([sys.executable, "-c", dump, catalog])[3].startswith("ok ")
        measure(command + [catalog])
        equal += measure([sys.executable, "-c", dump, catalog])[3] == expected
    print(f"{killed} killed while at work, {sound} of {times} pass integrity_check after it, "
          f"{equal} of {times} equal the uninterrupted import after the same command (all rows but times)")
    return sound == equal == times


with tempfile.TemporaryDirectory() as folder:
    datumaro = has_datumaro()
    file, fine = compare("val", 5000, 36000, 1, 5, folder, datumaro)
    if large:
        _, also = compare("train", 118287, 860001, 2, 2, folder, False)
        fine = fine and also
    fine = kill(file, folder, 20) and fine
sys.exit(0 if fine else 1)
