"""The models: which modules hold their MetaData, and the schema that it makes."""

from migralint.models.reader import Models, ModelsError, Reader

__all__ = ["Models", "ModelsError", "Reader"]
