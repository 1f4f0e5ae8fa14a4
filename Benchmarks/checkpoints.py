"""Compares `infer weights` with torch, numpy and safetensors: values first, then times. Run by checkpoints.sh."""

import collections
import json
import os
import pickle
import subprocess
import sys
import tempfile
import time

import numpy
import safetensors.torch
import torch

infer, options = sys.argv[1], sys.argv[2:]
failures = 0


def run(*arguments):
    result = subprocess.run([infer, "weights", *arguments], capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(f"infer weights {' '.join(arguments)}: {result.stderr}")
    return result.stdout


def same(left, right):
    """Equal in type, order and value; tensors bit by bit, with their strides."""
    if isinstance(left, dict):
        return isinstance(right, dict) and list(left) == list(right) and all(same(left[k], right[k]) for k in left)
    if isinstance(left, (list, tuple)):
        return type(left) is type(right) and len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, torch.Tensor):
        return (left.dtype == right.dtype and left.shape == right.shape and left.stride() == right.stride()
                and bits(left) == bits(right))
    return type(left) is type(right) and left == right


def bits(tensor):
    return tensor.contiguous().flatten().view(torch.uint8).numpy().tobytes() if tensor.numel() else b""


def report(what, ok):
    global failures
    failures += not ok
    print(f"{'equal' if ok else 'DIFFERENT':10} {what}")


def sample():
    """Everything that a training script may save."""
    generator = torch.Generator().manual_seed(1)
    types = [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
             torch.uint8, torch.bool, torch.complex64, torch.complex128]
    base = torch.randn(6, 8, generator=generator)
    state = collections.OrderedDict((str(t)[6:], (10 * torch.randn(3, 5, generator=generator)).to(t)) for t in types)
    state["scalar"] = torch.tensor(3.5)
    state["empty"] = torch.empty(0, 4)
    state["base"], state["transposed"], state["slice"] = base, base.t(), base[2:4, 1::3]
    state["expanded"] = torch.ones(1, 3).expand(4, 3)
    state["parameter"] = torch.nn.Parameter(torch.randn(2, 2, generator=generator)).detach()
    return {"model": state, "iteration": 70000, "large": 2**62, "beyond": 2**70, "negative": -(2**40), "rate": 2.5e-4,
            "nothing": None, "flags": [True, False], "nested": {"tuple": (1, "two", (3.0,)), 5: ["x", {}], "empty": []},
            "text": "grün", "bytes": bytes(range(256)), "size": (2, 3)}


