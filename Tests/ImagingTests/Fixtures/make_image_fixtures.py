"""Writes the tiny PNG and JPEG files of images/ and images.json with the samples that they must decode to.

Run: python3 make_image_fixtures.py   (pillow, numpy and libturbojpeg; PNGs are put together here, chunk by chunk)
"""
import ctypes
import io
import json
import os
import struct
import zlib

import numpy as np
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "images")
os.makedirs(OUT, exist_ok=True)
rng = np.random.default_rng(7)
expected = {}


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pack(samples, depth):
    """Rows of samples (height, samples a row) as PNG scan lines of filter 0."""
    lines = []
    for row in samples:
        if depth == 16:
            data = row.astype(">u2").tobytes()
        else:
            bits = "".join(format(int(v), f"0{depth}b") for v in row)
            bits += "0" * (-len(bits) % 8)
            data = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
        lines.append(b"\0" + data)
    return b"".join(lines)


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(name, array, color_type, depth, channels, extra=(), interlaced=False, after=()):
    height, width = array.shape[:2]
    array = array.reshape(height, width, channels)
    passes = [array[y::dy, x::dx] for x, y, dx, dy in ADAM7] if interlaced else [array]
    data = b"".join(pack(p.reshape(p.shape[0], -1), depth) for p in passes if p.size)
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, int(interlaced))
    body = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunk(*e) for e in extra)
    body += chunk(b"IDAT", zlib.compress(data, 9)) + b"".join(chunk(*e) for e in after) + chunk(b"IEND", b"")
    open(os.path.join(OUT, name), "wb").write(body)


def note(name, array, bits=8):
    array = np.asarray(array)
    if array.ndim == 2:
        array = array[:, :, None]
    height, width, channels = array.shape
    digits = "".join(f"{int(v):0{bits // 4}x}" for v in array.flatten())
    expected[name] = {"width": width, "height": height, "channels": channels, "bits": bits, "samples": digits}


def values(channels, bits, height=9, width=11):
    return rng.integers(0, 2**bits, (height, width, channels))


