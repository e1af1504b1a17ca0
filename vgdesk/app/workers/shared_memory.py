"""Transfer of values to and from a child process; large arrays use shared memory.

A pipe copies everything twice while holding the interpreter lock. Above 1 MB the bytes of arrays
are put into a block of shared memory, and only its name is sent.
"""

import pickle
from dataclasses import dataclass
from multiprocessing.shared_memory import SharedMemory
from typing import Any

LARGE = 1_000_000  # bytes of arrays above which shared memory is worth its system calls


@dataclass(frozen=True, slots=True)
class Parcel:
    """A pickled value between two processes of this program, never on disk.

    Attributes
    ----------
    body
        The value without the bytes of its arrays.
    sizes
        Bytes of each array.
    small
        Those bytes, if sent directly.
    block
        Otherwise the name of the shared memory that holds them.
    """

    body: bytes
    sizes: tuple[int, ...]
    small: bytes = b""
    block: str = ""


def pack(value: Any) -> Parcel:
    """Pack a value into a parcel; unpacking it frees the shared memory."""
    buffers: list[pickle.PickleBuffer] = []
    body = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    views = [buffer.raw() for buffer in buffers]
    sizes = tuple(view.nbytes for view in views)
    if sum(sizes) < LARGE:
        return Parcel(body, sizes, small=b"".join(views))
    block = SharedMemory(create=True, size=sum(sizes))
    offset, memory = 0, memoryview(block.buf or b"")
    for view in views:
        memory[offset : offset + view.nbytes] = view
        offset += view.nbytes
    memory.release()
    block.close()
    return Parcel(body, sizes, block=block.name)


def unpack(parcel: Parcel) -> Any:
    """Unpack the value; its arrays are read-only. A parcel can be unpacked once."""
    contents = _take_block(parcel.block) if parcel.block else parcel.small
    whole = memoryview(contents)
    buffers, offset = [], 0
    for size in parcel.sizes:
        buffers.append(whole[offset : offset + size])
        offset += size
    return pickle.loads(parcel.body, buffers=buffers)


def discard(parcel: Parcel) -> None:
    """Free the shared memory of a parcel that will not be unpacked."""
    if parcel.block:
        _take_block(parcel.block)


def _take_block(name: str) -> bytes:
    # Copied out of the block: an array that points into it could outlive it.
    block = SharedMemory(name)
    contents = bytes(memoryview(block.buf or b""))
    block.close()
    block.unlink()
    return contents
