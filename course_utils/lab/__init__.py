"""The lab book, the scoreboard, the doctor, and running lessons without a browser."""