def values(folder):
    path = lambda name: os.path.join(folder, name)
    whole = sample()
    model = whole["model"]
    for name, zipped in [("zip.pth", True), ("legacy.pth", False)]:
        torch.save(whole, path(name), _use_new_zipfile_serialization=zipped)
        run("convert", path(name), path("out.pth"), "--overwrite")
        back = torch.load(path("out.pth"), weights_only=True)
        report(f"{name} -> pth, everything", same(whole, back))
        report(f"{name} -> pth, shared storage",
               back["model"]["base"].untyped_storage().data_ptr() == back["model"]["transposed"].untyped_storage().data_ptr())
        with torch.serialization.safe_globals([]):
            mapped = torch.load(path("out.pth"), weights_only=True, mmap=True)
        report(f"{name} -> pth, memory-mapped", same(whole, mapped))
    new = {"model": {str(t)[6:]: torch.arange(6).to(t) for t in
                     [torch.uint16, torch.uint32, torch.uint64, torch.float8_e4m3fn, torch.float8_e5m2]}}
    torch.save(new, path("new.pth"))
    run("convert", path("new.pth"), path("out.pth"), "--overwrite")
    report("element types of torch 2", same(new, torch.load(path("out.pth"), weights_only=True)))

    storable = collections.OrderedDict((k, v) for k, v in model.items() if v.dtype != torch.complex128)
    torch.save({"state_dict": storable, "epoch": 3}, path("a.pth"))
    run("convert", path("a.pth"), path("out.safetensors"), "--overwrite")
    loaded = safetensors.torch.load_file(path("out.safetensors"))
    report("pth -> safetensors", set(loaded) == set(storable) and all(
        same(storable[k].contiguous(), loaded[k]) for k in storable))
    with safetensors.safe_open(path("out.safetensors"), "pt") as file:
        report("pth -> safetensors, metadata", file.metadata() == {"epoch": "3"})
    contiguous = {k: v.contiguous().clone() for k, v in storable.items()}
    safetensors.torch.save_file(contiguous, path("b.safetensors"))
    run("convert", path("b.safetensors"), path("out.pth"), "--overwrite")
    loaded = torch.load(path("out.pth"), weights_only=True)
    report("safetensors -> pth", set(loaded) == set(contiguous) and all(same(contiguous[k], loaded[k]) for k in loaded))

    for precision in ["float64", "float32", "float16", "bfloat16"]:
        wide = {"a": torch.cat([torch.randn(4000) * 10.0 ** e for e in range(-12, 12)]), "n": torch.arange(3)}
        for source in [torch.float64, torch.float32, torch.float16, torch.bfloat16]:
            torch.save({"a": wide["a"].to(source), "n": wide["n"]}, path("a.pth"))
            expected = {"a": wide["a"].to(source).to(getattr(torch, precision)), "n": wide["n"]}
            run("convert", path("a.pth"), path("out.pth"), "--dtype", precision, "--overwrite")
            report(f"{str(source)[6:]} -> {precision}", same(expected, torch.load(path("out.pth"), weights_only=True)))

    arrays = {"a": numpy.arange(12, dtype="f4").reshape(3, 4), "f": numpy.asfortranarray(numpy.arange(6.0).reshape(2, 3)),
              "half": numpy.arange(4, dtype="f2"), "flags": numpy.array([True, False]), "zero": numpy.array(7, "i8"),
              "empty": numpy.zeros((0, 2), "i4"), "c": numpy.array([1 + 2j], "c16")}
    for protocol in [2, 3, 4, 5]:
        for key in ["model", "blobs"]:
            with open(path("zoo.pkl"), "wb") as file:
                pickle.dump({key: arrays, "__author__": "x", "scalar": numpy.float32(1.5)}, file, protocol)
            run("convert", path("zoo.pkl"), path("out.pth"), "--overwrite")
            loaded = torch.load(path("out.pth"), weights_only=True)
            report(f"pickle of arrays, protocol {protocol}, {key}", loaded["scalar"] == 1.5 and all(
                numpy.array_equal(arrays[k], loaded[key][k].numpy()) and arrays[k].dtype == loaded[key][k].numpy().dtype
                for k in arrays))
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4))
    optimizer = torch.optim.Adam(network.parameters())
    network(torch.randn(2, 3, 8, 8)).sum().backward()
    optimizer.step()
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, [3, 5])
    training = {"model": network.state_dict(), "optimizer": optimizer.state_dict(), "scheduler": {
        k: v for k, v in schedule.state_dict().items()}}
    torch.save(training, path("training.pth"))
    run("convert", path("training.pth"), path("out.pth"), "--overwrite")
    loaded = torch.load(path("out.pth"), weights_only=True)
    report("a training script's checkpoint", same(dict(training["model"]), dict(loaded["model"])) and same(
        training["optimizer"], loaded["optimizer"]))
    report("versions of modules", training["model"]._metadata == loaded["model"]._metadata)
    network.load_state_dict(loaded["model"])


def timed(work):
    """Wall and CPU seconds of the best of three, children included."""
    best = None
    for _ in range(3):
        before, start = os.times(), time.perf_counter()
        work()
        wall, after = time.perf_counter() - start, os.times()
        cpu = sum(after[:4]) - sum(before[:4])
        best = min(best, (wall, cpu)) if best else (wall, cpu)
    return best


def peak(arguments):
    """Peak resident memory of infer, in MiB; measured from a small process, whose own memory would count otherwise."""
    program = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
               "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    result = subprocess.run([sys.executable, "-S", "-c", program, infer, "weights", *arguments], capture_output=True, check=True)
    return int(result.stdout) / 1024


