"""Writes resize_golden.json: tiny images of a linear congruential generator, resampled by Pillow, OpenCV and torch's rule.

Run: python3 make_resize_golden.py   (pillow < 13, numpy, opencv-python-headless; torch is used when it is installed)
Each case: filter, seed, channels, bits, source size, target size, and the samples as hexadecimal digits.
"""
import json
import os

import cv2
import numpy as np
import PIL
from PIL import Image

assert int(PIL.__version__.split(".")[0]) < 13, "Pillow 13 changed the order of the passes"

SIZES = [((23, 17), (10, 7)), ((23, 17), (29, 20)), ((16, 12), (8, 6)), ((31, 9), (5, 21)), ((24, 18), (8, 6)),
         ((13, 11), (13, 5)), ((13, 11), (6, 11)), ((11, 30), (19, 8)), ((30, 33), (27, 4)), ((40, 37), (3, 2)), ((5, 4), (17, 11)), ((3, 1), (7, 5))]
PILLOW = {"nearestPillow": Image.NEAREST, "boxPillow": Image.BOX, "bilinearPillow": Image.BILINEAR,
          "hammingPillow": Image.HAMMING, "bicubicPillow": Image.BICUBIC, "lanczosPillow": Image.LANCZOS}
OPENCV = {"nearestOpenCV": cv2.INTER_NEAREST, "bilinearOpenCV": cv2.INTER_LINEAR, "areaOpenCV": cv2.INTER_AREA}


def samples(seed, count, bits):
    state, out = seed, []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        out.append(state >> (32 - bits))
    return out


def source(seed, size, channels, bits):
    width, height = size
    array = np.array(samples(seed, width * height * channels, bits), np.uint8 if bits == 8 else np.uint16)
    return array.reshape(height, width, channels)


def pillow(image, size, resample):
    if image.dtype == np.uint16:
        planes = [np.asarray(Image.fromarray(image[:, :, c].astype(np.float32)).resize(size, resample))
                  for c in range(image.shape[2])]
        return np.clip(np.floor(np.stack(planes, 2) + 0.5), 0, 65535).astype(np.uint16)
    picture = Image.fromarray(image[:, :, 0] if image.shape[2] == 1 else image)
    return np.asarray(picture.resize(size, resample))


def axis(old, new, align):
    one = np.float32(1)
    index = np.arange(new, dtype=np.float32)
    if align:
        place = index * (np.float32(old - 1) / np.float32(new - 1) if new > 1 else np.float32(0))
    else:
        place = np.maximum(np.float32(old) / np.float32(new) * (index + np.float32(0.5)) - np.float32(0.5), 0)
    first = np.minimum(place.astype(int), old - 1)
    share = np.clip(place - first.astype(np.float32), 0, 1).astype(np.float32)
    return first, np.minimum(first + 1, old - 1), one - share, share


def torch_bilinear(image, size, align):
    try:
        import torch
        tensor = torch.from_numpy(image.astype(np.float32)).permute(2, 0, 1)[None]
        out = torch.nn.functional.interpolate(tensor, (size[1], size[0]), mode="bilinear", align_corners=align)
        out = out[0].permute(1, 2, 0).numpy()
    except ImportError:
        x0, x1, wx0, wx1 = axis(image.shape[1], size[0], align)
        y0, y1, wy0, wy1 = axis(image.shape[0], size[1], align)
        values = image.astype(np.float32)
        wx0, wx1 = wx0[None, :, None], wx1[None, :, None]
        upper = wx0 * values[y0][:, x0] + wx1 * values[y0][:, x1]
        lower = wx0 * values[y1][:, x0] + wx1 * values[y1][:, x1]
        out = wy0[:, None, None] * upper + wy1[:, None, None] * lower
    return np.rint(out).astype(image.dtype)


cv2.ipp.setUseIPP(False)  # Intel's library rounds in its own way, and only on Intel processors.
cases, seed = [], 1
for bits in (8, 16):
    for name in [*PILLOW, *OPENCV, "bilinearTorch", "bilinearTorchAlignCorners"]:
        for old, new in SIZES if bits == 8 else SIZES[:4] + SIZES[6:7]:
            for channels in (1, 3, 4) if bits == 8 else (1, 3):
                if channels == 4 and old[0] > 30:
                    continue
                seed += 1
                image = source(seed, old, channels, bits)
                if name in PILLOW:
                    result = pillow(image, new, PILLOW[name])
                elif name in OPENCV:
                    result = cv2.resize(image, new, interpolation=OPENCV[name])
                else:
                    result = torch_bilinear(image, new, name.endswith("AlignCorners"))
                digits = "".join(f"{v:0{bits // 4}x}" for v in result.flatten().tolist())
                cases.append({"filter": name, "seed": seed, "channels": channels, "bits": bits, "from": old, "to": new,
                              "samples": digits})

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "resize_golden.json")
with open(path, "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
print(len(cases), "cases,", os.path.getsize(path), "bytes")
