"""Imports what the named packages bring, and prints one JSON document: what was imported, what was refused and why."""
import importlib
import json
import os
import re
import sys

# Modules that some packages leave beside their own by mistake.
STRAY = {"test", "tests", "testing", "doc", "docs", "example", "examples", "benchmarks", "scripts", "tools", "build", "dist"}


def modules(names):
    from importlib import metadata

    if not hasattr(metadata, "packages_distributions"):  # Python 3.9
        return []
    wanted = set(names)
    canonical = lambda name: re.sub(r"[-_.]+", "-", name).lower()
    found = metadata.packages_distributions().items()
    return sorted(
        module
        for module, owners in found
        if module.isidentifier() and not module.startswith("_") and module not in STRAY
        and wanted & {canonical(owner) for owner in owners}
    )


def main(names):
    imported, refused = [], []
    # What a module prints when it is imported belongs to nobody.
    answer = os.dup(1)
    os.dup2(2, 1)
    for module in modules(names):
        try:
            importlib.import_module(module)
            imported.append(module)
        except BaseException as error:
            refused.append({"module": module, "error": f"{type(error).__name__}: {error}"[:500]})
    os.write(answer, json.dumps({"imported": imported, "refused": refused}).encode())
    # Threads that a module has started do not matter any more.
    os._exit(0)


main(sys.argv[1:])
