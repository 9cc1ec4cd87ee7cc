"""The checks of the exercises: a folder for each lesson, a file for each exercise."""
