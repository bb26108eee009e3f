#!/usr/bin/env python3
"""Writes what bench.py has measured into the part of docs/performance.md about other supervisors, with plots.

    python3 bench.py --json out.json
    python3 page.py out.json ../docs/performance.md

Needs matplotlib. Writes what stands between the two marks of the page, and the plots into images/ beside it.
"""

import argparse
import datetime
import json
import os
import re
import statistics

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "relance", "font.size": 9,
                            "axes.spines.top": False, "axes.spines.right": False})
from matplotlib import pyplot  # noqa: E402  (after the choice of what draws)

BEGIN = "<!-- bench/page.py writes from here ... -->"
END = "<!-- ... to here -->"
OURS = "relance"
FLOOR = "floor"
#: What the table shows: (scenario, value, words, kind of label to tell rows of the same value apart, decimals)
ROWS = [
    ("restart_latency", "stable_ms", "restart of a stable service, median", False),
    ("restart_latency", "stable_ms", "the same, p99", True),
    ("restart_latency", "fast_ms", "restart in a crash loop, median", False),
    ("restart_latency", "fast_ms", "the same, p99", True),
    ("delay_accuracy", "error_ms", "error of a delay of 1000 ms, median", False),
    ("delay_accuracy", "error_ms", "the same, p99", True),
    ("start_n", "all_s", "cold start until all run", False),
    ("start_n", "cpu_ms", "its processor time", False),
    ("crash_storm", "all_s", "all die at once, until all run again", False),
    ("control_latency", "status_ms", "`status`, whole process", False),
    ("control_latency", "rpc_status_ms", "status by socket", False),
    ("control_latency", "stop_ms", "`stop`, whole process", False),
    ("memory", "pss_kib", "memory (PSS)", False),
    ("memory", "pss_kib_per_service", "memory for each service", False),
    ("idle_cpu", "wakeups_per_s", "wake-ups a second when idle", False),
]
RATIOS = [row for row in ROWS if row[0] in ("restart_latency", "start_n", "crash_storm") and row[1] != "cpu_ms"]


def tables_of(document, scenario, value, is_tail):
    """The tables of the summary for one row, by fleet size."""
    found = [t for t in document["summary"] if t["scenario"] == scenario and t["value"] == value]
    return [t for t in found if ("p99" in t["label"]) == is_tail]


def amount(value, unit):
    if value is None:
        return ""
    if unit == "KiB" and abs(value) >= 1024:
        return f"{value / 1024:.1f} MB"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f} {unit}".strip()


def peers_of(document):
    names = [name for name in document["environment"]["peers"] if name not in (FLOOR, OURS)]
    return [FLOOR, OURS, *names]


def table(document):
    peers = peers_of(document)
    others = peers[2:]
    lines = ["| what | floor | Relance | × floor |" + "".join(f" {name} |" for name in others),
             "|---|--:|--:|--:|" + "--:|" * len(others)]
    for scenario, value, words, is_tail in ROWS:
        for found in tables_of(document, scenario, value, is_tail):
            rows = {row["peer"]: row for row in found["rows"]}
            if OURS not in rows:
                continue
            sizes = scenario in ("start_n", "crash_storm", "control_latency", "idle_cpu", "memory")
            size = f", {found['n']} services" if sizes and value != "pss_kib_per_service" else ""
            cells = [amount(rows.get(name, {}).get("median"), found["unit"]) for name in peers]
            ratio = rows[OURS]["to_floor"]
            cells.insert(2, f"{ratio:.2f}" if ratio else "")
            lines.append(f"| {words}{size} | " + " | ".join(cells) + " |")
    return lines


def draw_ratios(document, path):
    """Median over the floor's, with the smallest and the largest repeat, for what every peer does."""
    found = []
    for scenario, value, words, is_tail in RATIOS:
        for t in tables_of(document, scenario, value, is_tail):
            floor = next((row["median"] for row in t["rows"] if row["peer"] == FLOOR), None)
            if floor:
                size = "" if scenario == "restart_latency" else f" ({t['n']})"
                found.append((words.replace("the same", f"{previous(words, scenario, value)}") + size, floor, t))
    if not found:
        return False
    figure, axes = pyplot.subplots(figsize=(7.5, 0.9 + 0.75 * len(found)))
    peers = peers_of(document)[1:]
    for place, (_, floor, t) in enumerate(reversed(found)):
        for number, peer in enumerate(peers):
            row = next((row for row in t["rows"] if row["peer"] == peer), None)
            if row:
                y = place + (number - (len(peers) - 1) / 2) * 0.8 / max(len(peers), 1)
                middle = row["median"] / floor
                spread = [[max(0, middle - row["min"] / floor)], [max(0, row["max"] / floor - middle)]]
                axes.errorbar(middle, y, xerr=spread, fmt="o", markersize=4, color=f"C{number}", capsize=2)
    for number, peer in enumerate(peers):
        axes.plot([], [], "o", color=f"C{number}", label=peer)
    axes.set_yticks(range(len(found)), [words for words, _, _ in reversed(found)])
    axes.set_xscale("log")
    axes.axvline(1, color="grey", linewidth=0.8)
    axes.set_xlabel("times the floor (dots: median; bars: smallest and largest repeat)")
    axes.xaxis.set_major_formatter(matplotlib.ticker.FormatStrFormatter("%g"))
    axes.legend(loc="upper right", fontsize=8)
    return save(figure, path)


