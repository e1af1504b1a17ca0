from tests.virtual_sound_card import sound_card

__all__ = ["sound_card"]
