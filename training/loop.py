"""A training loop that can be stopped at any time and resumes where it was."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from training.work import replacing

SECONDS_BETWEEN_SAVES = 60
WARM_UP = 0.08
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
Loss = Callable[[np.random.Generator], dict[str, torch.Tensor]]


def train(
    model: torch.nn.Module, loss: Loss, *, steps: int, rate: float, seed: int, saved: Path
) -> None:
    """Minimise a loss with AdamW; the rate rises, then falls in a half cosine.

    The random numbers of every step depend only on (seed, step), so an interrupted run gives the
    same result.

    Parameters
    ----------
    loss
        Returns the named parts of the loss of one step; their sum is minimised.
    saved
        The file for the state between two calls.
    """
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    done, spent = restore(model, optimiser, saved)
    last_save = started = time.monotonic()
    model.train()
    for step in range(done, steps):
        torch.manual_seed(seed * 1_000_003 + step)
        for group in optimiser.param_groups:
            group["lr"] = rate * share_of_rate((step + 1) / steps)
        parts = loss(np.random.default_rng([seed, step]))
        optimiser.zero_grad(set_to_none=True)
        torch.stack(list(parts.values())).sum().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if step % 20 == 0:
            told = ", ".join(f"{name} {part.item():.3f}" for name, part in parts.items())
            print(f"{saved.parent.name} {saved.stem} {step}/{steps}: {told}", flush=True)
        if time.monotonic() - last_save > SECONDS_BETWEEN_SAVES:
            last_save = time.monotonic()
            save(model, optimiser, step + 1, spent + last_save - started, saved)
    if done < steps:
        save(model, optimiser, steps, spent + time.monotonic() - started, saved)
    model.eval()


def share_of_rate(progress: float) -> float:
    """Return the share of the full rate after a share of the steps."""
    if progress < WARM_UP:
        return progress / WARM_UP
    return float(0.02 + 0.98 * np.cos((progress - WARM_UP) / (1 - WARM_UP) * np.pi / 2) ** 2)


def save(
    model: torch.nn.Module,
    optimiser: torch.optim.Optimizer,
    steps: int,
    seconds: float,
    saved: Path,
) -> None:
    """Write the weights, the optimiser's two moments, the steps and the time as plain tensors."""
    tensors = {"steps": torch.tensor(steps), "seconds": torch.tensor(seconds)}
    for name, parameter in model.named_parameters():
        tensors[f"weight/{name}"] = parameter.detach().contiguous()
        for moment in ("exp_avg", "exp_avg_sq"):
            if moment in optimiser.state[parameter]:
                tensors[f"{moment}/{name}"] = optimiser.state[parameter][moment].contiguous()
    with replacing(saved) as file:
        save_file(tensors, file)


def restore(
    model: torch.nn.Module, optimiser: torch.optim.Optimizer, saved: Path
) -> tuple[int, float]:
    """Restore a saved state; return the steps done and the seconds spent, 0 without a file."""
    if not saved.is_file():
        return 0, 0.0
    tensors = load_file(saved)
    steps = tensors["steps"]
    for name, parameter in model.named_parameters():
        parameter.data.copy_(tensors[f"weight/{name}"])
        if f"exp_avg/{name}" in tensors:
            optimiser.state[parameter] = {
                "step": steps.float(),
                **{
                    moment: tensors[f"{moment}/{name}"].to(parameter.device)
                    for moment in ("exp_avg", "exp_avg_sq")
                },
            }
    return int(steps), float(tensors["seconds"])