gamma = (b"gAMA", struct.pack(">I", 22727))
for depth in (1, 2, 4, 8, 16):
    grey = values(1, depth)
    png(f"grey{depth}.png", grey, 0, depth, 1, [gamma])
    note(f"grey{depth}.png", grey * (255 // (2**depth - 1) if depth < 8 else 1), 16 if depth == 16 else 8)
for depth in (1, 2, 4, 8):
    palette = rng.integers(0, 256, (2**depth, 3))
    index = values(1, depth)
    png(f"palette{depth}.png", index, 3, depth, 1, [(b"PLTE", bytes(palette.flatten().tolist()))])
    note(f"palette{depth}.png", palette[index[:, :, 0]])
    note(f"stored-palette{depth}.png", index)
alpha = np.array([0, 128, 255, 7])
palette = rng.integers(0, 256, (4, 3))
index = values(1, 2)
png("palette-alpha.png", index, 3, 2, 1,
    [(b"PLTE", bytes(palette.flatten().tolist())), (b"tRNS", bytes(alpha.tolist()))])
note("palette-alpha.png", np.concatenate([palette, alpha[:, None]], 1)[index[:, :, 0]])
for bits in (8, 16):
    maximum = 2**bits - 1
    pixels = values(3, bits)
    png(f"rgb{bits}.png", pixels, 2, bits, 3, [gamma])
    note(f"rgb{bits}.png", pixels, bits)
    pixels = values(4, bits)
    png(f"rgba{bits}-interlaced.png", pixels, 6, bits, 4, interlaced=True)
    note(f"rgba{bits}-interlaced.png", pixels, bits)
    pixels = values(2, bits)
    png(f"grey-alpha{bits}.png", pixels, 4, bits, 2)
    note(f"grey-alpha{bits}.png", pixels[:, :, [0, 0, 0, 1]], bits)
    pixels = values(3, bits)
    key = pixels[4, 5]
    png(f"rgb{bits}-key.png", pixels, 2, bits, 3, [(b"tRNS", struct.pack(">HHH", *key.tolist()))])
    opaque = np.where((pixels == key).all(2), 0, maximum)
    note(f"rgb{bits}-key.png", np.concatenate([pixels, opaque[:, :, None]], 2), bits)
index = values(1, 4)
png("grey4-interlaced.png", index, 0, 4, 1, interlaced=True)
note("grey4-interlaced.png", index * 17)

y, x = np.mgrid[0:48, 0:64]
scene = np.stack([x * 4 % 256, y * 5 % 256, (x * y // 8) % 256], 2).astype(np.uint8)
picture = Image.fromarray(scene)


def jpeg(name, image, **options):
    data = io.BytesIO()
    image.save(data, "JPEG", **options)
    data = data.getvalue()
    open(os.path.join(OUT, name), "wb").write(data)
    note(name, np.asarray(Image.open(io.BytesIO(data)).convert("L" if image.mode == "L" else "RGB")))
    return data


jpeg("baseline.jpg", picture, quality=85)
jpeg("full-colour.jpg", picture, quality=90, subsampling=0)
jpeg("progressive.jpg", picture, quality=80, progressive=True)
jpeg("grey.jpg", picture.convert("L"), quality=85)
jpeg("cmyk.jpg", picture.convert("CMYK"), quality=90)

# Pillow writes CMYK only; TurboJPEG makes YCCK of it. The samples go in inverted, as Adobe's programs store them.
turbo = ctypes.CDLL("libturbojpeg.so.0")
turbo.tjInitCompress.restype = ctypes.c_void_p
ink = (255 - np.asarray(picture.convert("CMYK"))).tobytes()
out, size = ctypes.c_void_p(), ctypes.c_ulong()
turbo.tjCompress2(ctypes.c_void_p(turbo.tjInitCompress()), ink, 64, 0, 48, 11, ctypes.byref(out), ctypes.byref(size), 2, 90,
                  0)
data = ctypes.string_at(out, size.value)
open(os.path.join(OUT, "ycck.jpg"), "wb").write(data)
note("ycck.jpg", np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))

exif = Image.Exif()
exif[0x0112] = 6
exif[0x010F] = "Acme"
exif[0x0110] = "TrapCam 3"
sub = exif.get_ifd(0x8769)
sub[0x9003] = "2015:06:03 04:12:09"
sub[0x9291] = "25"
sub[0x9011] = "+01:00"
sub[0x920A] = 35.5
gps = exif.get_ifd(0x8825)
gps[1], gps[2] = "S", (1.0, 30.0, 36.0)
gps[3], gps[4] = "E", (29.0, 15.0, 0.0)
gps[5], gps[6] = b"\0", 1530.5
block = exif.tobytes()
xmp = (b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/"
       b"22-rdf-syntax-ns#\"><rdf:Description xmlns:exif=\"http://ns.adobe.com/exif/1.0/\" xmlns:dc=\"http://purl.org/dc/"
       b"elements/1.1/\" exif:GPSLatitude=\"1,30.6S\" dc:format=\"image/jpeg\"><exif:GPSLongitude>29,15.0E"
       b"</exif:GPSLongitude><dc:title>a chimpanzee</dc:title></rdf:Description></rdf:RDF></x:xmpmeta>")
data = io.BytesIO()
picture.save(data, "JPEG", quality=85, exif=block)
data = data.getvalue()
segment = b"\xff\xe1" + struct.pack(">H", len(xmp) + 2) + xmp
at = data.index(b"\xff\xdb")
open(os.path.join(OUT, "located.jpg"), "wb").write(data[:at] + segment + data[at:])
note("located.jpg", np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))
pixels = values(3, 8)
png("located.png", pixels, 2, 8, 3, [(b"eXIf", block.removeprefix(b"Exif\0\0")),
    (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp.split(b"\0")[1])])
note("located.png", pixels)

with open(os.path.join(HERE, "images.json"), "w") as file:
    file.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in expected.items()) + "\n}\n")
print(len(expected), "images,", sum(os.path.getsize(os.path.join(OUT, f)) for f in os.listdir(OUT)), "bytes")
