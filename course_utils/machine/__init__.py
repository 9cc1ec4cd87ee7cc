"""The machine that the course runs on: its device, its versions, its limits."""