def times(folder):
    path = lambda name: os.path.join(folder, name)
    state = {f"layer{i}.weight": torch.randn(1024, 1024, 3, 3) for i in range(19)}
    state.update({f"layer{i}.bias": torch.randn(1024) for i in range(19)})
    torch.save(state, path("zip.pth"))
    torch.save(state, path("legacy.pth"), _use_new_zipfile_serialization=False)
    safetensors.torch.save_file(state, path("s.safetensors"))
    with open(path("zoo.pkl"), "wb") as file:
        pickle.dump({"model": {k: v.numpy() for k, v in state.items()}, "__author__": "x"}, file, 3)
    size = os.path.getsize(path("zip.pth")) / 1e6
    del state
    print(f"\n{size:.0f} MB of weights; wall and CPU seconds, best of three; infer as a whole process, Python inside a running one")

    def line(what, ours, theirs, name):
        mine, other = timed(ours), timed(theirs)
        print(f"{what:34} infer {mine[0]:7.3f} {mine[1]:7.3f}   {name:32} {other[0]:7.3f} {other[1]:7.3f}   "
              f"x{other[0] / mine[0]:.1f}")

    load = lambda name, **options: lambda: torch.load(path(name), weights_only=True, **options)
    line("read zip", lambda: run("inspect", path("zip.pth")), load("zip.pth"), "torch.load")
    line("read zip", lambda: run("inspect", path("zip.pth")), load("zip.pth", mmap=True), "torch.load(mmap=True)")
    line("read legacy", lambda: run("inspect", path("legacy.pth")), load("legacy.pth"), "torch.load")
    line("read safetensors", lambda: run("inspect", path("s.safetensors")),
         lambda: safetensors.torch.load_file(path("s.safetensors")), "load_file")
    line("read pickle of arrays", lambda: run("inspect", path("zoo.pkl")),
         lambda: pickle.load(open(path("zoo.pkl"), "rb")), "pickle.load")

    def save(value, name):
        safetensors.torch.save_file(value, path(name))
        with open(path(name), "rb") as file:
            os.fsync(file.fileno())

    line("zip -> safetensors, on disk",
         lambda: run("convert", path("zip.pth"), path("o.safetensors"), "--overwrite"),
         lambda: save(load("zip.pth", mmap=True)(), "p.safetensors"), "torch.load(mmap), save_file, fsync")

    def resave():
        torch.save(load("legacy.pth")(), path("p.pth"))
        with open(path("p.pth"), "rb") as file:
            os.fsync(file.fileno())

    line("legacy -> zip, on disk", lambda: run("convert", path("legacy.pth"), path("o.pth"), "--overwrite"), resave,
         "torch.load, save, fsync")
    line("zip -> float16 safetensors, on disk",
         lambda: run("convert", path("zip.pth"), path("o.safetensors"), "--half", "--overwrite"),
         lambda: save({k: v.half() for k, v in load("zip.pth", mmap=True)().items()}, "p.safetensors"),
         "torch.load(mmap), half, save, fsync")
    print(f"peak memory of infer: read {peak(['inspect', path('zip.pth')]):.0f} MiB, "
          f"convert {peak(['convert', path('zip.pth'), path('o.safetensors'), '--overwrite']):.0f} MiB "
          "(pages of the mapped file included, which the system may drop)")


def beyond32bits(folder):
    path = lambda name: os.path.join(folder, name)
    state = {"small": torch.arange(5), "large": torch.empty(4_400_000_000, dtype=torch.uint8), "last": torch.arange(7)}
    state["large"][0], state["large"][-1] = 1, 2
    safetensors.torch.save_file(state, path("large.safetensors"))
    run("convert", path("large.safetensors"), path("large.pth"))
    loaded = torch.load(path("large.pth"), weights_only=True, mmap=True)
    report("a storage beyond 4 GiB", all(torch.equal(state[k], loaded[k]) for k in ["small", "last"])
           and loaded["large"].numel() == 4_400_000_000 and loaded["large"][-1] == 2)
    summary = json.loads(run("inspect", path("large.pth"), "--json"))
    report("a storage beyond 4 GiB, read again", summary["total"]["bytes"] == 4_400_000_000 + 96)
    torch.save(state, path("torch.pth"))
    summary = json.loads(run("inspect", path("torch.pth"), "--json"))
    report("a storage beyond 4 GiB, of torch", summary["total"]["bytes"] == 4_400_000_000 + 96)


print(f"torch {torch.__version__}, numpy {numpy.__version__}, safetensors {safetensors.__version__}")
with tempfile.TemporaryDirectory() as folder:
    values(folder)
with tempfile.TemporaryDirectory() as folder:
    times(folder)
if "--zip64" in options:
    with tempfile.TemporaryDirectory() as folder:
        beyond32bits(folder)
sys.exit(f"{failures} comparisons differ" if failures else 0)
