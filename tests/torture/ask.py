"""Asks the judge that `judge.serve` runs; starts fast, because it knows nothing itself."""

import json
import os
import socket
import sys

with socket.socket(socket.AF_UNIX) as asking:
    asking.connect(sys.argv[1])
    asking.sendall(json.dumps([os.environ["PC_DIR"], os.environ["PC_ACKED"]]).encode())
    code, text = json.loads(asking.makefile("rb").read())
print(text)
sys.exit(code)
