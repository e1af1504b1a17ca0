from collections.abc import Callable
from pathlib import Path

import pytest

from vgdesk.encoders import available_devices, choose_device, inspect_folder
from vgdesk.encoders.base import DeviceFullError
from vgdesk.encoders.running import memory_errors

Tiny = Callable[[str], Path]


def test_automatic_device_is_the_fastest_and_the_processor_is_always_there() -> None:
    devices = available_devices()
    assert devices[-1] == "cpu"
    assert choose_device("auto") == devices[0]
    assert choose_device("cpu") == "cpu"
    assert choose_device("quantum") == devices[0]


def test_exhausted_memory_is_reported_and_other_mistakes_rise(tiny: Tiny) -> None:
    import torch

    spec = inspect_folder(tiny("bert"), is_grounded=False)
    exhausted = (torch.OutOfMemoryError("CUDA out of memory"), RuntimeError("MPS out of memory"))
    for error in exhausted:
        with pytest.raises(DeviceFullError, match="memory of mps"), memory_errors(spec, "mps"):
            raise error
    with pytest.raises(RuntimeError, match="kernel"), memory_errors(spec, "mps"):
        raise RuntimeError("kernel size")


def test_cpu_without_memory_is_reported_too(tiny: Tiny) -> None:
    import torch

    spec = inspect_folder(tiny("bert"), is_grounded=False)
    with pytest.raises(DeviceFullError, match="memory"), memory_errors(spec, "cpu"):
        torch.empty(2**62, dtype=torch.uint8)
