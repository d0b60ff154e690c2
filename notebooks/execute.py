"""Runs notebooks without a browser: execute.py DIRECTORY NOTEBOOK...

Each runs in the folder it lies in, from top to bottom in a fresh kernel, and is written to DIRECTORY with
its outputs and with nothing that changes from run to run by itself, such as times.
"""

import atexit
import pathlib
import sys
import time

import nbclient
import nbformat

SECONDS_PER_CELL = 600
SECONDS_TO_START = 90
STARTS = 4


def executed(path):
    """The notebook with the outputs of a run."""
    for start in range(STARTS):
        notebook = nbformat.read(path, as_version=4)
        client = nbclient.NotebookClient(
            notebook,
            timeout=SECONDS_PER_CELL,
            startup_timeout=SECONDS_TO_START,
            record_timing=False,
            coalesce_streams=True,
            resources={"metadata": {"path": str(path.parent)}},
        )
        try:
            client.execute()
            return notebook
        except RuntimeError as error:
            # A Java kernel that is asked before it is ready, as on a busy machine, never answers.
            if start + 1 == STARTS:
                raise
            print("%s: started again: %s" % (path.name, error), file=sys.stderr)
            atexit.unregister(client._cleanup_kernel)  # there is nothing left to clean


directory = pathlib.Path(sys.argv[1])
directory.mkdir(parents=True, exist_ok=True)
failed = False
for name in sys.argv[2:]:
    path = pathlib.Path(name)
    metadata = nbformat.read(path, as_version=4).metadata
    began = time.time()
    try:
        notebook = executed(path)
    except (nbclient.exceptions.CellExecutionError, RuntimeError) as error:
        print("%s: %s" % (path.name, error), file=sys.stderr)
        failed = True
        continue
    notebook.metadata = metadata  # the kernel would name the version of its Java
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    nbformat.validate(notebook)
    nbformat.write(notebook, directory / path.name)
    print("%s: %d cells in %.0f s" % (path.name, len(notebook.cells), time.time() - began))
sys.exit(1 if failed else 0)
