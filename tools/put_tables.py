#!/usr/bin/env python3
"""Puts tables that scripts have written into pages, in place of those that are there.

    python3 tools/put_tables.py TABLES PAGE...

A page says where with the lines <!-- table NAME --> and <!-- end -->; what is between them becomes
TABLES/NAME.md. A page with a name that TABLES lacks is left as it is, and nothing is written.
"""

import pathlib
import re
import sys

PLACE = re.compile(r"(<!-- table (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(page, tables):
    def put(place):
        file = tables / f"{place[2]}.md"
        if not file.is_file():
            sys.exit(f"{page}: has a place for {place[2]}, which is not in {tables}")
        return place[1] + file.read_text(encoding="utf-8").rstrip() + "\n" + place[3]

    text, count = PLACE.subn(put, page.read_text(encoding="utf-8"))
    if not count:
        sys.exit(f"{page}: has no line <!-- table NAME -->")
    return text


def main(tables, *pages):
    texts = {page: filled(page, pathlib.Path(tables)) for page in map(pathlib.Path, pages)}
    for page, text in texts.items():
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
