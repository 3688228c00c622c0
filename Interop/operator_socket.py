"""Operations as the operator, over the socket in the data folder."""

import http.client
import json
import socket


class OperatorConnection(http.client.HTTPConnection):
    def __init__(self, place):
        super().__init__("localhost", timeout=20)
        self.place = str(place)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.place)


def api(server, method, path, data=None):
    """As the operator, at the socket: the status and the answer."""
    connection = OperatorConnection(server.data / "signet.sock")
    try:
        connection.request(method, "/api" + path, body=None if data is None else json.dumps(data),
                           headers={} if data is None else {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()
