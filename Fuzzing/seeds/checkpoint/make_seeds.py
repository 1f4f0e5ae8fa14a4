"""Makes the small files that fuzzing begins with (torch 2.13, numpy 2.4, safetensors 0.8)."""

import collections
import os
import pickle

import numpy
import safetensors.torch
import torch

os.chdir(os.path.dirname(os.path.abspath(__file__)))
torch.manual_seed(0)
base = torch.arange(6.0).reshape(2, 3)
state = collections.OrderedDict([("a", base), ("b", base.t()), ("n", torch.tensor(3)), ("h", torch.ones(2).half())])
state._metadata = {"": {"version": 1}}
whole = {"model": state, "list": [1, 2.5, "x", None, True, 2**70], "bytes": b"\x00\xff", "new": torch.ones(2).to(torch.uint16),
         "parameter": torch.nn.Parameter(torch.ones(1))}
torch.save(whole, "zip.pth")
torch.save(whole, "legacy.pth", _use_new_zipfile_serialization=False)
safetensors.torch.save_file({"a": base, "n": torch.tensor([1, 2])}, "a.safetensors", {"note": "n"})
for protocol in [2, 3, 5]:
    with open(f"arrays{protocol}.pkl", "wb") as file:
        pickle.dump({"blobs": {"a": base.numpy(), "f": numpy.asfortranarray(base.numpy())}, "s": numpy.float32(2)}, file, protocol)
