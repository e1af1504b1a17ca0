from PySide6.QtWidgets import QWidget


def reveal(panel: QWidget) -> None:
    """Show the dock that holds a panel, in front of those behind the same tab."""
    if (dock := panel.parentWidget()) is not None:
        dock.show()
        dock.raise_()
