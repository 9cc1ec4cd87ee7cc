"""Checks of the exercises: one module a lesson, such as ``course_utils.checks.lesson01``."""
