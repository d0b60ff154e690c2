#!/usr/bin/env python3
"""What decoding costs in Python: reads all JPEGs of a folder, resizes them and writes nothing.

    pip install pillow
    deploy/local/pillow-loop.py bench/raw-faces-5000 --size 64 --processes 2

The same files as `spark-mto bench preprocess --work bench`, whose loop and job it can be compared with: images
per second and process, and per second of processor time.
"""

import argparse
import multiprocessing
import pathlib
import time

from PIL import Image


def decode(job):
    path, size = job
    with Image.open(path) as image:
        # Bilinear with a filter as wide as the reduction, as preprocessing does.
        return len(image.convert("RGB").resize((size, size), Image.Resampling.BILINEAR).tobytes())


def share(jobs):
    start = time.process_time()
    for job in jobs:
        decode(job)
    return time.process_time() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    given = parser.parse_args()
    jobs = [(path, given.size) for path in sorted(given.folder.rglob("*.jpg"))]
    start = time.perf_counter()
    with multiprocessing.Pool(given.processes) as pool:
        shares = [jobs[i :: given.processes] for i in range(given.processes)]
        processor = sum(pool.map(share, shares, chunksize=1))
    seconds = time.perf_counter() - start
    print(
        f"{len(jobs)} images: {len(jobs) / seconds / given.processes:.1f} per second and process, "
        f"{len(jobs) / processor:.1f} per second of processors"
    )


if __name__ == "__main__":
    main()
