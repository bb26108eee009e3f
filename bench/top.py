#!/usr/bin/env python3
"""What `relance top` costs, and how soon a key is answered, with many services.

    python3 top.py ../target/release/relance                       # 1000 running, 10 000 created, 80x24 and 200x50
    python3 top.py RELANCE --running 100 --created 1000 --seconds 5

A manager of its own in a fresh folder; services are programs that sleep. `top` draws into a terminal of this program's.
A *frame* is the time from a key (down, then up) to the last byte of what it changes on the screen: the screen is still for
20 ms after it. Processor time is that of `top` alone, while nothing changes and while one service fails each second.
"""

import argparse
import fcntl
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import threading
import time

SLEEP = shutil.which("sleep")
STILL = 0.02
PATIENCE = 120
DOWN, UP = b"\x1b[B", b"\x1b[A"


class Screen:
    """`relance top` in a terminal of this size."""

    def __init__(self, relance, environment, columns, lines):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execve(relance, [relance, "top"], {**environment, "TERM": "xterm-256color"})
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.drawn = b""

    def read(self, seconds):
        """What is drawn until nothing comes for so long; when the last byte came."""
        last, got = None, b""
        while select.select([self.terminal], [], [], seconds)[0]:
            try:
                got += os.read(self.terminal, 1 << 16)
            except OSError:  # It has ended.
                break
            last = time.monotonic()
        self.drawn += got
        return last, got

    def wait_for(self, text):
        end = time.monotonic() + PATIENCE
        while text not in self.drawn:
            if time.monotonic() > end:
                raise SystemExit(f"top does not show {text!r}: {self.drawn[-2000:]!r}")
            self.read(0.2)

    def frame(self, key):
        self.read(STILL)
        began = time.monotonic()
        os.write(self.terminal, key)
        if not select.select([self.terminal], [], [], 5)[0]:
            raise SystemExit("a key is not answered")
        last, got = self.read(STILL)
        return (last - began) * 1000, len(got)

    def used(self):
        with open(f"/proc/{self.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def share(self, seconds):
        """Processor time of a second, in per cent; what is drawn meanwhile is read."""
        before, end = self.used(), time.monotonic() + seconds
        got = 0
        while time.monotonic() < end:
            got += len(self.read(min(0.1, max(0, end - time.monotonic())))[1])
        return (self.used() - before) * 100 / seconds, got

    def end(self):
        os.write(self.terminal, b"q")
        self.read(0.5)
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


class Manager:
    def __init__(self, relance):
        self.relance = relance
        self.folder = tempfile.mkdtemp(prefix="relance-top-")
        self.environment = {**os.environ, "RELANCE_SOCKET": os.path.join(self.folder, "socket")}
        config = self.write("relance.toml", "wait_to_kill_ms = 500\n")
        self.daemon = subprocess.Popen(
            [relance, "daemon", "--config", config, "--socket", self.environment["RELANCE_SOCKET"],
             "--state", os.path.join(self.folder, "state"), "--logs", os.path.join(self.folder, "logs")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def run(self, *words):
        done = subprocess.run([self.relance, *words], env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{words[:2]}: {done.stderr.strip()[-500:]}")

    def create(self, running, created):
        services = [
            f'[[service]]\nname = "service-{number:05}"\ncommand = ["{SLEEP}", "100000"]\n'
            'recovery.actions = "restart/0"\nextensions.output = "null"\n'
            for number in range(created)
        ]
        self.run("apply", "--file", self.write("services.toml", "\n".join(services)))
        names = [f"service-{number:05}" for number in range(running)]
        for at in range(0, running, 200):
            self.run("start", *names[at:at + 200])

    def end(self):
        self.daemon.send_signal(signal.SIGTERM)
        self.daemon.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def failing(manager, seconds):
    """Ends one service each second."""
    for number in range(int(seconds)):
        subprocess.run([manager.relance, "terminate", f"service-{number:05}"], env=manager.environment, capture_output=True)
        time.sleep(1)


def measure(manager, size, options):
    screen = Screen(manager.relance, manager.environment, *size)
    try:
        screen.wait_for(b"service-00000")
        time.sleep(1)
        frames = sorted(screen.frame(DOWN if at % 2 == 0 else UP) for at in range(options.keys))
        still, drawn = screen.share(options.seconds)
        thread = threading.Thread(target=failing, args=(manager, options.seconds))
        thread.start()
        busy, _ = screen.share(options.seconds)
        thread.join()
    finally:
        screen.end()
    times = [ms for ms, _ in frames]
    print(f"{size[0]}x{size[1]}: a key is answered in {times[len(times) // 2]:.1f} ms, the slowest of {len(times)} in "
          f"{times[-1]:.1f} ms; processor {still:.1f} % while nothing changes ({drawn / options.seconds / 1000:.1f} KB a "
          f"second drawn), {busy:.1f} % while a service fails each second")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("relance", metavar="RELANCE")
    parser.add_argument("--running", type=int, default=1000)
    parser.add_argument("--created", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--keys", type=int, default=50)
    options = parser.parse_args()
    manager = Manager(os.path.abspath(options.relance))
    try:
        manager.create(options.running, options.created)
        print(f"{options.created} services, {options.running} running")
        for size in ((80, 24), (200, 50)):
            measure(manager, size, options)
    finally:
        manager.end()


if __name__ == "__main__":
    main()
