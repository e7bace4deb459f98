"""Runs on MicroPython: upip installs from a server on loopback, whatever host it asks for.

Arguments: the folder of upip, the port of the server, the base-2 logarithm of the dictionary's
size, the folder to install into, the names of the projects.
"""

import sys

sys.path.insert(0, sys.argv[1])

import socket

import upip


class Loopback:
    SOCK_STREAM = socket.SOCK_STREAM

    def __init__(self, port):
        self.port = port

    def getaddrinfo(self, host, port, *more):
        return socket.getaddrinfo("127.0.0.1", self.port)

    def socket(self, *more):
        return socket.socket(*more)


# A file of that name would not do: the built-in module is found before it.
upip.usocket = Loopback(int(sys.argv[2]))
upip.gzdict_sz = 16 + int(sys.argv[3])
upip.install(sys.argv[5:], sys.argv[4])
