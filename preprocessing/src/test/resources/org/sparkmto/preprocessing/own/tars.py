"""Tar files of WebDataset as Python's tarfile writes them: the same samples in several dialects."""
import io, json, struct, sys, tarfile, zipfile, zlib


def png(value):
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + bytes([value, 10, 20] * 5) for _ in range(4))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 5, 4, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def members():
    for i in range(6):
        key = "./" * (i % 2) + "d/" * (i % 3) + ("n" * 90 + "/ü" + "m" * 80 if i == 4 else "s") + str(i)
        yield key + ".png", png(40 * i)
        yield key + ".cls", str(i % 2).encode()
        about = {"age": 20.5 + i, "tags": ["hat", "scarf"][: i % 3], "of": {"who": "p%d" % i}}
        yield key + ".json", json.dumps(about).encode()
    yield "README", b"no sample"


def archive(mode, form):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=form) as tar:
        folder = tarfile.TarInfo("d")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
        for name, content in members():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            info.mtime = 1700000000.25  # which pax keeps in a header of its own
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as out:
    for name, mode, form in [
        ("ustar.tar", "w", tarfile.USTAR_FORMAT),
        ("gnu.tar", "w", tarfile.GNU_FORMAT),
        ("pax.tar", "w", tarfile.PAX_FORMAT),
        ("pax.tar.gz", "w:gz", tarfile.PAX_FORMAT),
        ("gnu.tgz", "w:gz", tarfile.GNU_FORMAT),
    ]:
        out.writestr(zipfile.ZipInfo(name), archive(mode, form), zipfile.ZIP_DEFLATED)
