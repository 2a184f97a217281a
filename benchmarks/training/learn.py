"""The network learns the drawn pages and becomes an ONNX file. Needs PyTorch and NumPy only.

Fully convolutional over a page's grid of cells: any number of rows and columns, one answer a cell. facts: scan, "A
small network". On processors that have it, bfloat16 halves the time; the seed is fixed, the last digits depend
on the machine.
"""

import argparse
import json
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

SEED = 20261126
HEIGHT, WIDTH = 32, 48
QUANTUM = 127.5
IGNORED = -1
CELLS_A_STEP = 768
RATE = 3e-3
WEIGHTS = (1.0, 1.0, 1.3)  # empty, signed, other
AS_DRAWN, BEND, BEND_EVERY = 0.4, 2.2, 14
"""Share of pages left as they are; of the others strokes are bent by up to so many pixels (standard deviation), anew
every so many pixels."""
SIZES = (0.72, 1.2)
"""Of half of those, what stands in the middle of each cell is drawn at so much of its size; the edges stay."""
Rng = np.random.Generator


@dataclass(frozen=True, slots=True)
class Page:
    """``planes`` (3, rows × HEIGHT, columns × WIDTH) as kept, ``labels`` (rows, columns) with the ring ignored."""

    planes: NDArray[np.uint8]
    labels: NDArray[np.int64]


