"""Times torch's DataLoader with torchvision's transforms over a folder: loader_torch.py FOLDER RECIPE WORKERS EPOCHS"""

import sys
import time
from pathlib import Path

import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset

try:
    from torchvision import transforms
except RuntimeError:
    # torchvision for CUDA beside torch for the CPU lacks its own operators, which transforms do without.
    operators = torch.library.Library("torchvision", "DEF")
    operators.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    operators.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    for name in [name for name in sys.modules if name.startswith("torchvision")]:
        del sys.modules[name]
    from torchvision import transforms


class Pictures(Dataset):
    def __init__(self, folder, transform):
        self.files = sorted(str(path) for path in Path(folder).glob("*.jpg"))
        self.transform = transform

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        return self.transform(Image.open(self.files[index]).convert("RGB"))


class DraftPictures(Pictures):
    """Lets Pillow's decoder do a part of the reduction."""

    def __init__(self, folder, transform, size):
        super().__init__(folder, transform)
        self.size = size

    def __getitem__(self, index):
        image = Image.open(self.files[index])
        image.draft("RGB", self.size)
        return self.transform(image.convert("RGB"))


def main():
    folder, recipe, workers, epochs = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    torch.set_num_threads(1)
    end = [transforms.RandomHorizontalFlip(), transforms.ToTensor(), transforms.Normalize((0.5,) * 3, (0.5,) * 3)]
    size = {"half": (256, 512), "quarter": (128, 256)}.get(recipe.split("-")[0])
    if size:
        steps = [transforms.Resize(size, transforms.InterpolationMode.BILINEAR)] + end
    else:
        steps = [transforms.RandomCrop(512), end[0], transforms.ColorJitter(0.4, 0.4, 0.4)] + end[1:]
    transform = transforms.Compose(steps)
    if recipe.endswith("-reduced"):
        data = DraftPictures(folder, transform, (size[1], size[0]))
    else:
        data = Pictures(folder, transform)
    # Workers stay: their start is not what is measured.
    loader = DataLoader(
        data, batch_size=8, shuffle=True, num_workers=workers, drop_last=True, persistent_workers=workers > 0)
    for batch in loader:
        pass
    pictures = 0
    start = time.monotonic()
    for _ in range(epochs):
        for batch in loader:
            pictures += batch.shape[0]
    wall = time.monotonic() - start
    print(recipe, workers, pictures, wall)


if __name__ == "__main__":
    main()
