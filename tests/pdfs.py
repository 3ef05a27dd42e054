"""PDF files made by hand, as small as they can be."""

from __future__ import annotations

from collections.abc import Sequence

CELL = 90
"""Points from one cell of a row to the next."""


def pdf_of(pages: Sequence[Sequence[str]], info: str = "", objects: Sequence[str] = ()) -> bytes:
    """A PDF with these lines on its pages, in Helvetica.

    Args:
        pages: Their lines; tabs stand between the cells of a row, which are drawn apart.
        info: What stands in its information dictionary, such as `/Title (A report)`.
        objects: More objects, named X0, X1, … for the pages to draw.
    """
    first = 5 + 2 * len(pages)
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    named = " ".join(f"/X{number} {first + number} 0 R" for number in range(len(objects)))
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        f"<< {info} >>",
    ]
    for number, lines in enumerate(pages):
        escaped = (line.replace("(", "\\(").replace(")", "\\)") for line in lines)
        shown = "\n".join(f"{_drawn(line)} T*" for line in escaped)
        drawn = " ".join(f"/X{at} Do" for at in range(len(objects)))
        content = f"{drawn} BT /F1 11 Tf 14 TL 60 780 Td\n{shown}\nET"
        bodies += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {6 + 2 * number} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> /XObject << {named} >> >> >>",
            f"<< /Length {len(content.encode('cp1252'))} >>\nstream\n{content}\nendstream",
        ]
    bodies += objects
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"trailer << /Size {len(bodies) + 1} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{len(made)}\n%%EOF\n"
    return made + f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}{end}".encode()


def _drawn(line: str) -> str:
    first, *cells = line.split("\t")
    return f"({first}) Tj" + "".join(f" {CELL} 0 Td ({cell}) Tj" for cell in cells) + f" -{CELL * len(cells)} 0 Td"


def drawing_itself(pages: int = 1) -> bytes:
    """A PDF of under a kilobyte with a form that draws itself twice: PDFium never comes to its end."""
    first = 5 + 2 * pages
    content = "/X0 Do /X0 Do"
    form = (
        f"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X0 {first} 0 R >> >> "
        f"/Length {len(content)} >>\nstream\n{content}\nendstream"
    )
    return pdf_of([["The council met on Monday."]] * pages, objects=[form])
