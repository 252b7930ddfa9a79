"""Runs the rules: selection, severities, suppressions, baseline, fingerprints."""
