"""--check PATH: is config.yaml usable?  --rewrite PATH: write it back in OMS's own form."""

import sys

from omsflow import settings


def main(arguments):
    if len(arguments) != 2 or arguments[0] not in ("--check", "--rewrite"):
        print("usage: oms_cluster_config --check|--rewrite PATH", file=sys.stderr)
        return 2
    if arguments[0] == "--rewrite":
        settings.rewrite(arguments[1])
        return 0
    problems = settings.check(settings.load(arguments[1]))
    for problem in problems:
        print(f"ERROR: {arguments[1]}: {problem}")
    if not problems:
        print(f"{arguments[1]}: ok")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
