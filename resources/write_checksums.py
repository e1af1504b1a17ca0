"""Write down what every file of the models that ship is: resources/models/SHA256SUMS.

`vgdesk selftest` compares; after the models have changed:

    python resources/write_checksums.py
"""

from pathlib import Path

from vgdesk.encoders.starter import write_checksums

if __name__ == "__main__":
    write_checksums(Path(__file__).parent / "models")
