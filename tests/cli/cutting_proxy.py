# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""A way to a server on which connections are cut."""
import socket
import threading


class CuttingProxy:
    """Hands connections to a port on to another one. The first n_cut of them are cut after so many
    bytes towards the server; others go through. Runs while the block does."""

    def __init__(self, port, n_cut, after_bytes):
        self.target = ('127.0.0.1', port)
        self.n_cut, self.after_bytes = n_cut, after_bytes
        self.sockets, self.threads = [], []

    def __enter__(self):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.threads[0].join()
        for end in self.sockets:
            cut(end)
        for thread in self.threads[1:]:
            thread.join()
        for end in [self.listener, *self.sockets]:
            end.close()

    def _start(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.target)
            self.sockets += [client, server]
            limit = self.after_bytes if self.n_cut > 0 else None
            self.n_cut -= 1
            self._start(self._copy, client, server, limit)
            self._start(self._copy, server, client, None)

    def _copy(self, source, target, limit):
        """Until one side ends, or `limit` bytes have passed; then ends both."""
        n_bytes = 0
        try:
            while (limit is None or n_bytes < limit) and (data := source.recv(16384)):
                target.sendall(data)
                n_bytes += len(data)
        except OSError:
            pass
        cut(source)
        cut(target)


def cut(end):
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
