import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgdesk.audio.ring_buffer import RingBuffer

CAPACITY = 1_000


@given(st.lists(st.integers(1, 900), max_size=60), st.integers(0, 30_000))
def test_it_is_a_list_of_which_only_the_newest_part_is_kept(blocks: list[int], begin: int) -> None:
    ring = RingBuffer(CAPACITY)
    everything = np.arange(sum(blocks), dtype=np.float32)
    place = 0
    for length in blocks:
        ring.write(everything[place : place + length, np.newaxis])
        place += length
    begin = min(begin, place)

    samples, lost = ring.read(begin)

    assert ring.written == place
    assert lost == max(0, place - begin - CAPACITY)
    np.testing.assert_array_equal(samples, everything[begin + lost :])
    np.testing.assert_array_equal(ring.latest(300), everything[-300:])


def test_channels_are_averaged() -> None:
    ring = RingBuffer(CAPACITY)
    block = np.random.default_rng(0).uniform(-1, 1, (50, 3)).astype(np.float32)
    ring.write(block)
    np.testing.assert_allclose(ring.latest(50), block.sum(axis=1) / 3, rtol=1e-6, atol=1e-7)


@pytest.mark.slow
def test_reader_and_writer_in_two_threads_lose_no_samples() -> None:
    ring = RingBuffer(20_000)
    total = 400_000
    sound = (np.arange(total) % 65_521).astype(np.float32)
    may_write = threading.Semaphore(20)

    def write() -> None:
        for first in range(0, total, 1_000):
            may_write.acquire()
            ring.write(sound[first : first + 1_000, np.newaxis])

    writer = threading.Thread(target=write)
    writer.start()
    heard = []
    place = 0
    while place < total:
        samples, lost = ring.read(place)
        assert lost == 0
        heard.append(samples)
        place += len(samples)
        if len(samples):
            may_write.release(len(samples) // 1_000)
    writer.join()

    np.testing.assert_array_equal(np.concatenate(heard), sound)


def test_a_reader_that_is_far_too_slow_gets_whole_samples_only() -> None:
    ring = RingBuffer(20_000)
    is_over = threading.Event()

    def write() -> None:
        count = 0
        while not is_over.is_set():
            # Whoever mixes up two rounds of the ring gets a step in these counts.
            block = (np.arange(count, count + 960) % 2**20).astype(np.float32)
            ring.write(block[:, np.newaxis])
            count += 960

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(500):
            samples, _ = ring.read(0)
            steps = np.diff(samples)
            assert np.isin(steps, (1, 1 - 2**20)).all()
    finally:
        is_over.set()
        writer.join()
