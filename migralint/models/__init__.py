"""The models: which modules hold their MetaData, and the schema that it makes."""

from migralint.models.found import Models
from migralint.models.reader import ModelsError, Reader

__all__ = ["Models", "ModelsError", "Reader"]
