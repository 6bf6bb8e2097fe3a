"""What a process and its children took of the machine, as Linux counts it."""

from __future__ import annotations

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def family_of(pid: int) -> list[int]:
    """Return the process and all that descend from it."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (fields := _stat(int(folder.name))):
            parents[int(folder.name)] = int(fields[1])
    found = [pid]
    for parent in found:
        found += [child for child, of in parents.items() if of == parent]
    return found


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of the process, its children, and those of them that have ended."""
    return sum(sum(map(int, fields[11:15])) for one in family_of(pid) if (fields := _stat(one))) / _TICKS


def peaks_mib(pid: int) -> list[float]:
    """Return the most memory that the process and each of its descendants ever held, the largest first."""
    return sorted((_peak(one) for one in family_of(pid)), reverse=True)


def _stat(pid: int) -> list[str]:
    """Return /proc/PID/stat from the state on (whose place there is 3); nothing for one that has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _peak(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)
