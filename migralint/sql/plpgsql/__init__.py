"""PL/pgSQL: DO blocks and functions, read and followed on paper."""
