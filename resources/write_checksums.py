"""Write the checksums of the included models: resources/models/SHA256SUMS.

`vgdesk selftest` verifies them; after the models have changed, run:

    python resources/write_checksums.py
"""

from pathlib import Path

from vgdesk.encoders.starter import write_checksums

if __name__ == "__main__":
    write_checksums(Path(__file__).parent / "models")
