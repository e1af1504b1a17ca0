from pathlib import Path


def resource(name: str) -> Path:
    """Return the path of a resource that ships with the program; it need not exist.

    An installed package contains the resources, a checkout has them beside the package.
    """
    package = Path(__file__).parents[1]
    inside = package / "resources"
    return (inside if inside.is_dir() else package.parent / "resources") / name
