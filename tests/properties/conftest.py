"""Profiles: ``make test`` draws the same sixty orders per law in every run, so that what fails fails again; the nightly
profile draws two thousand others each time, more than ten thousand together; ``fuzz`` is for the texts of test_any_text.py."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("test", max_examples=60, derandomize=True, deadline=None, suppress_health_check=_QUIET)
settings.register_profile("nightly", max_examples=2000, deadline=None, suppress_health_check=_QUIET)
# Nothing kept and nothing explained: every run with a seed of its own (--hypothesis-seed) draws 10,000 others.
settings.register_profile(
    "fuzz",
    max_examples=10_000,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=_QUIET,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))
