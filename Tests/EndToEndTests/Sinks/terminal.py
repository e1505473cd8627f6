# SPDX-License-Identifier: Apache-2.0
"""Runs a program on a terminal of a given width and prints what the terminal got.

usage: terminal.py COLUMNS PROGRAM [ARGUMENT ...]; ends with the program's exit code.
"""

import fcntl
import os
import pty
import struct
import sys
import termios

columns = int(sys.argv[1])
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    os.execv(sys.argv[2], sys.argv[2:])
received = b""
while True:
    try:
        piece = os.read(terminal, 65536)
    except OSError:  # Linux answers so once the program has ended.
        break
    if not piece:
        break
    received += piece
# The terminal ends each line with a carriage return of its own.
sys.stdout.buffer.write(received.replace(b"\r\n", b"\n"))
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
