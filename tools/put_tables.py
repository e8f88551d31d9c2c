#!/usr/bin/env python3
"""Puts tables that scripts have written into pages, in place of those that are there.

    python3 tools/put_tables.py RUN=TABLES... PAGE...

A page says where with the lines <!-- table RUN/NAME --> and <!-- end -->; what is between them
becomes TABLES/NAME.md. Places of other runs stay as they are. Where TABLES lacks a NAME, or a page
has no place for any run, nothing is written.
"""

import pathlib
import re
import sys

PLACE = re.compile(r"(<!-- table ([\w-]+)/([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(page, runs):
    count = 0

    def put(place):
        nonlocal count
        opening, run, name, end = place.groups()
        if run not in runs:
            return place[0]
        file = pathlib.Path(runs[run]) / f"{name}.md"
        if not file.is_file():
            sys.exit(f"{page}: has a place for {run}/{name}, which is not in {runs[run]}")
        count += 1
        return opening + file.read_text(encoding="utf-8").rstrip() + "\n" + end

    text = PLACE.sub(put, page.read_text(encoding="utf-8"))
    if not count:
        sys.exit(f"{page}: has no line <!-- table RUN/NAME --> with {' or '.join(runs)} as RUN")
    return text


def main(arguments):
    runs = dict(each.split("=", 1) for each in arguments if "=" in each)
    pages = [pathlib.Path(each) for each in arguments if "=" not in each]
    if not runs or not pages:
        sys.exit(__doc__)
    texts = {page: filled(page, runs) for page in pages}
    for page, text in texts.items():
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
