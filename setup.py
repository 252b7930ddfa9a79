"""Packages: those of `migralint`, and the folder `rules/` as the package `migralint_rules`.

`pyproject.toml` holds everything else; its package finder cannot be combined with a folder of another name.
"""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["migralint", "migralint.*"]), "migralint_rules"],
    package_dir={"migralint_rules": "rules"},
)
