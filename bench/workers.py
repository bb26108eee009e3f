#!/usr/bin/env python3
"""PHP workers in groups, a queue in Redis that counts, and one rolling restart of all of them under load.

    python3 workers.py ../target/release/relance                       # 10 groups of 20
    python3 workers.py ../target/release/relance --groups 2 --size 5   # a smaller one

Each worker says that it is ready, gives heartbeats (--watchdog), and has a line of memory (--recycle-above). Jobs
are pushed all the time while `relance restart --rolling` goes through the groups. In the end every job must have
been done once. What the manager's two processes use is measured before it has services, with all of them idle,
during the restart and afterwards; wake-ups are their context switches, all threads together.

Needs redis-server, and php with pcntl, sockets and redis.
"""

import argparse
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

WORKER = pathlib.Path(__file__).resolve().parent / "php" / "queue_worker.php"
TICKS = os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("relance", metavar="RELANCE")
    parser.add_argument("--groups", type=int, default=10)
    parser.add_argument("--size", type=int, default=20, help="workers in each group (20)")
    parser.add_argument("--rate", type=int, default=200, help="jobs a second (200)")
    parser.add_argument("--idle", type=float, default=60, help="seconds of rest that are measured (60)")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="relance-queue-"))
    host = Host(options, folder)
    try:
        host.run()
    finally:
        host.end()
        shutil.rmtree(folder, ignore_errors=True)


class Host:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.redis_socket = str(folder / "redis.sock")
        self.relance_socket = str(folder / "relance.sock")
        self.queues = [f"q{number}" for number in range(1, options.groups + 1)]
        self.pushed = 0
        self.is_over = threading.Event()
        self.redis = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.redis_socket, "--save", "", "--dir", str(folder)],
            stdout=subprocess.DEVNULL)
        self.daemon = subprocess.Popen(
            [os.path.abspath(options.relance), "daemon", "--state", str(folder / "state"), "--logs",
             str(folder / "logs"), "--socket", self.relance_socket],
            stdout=subprocess.DEVNULL, stderr=open(folder / "daemon.log", "wb"))

    def end(self):
        self.is_over.set()
        for process in (self.daemon, self.redis):
            process.send_signal(signal.SIGTERM)
            process.wait()

    def command(self, *words):
        environment = dict(os.environ, RELANCE_SOCKET=self.relance_socket)
        done = subprocess.run([os.path.abspath(self.options.relance), *words], env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(words)}: {done.stdout[-2000:]}")
        return done.stdout

    def run(self):
        self.command("list")  # Waits for the daemon.
        rows = [("no services", Usage.over(self.daemon.pid, 10))]
        began = time.monotonic()
        for queue in self.queues:
            self.command(
                "create", f"{queue}@", "--instances", str(self.options.size), "--ready", "notify", "--watchdog", "60s",
                "--recycle-above", "128M", "--stop-signal", "TERM", "--stop-grace", "1m", "--actions", "restart/1s",
                "--output", "null", "--", shutil.which("php"), str(WORKER), self.redis_socket, queue)
        self.command("start", *[f"{queue}@" for queue in self.queues])
        started = time.monotonic() - began
        rows.append(("all idle", Usage.over(self.daemon.pid, self.options.idle)))
        producer = threading.Thread(target=self.produce)
        producer.start()
        usage = Usage(self.daemon.pid)
        began = time.monotonic()
        for queue in self.queues:
            self.command("restart", f"{queue}@", "--rolling")
        took = time.monotonic() - began
        rows.append(("rolling restart under load", usage.since()))
        self.is_over.set()
        producer.join()
        self.wait_until_empty()
        rows.append(("all idle again", Usage.over(self.daemon.pid, self.options.idle)))
        self.report(rows, started, took)

    def produce(self):
        redis = Redis(self.redis_socket)
        pause = 1 / self.options.rate
        while not self.is_over.is_set():
            redis.ask("LPUSH", self.queues[self.pushed % len(self.queues)], f"job{self.pushed}")
            self.pushed += 1
            time.sleep(pause)

    def wait_until_empty(self):
        redis = Redis(self.redis_socket)
        names = [name for queue in self.queues for name in (queue, f"{queue}:taken")]
        patience = time.monotonic() + 120
        while sum(redis.ask("LLEN", name) for name in names) > 0 and time.monotonic() < patience:
            time.sleep(0.2)

    def report(self, rows, started, took):
        redis = Redis(self.redis_socket)
        done = redis.ask("HLEN", "done")
        times = sum(int(count) for count in redis.ask("HVALS", "done"))
        left = sum(redis.ask("LLEN", queue) for queue in self.queues)
        taken = sum(redis.ask("LLEN", f"{queue}:taken") for queue in self.queues)
        load = os.getloadavg()[0]
        workers = self.options.groups * self.options.size
        print(f"{workers} workers created and ready after {started:.1f} s; restarted one after the other in "
              f"{took:.1f} s, {1000 * took / workers:.0f} ms each; load of the machine {load:.1f}")
        print(f"jobs pushed {self.pushed}, done {done}, done twice {times - done}, left {left}, lost {taken}\n")
        print("| manager (guardian and engine) | processor time | wake-ups a second | memory (PSS) |")
        print("|---|--:|--:|--:|")
        for what, (seconds, cpu, switches, pss) in rows:
            print(f"| {what} | {1000 * cpu / seconds:.2f} ms a second | {switches / seconds:.1f} | {pss / 1024:.1f} MB |")
        if done != self.pushed or times != done:
            raise SystemExit("jobs were lost, or done twice")


class Usage:
    """What guardian and engine use."""

    def __init__(self, guardian):
        self.guardian = guardian
        self.began = time.monotonic()
        self.before = self.now()

    @classmethod
    def over(cls, guardian, seconds):
        usage = cls(guardian)
        time.sleep(seconds)
        return usage.since()

    def since(self):
        cpu, after = self.now()
        # Threads that have ended since are left out.
        switches = sum(count - self.before[1].get(task, 0) for task, count in after.items())
        pss = sum(pss_of(pid) for pid in self.processes())
        seconds = time.monotonic() - self.began
        return seconds, cpu - self.before[0], switches, pss

    def processes(self):
        own = os.readlink(f"/proc/{self.guardian}/exe")
        children = pathlib.Path(f"/proc/{self.guardian}/task/{self.guardian}/children").read_text().split()
        engines = [pid for pid in children if exe_of(pid) == own]
        return [str(self.guardian), *engines]

    def now(self):
        cpu, switches = 0, {}
        for pid in self.processes():
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            cpu += (int(fields[11]) + int(fields[12])) / TICKS
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                lines = (task / "status").read_text().splitlines()
                counts = (int(line.split()[1]) for line in lines if "ctxt_switches" in line)
                switches[task.name] = sum(counts)
        return cpu, switches


def exe_of(pid):
    try:
        return os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return None


def pss_of(pid):
    lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


class Redis:
    """As much of a client as is needed here."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb")

    def ask(self, *words):
        parts = [f"*{len(words)}\r\n".encode()]
        for word in words:
            parts.append(f"${len(word.encode())}\r\n{word}\r\n".encode())
        self.socket.sendall(b"".join(parts))
        return self.answer()

    def answer(self):
        line = self.file.readline().rstrip()
        kind, rest = line[:1], line[1:]
        if kind == b":":
            return int(rest)
        if kind == b"$":
            text = self.file.read(int(rest) + 2)
            return text[:-2].decode()
        if kind == b"*":
            return [self.answer() for _ in range(int(rest))]
        if kind == b"-":
            raise SystemExit(rest.decode())
        return rest.decode()


if __name__ == "__main__":
    main()