def previous(words, scenario, value):
    return next(row[2] for row in ROWS if row[:2] == (scenario, value)).split(",")[0]


def draw_delays(document, path):
    """Which share of the restarts had at most which error."""
    samples = {}
    for result in document["results"]:
        if result["scenario"] == "delay_accuracy" and "values" in result:
            samples.setdefault(result["peer"], []).extend(result["values"]["error_ms"])
    samples.pop(FLOOR, None)
    if not samples:
        return False
    figure, axes = pyplot.subplots(figsize=(7.5, 3))
    for peer in [name for name in peers_of(document) if name in samples]:
        values = sorted(samples[peer])
        shares = [(number + 1) / len(values) * 100 for number in range(len(values))]
        axes.step(values, shares, where="post", label=f"{peer} ({len(values)})")
    axes.set_xlabel("error of a delay of 1000 ms, in ms")
    axes.set_ylabel("% of the restarts")
    if max(statistics.median(values) for values in samples.values()) > 20:
        axes.set_xscale("symlog", linthresh=1)
    axes.legend(loc="lower right", fontsize=8)
    return save(figure, path)


def draw_growth(document, path):
    """Cost over the number of services."""
    wanted = [("start_n", "all_s", "cold start, s"), ("crash_storm", "all_s", "storm, s"),
              ("memory", "pss_kib", "memory (PSS), KiB"), ("control_latency", "status_ms", "status, ms")]
    series = []
    for scenario, value, words in wanted:
        by_peer = {}
        for t in tables_of(document, scenario, value, False):
            for row in t["rows"]:
                if t["n"] > 0:
                    by_peer.setdefault(row["peer"], []).append((t["n"], row["median"]))
        if max((len(points) for points in by_peer.values()), default=0) > 1:
            series.append((words, by_peer))
    if not series:
        return False
    figure, all_axes = pyplot.subplots(1, len(series), figsize=(2.6 * len(series), 2.8))
    for axes, (words, by_peer) in zip([all_axes] if len(series) == 1 else all_axes, series):
        for peer in [name for name in peers_of(document) if name in by_peer]:
            points = sorted(by_peer[peer])
            axes.plot([n for n, _ in points], [v for _, v in points], "o-", markersize=3, linewidth=1, label=peer)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_title(words, fontsize=9)
        axes.set_xlabel("services")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=8, fontsize=8)
    figure.set_layout_engine("constrained")
    return save(figure, path)


def save(figure, path):
    if figure.get_layout_engine() is None:
        figure.tight_layout()
    figure.savefig(path, format="svg", metadata={"Date": None}, facecolor="white")
    pyplot.close(figure)
    with open(path) as f:  # lines that end with blanks fail the checks of the sources
        text = re.sub(r"[ \t]+\n", "\n", f.read())
    with open(path, "w") as f:
        f.write(text)
    return True


PLOTS = [
    ("bench-ratios.svg", draw_ratios, "What each costs beside the floor"),
    ("bench-delays.svg", draw_delays, "Errors of a delay of one second"),
    ("bench-growth.svg", draw_growth, "How cost grows with the number of services"),
]


def section(document, images, note):
    e = document["environment"]
    lines = [
        "`cargo xtask bench" + (f" {note}" if note else "") + f"`, {datetime.date.today()}: the static program of a release, "
        f"{e['processors']} processors ({e['processor']}), {round(e['memory_mib'] / 1024)} GB, Linux {e['kernel']}, "
        f"{e['options']['repeats']} repeats. The *floor* is a C program that only waits and forks: no database, no log, "
        "no second process. Peers: "
        + ", ".join(f"{name} {e['peers'][name]['version']}" for name in peers_of(document)[2:]) + ".",
        "",
    ]
    lines += table(document)
    for file, draw, words in PLOTS:
        if draw(document, os.path.join(images, file)):
            lines += ["", f"![{words}](images/{file})"]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("measured", help="what bench.py --json has written")
    parser.add_argument("page", help="the page to write into")
    parser.add_argument("--note", default="", help="options of the run, to be shown behind the command")
    options = parser.parse_args()
    with open(options.measured) as f:
        document = json.load(f)
    with open(options.page) as f:
        page = f.read()
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise SystemExit(f"{options.page} needs these two lines, once each: {BEGIN} and {END}")
    images = os.path.join(os.path.dirname(os.path.abspath(options.page)), "images")
    os.makedirs(images, exist_ok=True)
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    text = section(document, images, options.note)
    with open(options.page, "w") as f:
        f.write(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")


if __name__ == "__main__":
    main()
