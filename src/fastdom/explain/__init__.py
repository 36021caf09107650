"""Why orders were routed as they were: decision records read, planned again, and put into words."""

from fastdom.explain.explain import ALTERNATIVES_MAX, Explainer

__all__ = ["ALTERNATIVES_MAX", "Explainer"]
