"""The rules, one file each; found through the entry point group `migralint.rules`."""
