"""Kill the recording window at random moments during real audio; count missing data.

    python -m benchmarks.kills [KILLS]

The floor is the guarantee of the file system: data flushed half a second ago exists.
"""

import os
import random
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from tests.killing import endless_noise, kill_once
from tests.virtual_sound_card import virtual_sound_card


def main() -> None:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    missing, seconds, takes, edits, sentences = 0, [], 0, 0, 0
    with tempfile.TemporaryDirectory() as home, virtual_sound_card() as card:
        os.environ["VGDESK_HOME"] = home
        for kill in range(kills):
            # A new project every 20 kills: opening one with hundreds of takes adds nothing.
            folder = Path(home) / f"{kill // 20}.vgdesk"
            with endless_noise(card):
                life, remains = kill_once(folder, random.Random(kill))
            missing += len(remains.missing)
            takes, edits = takes + len(life.takes), edits + len(life.labels)
            sentences = max(sentences, len(remains.said))
            if life.running:
                seconds.append(remains.missing_seconds)
            if kill % 20 == 19:
                print(f"{kill + 1} kills, {missing} missing, longest {max(seconds):.2f} s")
    print(f"{kills} kills: {missing} of {takes} takes and {edits} edits missing")
    print(f"a take was running {len(seconds)} times: at most {max(seconds):.2f} s missing")
    print(f"at most {sentences} sentences at the opening")


if __name__ == "__main__":
    main()
