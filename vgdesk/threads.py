import os


def limit_threads() -> None:
    """Keep the number libraries of this process and its children to one thread each.

    To be called before any of them is imported: they look once. Two pools of threads on few cores
    spin against each other and take many times as long as one.
    """
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
