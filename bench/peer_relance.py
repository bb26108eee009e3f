"""Adapter for Relance.

    RELANCE_BIN=target/x86_64-unknown-linux-musl/release/relance python3 bench.py --peers relance,s6,dinit

The services are put into a database beforehand, with the start type auto; a daemon that was stopped
in good order starts them when it is started again, as at a boot.
"""

import json
import os
import signal
import socket
import subprocess

from peers import Peer, Skip, first_line, write

BUFFER = 65536


def read_from_disk(path):
    """Make the kernel read a program from disk again, as after a boot.

    A file that was just written lies in the page cache in pieces of up to 2 MiB, and Linux 6.18 maps the whole
    piece around each byte that is needed: memory of the process, but of nothing that it does.
    """
    file = os.open(path, os.O_RDONLY)
    os.fsync(file)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(file)


class Relance(Peer):
    name = "relance"
    delay_kind = "after-death"
    delay_note = ""
    allows_zero = True
    has_status = True
    has_stop_start = True
    note = "programs, restart after any end, database on the benchmark's disk"

    def find(self):
        path = os.environ.get("RELANCE_BIN")
        if not path:
            raise Skip("RELANCE_BIN is not set")
        path = os.path.abspath(path)
        if not os.access(path, os.X_OK):
            raise Skip("RELANCE_BIN doesn't name an executable file")
        read_from_disk(path)
        self.bin = {"relance": path}

    def version(self):
        return first_line([self.bin["relance"], "--version"])

    def prepare(self, s):
        lines = []
        for i in range(s.n):
            lines += [
                "[[service]]",
                f'name = "w{i}"',
                f"command_line = {json.dumps(f'{s.worker} {s.arg(i)}')}",
                'kind = "program"',
                'start_type = "auto"',
                "[service.extensions]",
                'output = "null"',
                "[service.recovery]",
                f'actions = [{{ kind = "restart", delay_ms = {s.delay_ms or 0} }}]',
                "on_error_stop = true",
            ]
        write(s.dir + "/services.toml", "\n".join(lines) + "\n")
        write(s.dir + "/relance.toml", "")
        if s.n == 0:
            return
        ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        ready.bind(s.dir + "/notify")
        environment = dict(os.environ, NOTIFY_SOCKET=s.dir + "/notify")
        daemon = subprocess.Popen(self.argv(s), env=environment, stderr=subprocess.DEVNULL)
        ready.recv(BUFFER)
        ready.close()
        apply = ["apply", "--socket", s.dir + "/sock", "-f", s.dir + "/services.toml"]
        subprocess.run([self.bin["relance"], *apply], check=True, stdout=subprocess.DEVNULL)
        daemon.send_signal(signal.SIGTERM)
        daemon.wait()

    def argv(self, s):
        return [
            self.bin["relance"], "daemon", "--config", s.dir + "/relance.toml",
            "--state", s.dir + "/state", "--logs", s.dir + "/logs", "--socket", s.dir + "/sock",
        ]

    def _command(self, s, *arguments):
        return [self.bin["relance"], *arguments, "--socket", s.dir + "/sock"]

    def status_argv(self, s, i):
        return self._command(s, "status", f"w{i}")

    def stop_argv(self, s, i):
        return self._command(s, "stop", f"w{i}")

    def start_argv(self, s, i):
        return self._command(s, "start", f"w{i}")

    def rpc_status(self, s, i):
        client = socket.socket(socket.AF_UNIX)
        client.connect(s.dir + "/sock")
        client.sendall(
            f"GET /v1/services/w{i}/status HTTP/1.1\r\nHost: relance\r\nConnection: close\r\n\r\n".encode()
        )
        answer = b""
        while part := client.recv(BUFFER):
            answer += part
        client.close()
        assert answer.startswith(b"HTTP/1.1 200"), answer[:200]
