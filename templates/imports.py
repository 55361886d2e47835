"""Imports what the named packages bring, and prints one JSON document: what was imported, what was refused and why."""
import importlib
import inspect
import json
import os
import sys

# Modules that some packages leave beside their own by mistake.
STRAY = {"test", "tests", "testing", "doc", "docs", "example", "examples", "benchmarks", "scripts", "tools", "build", "dist"}


def modules(names):
    from importlib import metadata

    found = set()
    for name in names:
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        declared = (distribution.read_text("top_level.txt") or "").split()
        found.update(declared or map(top_level, distribution.files or []))
    return sorted(
        module for module in found if module.isidentifier() and not module.startswith("_") and module not in STRAY
    )


def top_level(file):
    """The module that a file of a package belongs to: its outermost folder, or the file itself without what follows its name."""
    return file.parts[0] if len(file.parts) > 1 else (inspect.getmodulename(file.name) or "")


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
