"""Latency of one request over a connection of its own, in milliseconds. Argument: the port on this machine."""
import http.client
import sys

from harness import measure

port = int(sys.argv[1])


def step():
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/")
    if connection.getresponse().read() != b"ok":
        raise SystemExit("the server answered something else")
    connection.close()


measure(step, lambda seconds: seconds * 1e3, alone=False)
