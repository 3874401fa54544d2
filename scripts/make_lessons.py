#!/usr/bin/env python3
"""Draws the lessons of scripts/lessons into lessons/*.json, and a sheet of them to look at.

    python3 scripts/make_lessons.py                     # writes lessons/*.json; needs nothing but Python
    python3 scripts/make_lessons.py --sheet sheet.png   # also a sheet; needs Pillow

Lessons are drawn by hand, few clean strokes each, with places and proportions of the pictures that a theme's network was
trained with, so that what a child draws looks like what the network knows.
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lessons import cats, faces, motorbikes, robots, shoes, space  # noqa: E402
from lessons.pen import numbers  # noqa: E402

BOOKS = [cats, robots, faces, shoes, space, motorbikes]


def entry(lesson, credit):
    steps = [{"part": part, "words": list(words), "lines": [numbers(stroke) for stroke in strokes]}
             for part, words, strokes in lesson["steps"]]
    return {"name": lesson["name"], "title": list(lesson["title"]), "difficulty": lesson["difficulty"],
            "limit_secs": lesson["limit"], "worth": lesson["worth"], "credit": credit, "steps": steps}


def text(book):
    """JSON with a line for each step."""
    dump = lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    lessons = []
    for lesson in book["lessons"]:
        head = dump({key: value for key, value in lesson.items() if key != "steps"})[:-1]
        steps = ",\n   ".join(dump(step) for step in lesson["steps"])
        lessons.append(f'  {head},"steps":[\n   {steps}]}}')
    return f'{{"theme":{dump(book["theme"])},"lessons":[\n' + ",\n".join(lessons) + "]}\n"


def sheet(books, path):
    from PIL import Image, ImageDraw
    side, columns = 300, max(len(book["lessons"]) for book in books)
    image = Image.new("RGB", (side * columns, side * len(books)), "white")
    draw = ImageDraw.Draw(image)
    hues = ["#c0392b", "#e67e22", "#b7950b", "#27ae60", "#2980b9", "#8e44ad", "#333333", "#d81b60", "#00838f"]
    for row, book in enumerate(books):
        for column, lesson in enumerate(book["lessons"]):
            left, top = column * side, row * side
            draw.rectangle([left, top, left + side - 1, top + side - 1], outline="#dddddd")
            draw.text((left + 4, top + 2), lesson["name"], fill="#888888")
            for at, step in enumerate(lesson["steps"]):
                for line in step["lines"]:
                    points = [(left + x * side / 1000, top + y * side / 1000) for x, y in zip(line[::2], line[1::2])]
                    draw.line(points, fill=hues[at % len(hues)], width=2, joint="curve")
    image.save(path)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "lessons")
    arguments.add_argument("--sheet", type=Path)
    chosen = arguments.parse_args()
    books = []
    for module in BOOKS:
        lessons = sorted((entry(lesson, module.CREDIT) for lesson in module.LESSONS), key=lambda lesson: lesson["difficulty"])
        books.append({"theme": module.THEME, "lessons": lessons})
        (chosen.out / f"{module.THEME}.json").write_text(text(books[-1]), encoding="utf-8")
    if chosen.sheet:
        sheet(books, chosen.sheet)


if __name__ == "__main__":
    main()
