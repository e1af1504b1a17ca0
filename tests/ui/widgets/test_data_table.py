from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from vgdesk.ui.widgets.data_table import Table, TableModel, shown, table_view

TABLE = Table(("word", "x", "n"), [("dog", 0.123456789, 3), ("two\twords\n", float("nan"), -1.5)])


def test_a_spreadsheet_gets_significant_digits_and_empty_cells_for_unknown_values() -> None:
    lines = TABLE.as_tsv().splitlines()
    assert lines[0].split("\t") == ["word", "x", "n"]
    assert lines[1].split("\t") == ["dog", "0.123457", "3"]
    assert lines[2].split("\t") == ["two words ", "", "-1.5"]
    assert len(lines) == 3


def test_the_screen_gets_three_decimals_and_a_real_minus() -> None:
    assert [shown(entry) for entry in (0.12345, -0.5, float("nan"), "dog", 3)] == [
        "0.123",
        "\u22120.500",
        "",
        "dog",
        "3",
    ]


def test_the_model_holds_the_table(qapp: QApplication) -> None:
    model = TableModel()
    model.show_table(TABLE)
    assert (model.rowCount(), model.columnCount()) == (2, 3)
    assert model.index(0, 1).data() == "0.123"
    assert model.headerData(2, Qt.Orientation.Horizontal) == "n"
    inside = model.index(0, 0)
    assert (model.rowCount(inside), model.columnCount(inside)) == (0, 0)


def test_numbers_stand_right_and_words_left(qapp: QApplication) -> None:
    model = TableModel()
    model.show_table(TABLE)
    sides = [model.index(0, column).data(Qt.ItemDataRole.TextAlignmentRole) for column in (0, 1)]
    assert sides[0] & Qt.AlignmentFlag.AlignLeft
    assert sides[1] & Qt.AlignmentFlag.AlignRight


def test_the_table_is_read_only(qapp: QApplication) -> None:
    view = table_view(TableModel())
    assert view.editTriggers() == view.EditTrigger.NoEditTriggers