def network() -> nn.Sequential:
    """About 455,000 parameters; every cell becomes one place, which then looks at its neighbours."""
    layers: list[nn.Module] = []

    def block(before: int, after: int, size: int | tuple[int, int], stride: int | tuple[int, int] = 1) -> None:
        tall, wide = (size, size) if isinstance(size, int) else size
        whole = stride == size
        padding = (0, 0) if whole else (tall // 2, wide // 2)
        groups = 8 if (tall, wide) == (1, 7) else 1
        layers.extend(
            [
                nn.Conv2d(before, after, size, stride, padding, groups=groups, bias=False),
                nn.BatchNorm2d(after),
                nn.ReLU(),
            ]
        )

    block(3, 16, 5, 2)
    block(16, 32, 3, 2)
    block(32, 32, 3)
    block(32, 64, 3, 2)
    block(64, 64, 3)
    block(64, 96, 3)
    block(96, 128, 3, 2)
    block(128, 128, (2, 3), (2, 3))
    block(128, 96, 3)
    block(96, 96, (1, 7))
    layers.append(nn.Conv2d(96, 3, 1))
    return nn.Sequential(*layers)


def load(folder: Path) -> list[Page]:
    """The kept pages in the order of their names."""
    pages = []
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as kept:
            labels = np.pad(kept["labels"].astype(np.int64), 1, constant_values=IGNORED)
            pages.append(Page(kept["planes"], labels))
    return pages


def batches(pages: list[Page], rng: Rng) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """All pages once in any order; pages of the same width lie below each other."""
    waiting: dict[int, list[Page]] = {}
    for n in rng.permutation(len(pages)):
        page = pages[int(n)]
        group = waiting.setdefault(page.labels.shape[1], [])
        group.append(page)
        if sum(len(one.labels) * one.labels.shape[1] for one in group) >= CELLS_A_STEP:
            yield _stacked(group, rng)
            group.clear()


def _stacked(group: list[Page], rng: Rng) -> tuple[torch.Tensor, torch.Tensor]:
    changed = [_changed(page, rng) for page in group]
    planes = torch.cat([_by_another_hand(torch.from_numpy(planes), rng) for planes, _ in changed], dim=1)
    labels = torch.from_numpy(np.concatenate([labels for _, labels in changed], axis=0))
    return planes[None], labels[None]


def _changed(page: Page, rng: Rng) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The page a little darker or paler, moved, or seen in a mirror: ink stays what it is."""
    planes, labels = page.planes.astype(np.float32) / np.float32(QUANTUM), page.labels
    planes[:2] *= np.float32(rng.uniform(0.75, 1.3))
    planes = np.roll(planes, (int(rng.integers(-2, 3)), int(rng.integers(-2, 3))), (1, 2))
    if rng.random() < 0.35:
        planes, labels = planes[:, :, ::-1], labels[:, ::-1]
    if rng.random() < 0.35:
        planes, labels = planes[:, ::-1], labels[::-1]
    return np.ascontiguousarray(np.clip(planes, 0, 2)), np.ascontiguousarray(labels)


def _by_another_hand(planes: torch.Tensor, rng: Rng) -> torch.Tensor:
    """The page with its strokes bent by some pixels, blurred or roughened: more hands and lenses than were drawn."""
    if rng.random() < AS_DRAWN:
        return planes
    _, height, width = planes.shape
    knots = (1, 2, max(2, height // BEND_EVERY), max(2, width // BEND_EVERY))
    bends = torch.from_numpy(rng.normal(0, rng.uniform(0, BEND), knots).astype(np.float32))
    bends = nn.functional.interpolate(bends, (height, width), mode="bicubic", align_corners=True)[0]
    if rng.random() < 0.5:
        size = float(rng.uniform(*SIZES))
        across, down = _resized(width, WIDTH, size), _resized(height, HEIGHT, size)
        bends = bends + torch.stack([across.expand(height, -1), down[:, None].expand(-1, width)])
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    places = torch.stack([(x + bends[0]) * (2 / (width - 1)) - 1, (y + bends[1]) * (2 / (height - 1)) - 1], dim=-1)
    bent = nn.functional.grid_sample(planes[None], places[None], padding_mode="border", align_corners=True)
    if rng.random() < 0.3:
        share = float(rng.uniform(0.2, 1))
        soft = nn.functional.avg_pool2d(bent, 3, 1, 1, count_include_pad=False)
        bent = (1 - share) * bent + share * soft
    if rng.random() < 0.3:
        rough = torch.from_numpy(rng.normal(0, rng.uniform(0, 0.08), (height, width)).astype(np.float32))
        contrast = float(bent[0, 0].sum() / (bent[0, 1].sum() + 1e-6))
        bent[0, 0] += rough
        bent[0, 1] += rough / max(contrast, 1.0)
    return bent[0].clamp(0, 2)


def _resized(length: int, cell: int, size: float) -> torch.Tensor:
    """For each pixel along a page, how much farther from the middle of its cell it is taken from."""
    at = (np.arange(length) % cell + 0.5) * (2 / cell) - 1
    taken = np.interp(at, (-0.9, -0.55, 0.55, 0.9), (-0.9, -0.55 / size, 0.55 / size, 0.9))
    inside = np.abs(at) < 0.9
    return torch.from_numpy(((taken - at) * inside * (cell / 2)).astype(np.float32))


def learn(pages: list[Page], epochs: float, model: nn.Sequential, path: Path) -> None:
    """Train ``model`` on ``pages``; a line an epoch on stderr, and the model so far at ``path``."""
    rng = np.random.default_rng(SEED)
    loss_of = nn.CrossEntropyLoss(torch.tensor(WEIGHTS), ignore_index=IGNORED)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=1e-3)
    steps = max(1, int(epochs * sum(page.labels.size for page in pages) / (1.2 * CELLS_A_STEP)))
    fast = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    step, began = 0, monotonic()
    while step < steps:
        losses = []
        for planes, labels in batches(pages, rng):
            for group in optimizer.param_groups:
                group["lr"] = (
                    RATE * min(1, (step + 1) / 60) * (0.02 + 0.98 * (1 + math.cos(math.pi * step / steps)) / 2)
                )
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=fast):
                scores = model(planes.to(memory_format=torch.channels_last))
            loss = loss_of(scores.float(), labels)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            step += 1
            if step % 100 == 0:
                sys.stderr.write(f"  step {step} of {steps}, {monotonic() - began:.0f} s\n")
            if step >= steps:
                break
        sys.stderr.write(f"step {step} of {steps}, loss {np.mean(losses):.4f}, {monotonic() - began:.0f} s\n")
        sys.stderr.flush()
        export(model, path)
        model.train()


def export(model: nn.Sequential, path: Path) -> None:
    """The model with a softmax behind it as ONNX: ``planes`` (1, 3, h, w) → ``chances`` (1, 3, rows, columns)."""
    model.eval()
    example = (torch.zeros(1, 3, 4 * HEIGHT, 4 * WIDTH),)
    axes = {"planes": {2: "height", 3: "width"}, "chances": {2: "rows", 3: "columns"}}
    torch.onnx.export(
        nn.Sequential(*model, nn.Softmax(dim=1)), example, str(path), input_names=["planes"], output_names=["chances"],
        dynamic_axes=axes, opset_version=17, dynamo=False,
    )  # fmt: skip


def main(asked: list[str]) -> int:
    """Learn the pages of ``--folder``/train."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training.learn", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("build/reader"))
    parser.add_argument("--epochs", type=float, default=12)
    parser.add_argument("--threads", type=int, default=2, help="on a busy machine one is faster")
    options = parser.parse_args(asked)
    torch.set_num_threads(options.threads)
    torch.manual_seed(SEED)
    pages = load(options.folder / "train")
    model = network().to(memory_format=torch.channels_last)
    sys.stderr.write(f"{len(pages)} pages, {sum(p.numel() for p in model.parameters())} parameters\n")
    learn(pages, options.epochs, model, options.folder / "cells.onnx")
    facts = {"seed": SEED, "pages": len(pages), "epochs": options.epochs, "torch": torch.__version__}
    (options.folder / "learned.json").write_text(json.dumps(facts), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
