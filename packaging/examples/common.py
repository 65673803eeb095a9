"""What the three examples share: training in a few steps, and saving a model with its card."""

import pathlib
import torch


def train(model, inputs, targets, steps=300, rate=0.01):
    """Fits `model` to `inputs` (a tensor, or several) and class numbers `targets`; prints how many it gets right."""
    inputs = inputs if isinstance(inputs, tuple) else (inputs,)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(*inputs), targets)
        loss.backward()
        optimizer.step()
    model.eval()
    right = (model(*inputs).argmax(1) == targets).float().mean().item()
    print(f"right on what it was trained on: {right:.0%}")


def save(model, example, folder, card):
    """Writes model.pt and card.toml. `card` is TOML text."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        script = torch.jit.freeze(torch.jit.trace(model.eval(), example))
    torch.jit.save(script, str(folder / "model.pt"))
    (folder / "card.toml").write_text(card, encoding="utf-8")
    print(f"now: fieldgloss models add {folder}")
