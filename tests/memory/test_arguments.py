"""The options of the command: there, described, and read without PyTorch."""

import argparse
import subprocess
import sys

from course_utils.memory.arguments import add_arguments


def test_every_option_says_what_it_is():
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    assert all(action.help for action in parser._actions)


def test_the_command_line_is_read_without_pytorch():
    code = "import sys, course_utils.__main__ as m; m.parser(); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
