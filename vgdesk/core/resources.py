from pathlib import Path


def resource(name: str) -> Path:
    """Return the path of something that travels with the program; it need not exist.

    An installed package carries the resources inside it, a checkout beside it.
    """
    package = Path(__file__).parents[1]
    inside = package / "resources"
    return (inside if inside.is_dir() else package.parent / "resources") / name
