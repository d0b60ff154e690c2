"""JPEG and PNG files of many kinds, and what Pillow makes of them.

python make.py DIRECTORY writes the files and pillow.csv: name, height, width and SHA-256 of the
bytes (red, green and blue of each pixel in turn) of Image.convert('RGB'), as stored and after
ImageOps.exif_transpose. 'refused' where Pillow does not read a file.
"""
import hashlib, io, struct, sys, zlib
import numpy as np, PIL, simplejpeg
from PIL import Image, ImageOps, ImageCms

out = sys.argv[1]
files = {}
H, W = 21, 34

def photo(h=H, w=W, seed=1):
    r = np.random.default_rng(seed)
    y, x = np.mgrid[0:h, 0:w]
    a = np.stack([x * 255 / w, y * 255 / h, 128 + 90 * np.sin(x / 3 + y / 5)], -1) + r.normal(0, 12, (h, w, 3))
    a[h // 3: h // 2, w // 4: w // 2] = (250, 10, 30)
    return np.clip(a, 0, 255).astype('u1')

def jpeg(image, **how):
    b = io.BytesIO(); image.save(b, 'JPEG', **how); return b.getvalue()

def segments(data):
    """[marker, payload] up to and with SOS, and the rest."""
    p, found = 2, []
    while True:
        m, l = data[p + 1], struct.unpack('>H', data[p + 2:p + 4])[0]
        found.append([m, bytearray(data[p + 4:p + 2 + l])]); p += 2 + l
        if m == 0xDA:
            return found, data[p:]

def joined(found, rest, between=b''):
    b = bytearray(b'\xff\xd8')
    for n, (m, s) in enumerate(found):
        b += between * (n > 0) + bytes([0xFF, m]) + struct.pack('>H', len(s) + 2) + s
    return bytes(b) + rest

def numbered(data, ids, keep=()):
    """Without APPn, channels numbered anew."""
    found, rest = segments(data)
    found = [[m, s] for m, s in found if not 0xE0 <= m <= 0xEF or m in keep]
    for m, s in found:
        if 0xC0 <= m <= 0xC2:
            for k, i in enumerate(ids): s[6 + 3 * k] = i
        if m == 0xDA:
            for k, i in enumerate(ids): s[1 + 2 * k] = i
    return joined(found, rest)

def with_segment(data, marker, payload, at=0):
    found, rest = segments(data)
    found.insert(at, [marker, bytearray(payload)])
    return joined(found, rest)

def exif(orientation, order='<'):
    head = b'II*\0' if order == '<' else b'MM\0*'
    return head + struct.pack(order + 'IHHHIHHI', 8, 1, 0x0112, 3, 1, orientation, 0, 0)

rgb = Image.fromarray(photo())
gray = rgb.convert('L')
cmyk = Image.fromarray(np.concatenate([photo(seed=2), photo(seed=3)[..., :1]], -1), 'CMYK')

# Subsampling, quality, size, kind of coding
for name, s in ('444', 0), ('422', 1), ('420', 2):
    for kind, how in ('', {}), ('-progressive', {'progressive': True}):
        files[f'j-{name}{kind}.jpg'] = jpeg(rgb, subsampling=s, quality=85, **how)
for s in '440', '411':
    files[f'j-{s}.jpg'] = simplejpeg.encode_jpeg(np.ascontiguousarray(photo()), quality=85, colorsubsampling=s)
for h, w in (1, 1), (1, 40), (40, 1), (2, 3), (3, 5), (8, 8), (9, 17), (16, 15):
    for s in 1, 2:
        files[f'j-size-{h}x{w}-{s}.jpg'] = jpeg(Image.fromarray(photo(h, w)), subsampling=s, quality=90)
    files[f'j-size-{h}x{w}-440.jpg'] = simplejpeg.encode_jpeg(np.ascontiguousarray(photo(h, w)), quality=90, colorsubsampling='440')
files['j-quality-10.jpg'] = jpeg(rgb, quality=10)
files['j-quality-100.jpg'] = jpeg(rgb, quality=100)
files['j-optimized.jpg'] = jpeg(rgb, optimize=True)
files['j-restart-1.jpg'] = jpeg(rgb, restart_marker_blocks=1)
files['j-restart-rows.jpg'] = jpeg(rgb, restart_marker_rows=1, progressive=True)
files['j-gray.jpg'] = jpeg(gray, quality=90)
files['j-gray-progressive.jpg'] = jpeg(gray, quality=90, progressive=True)
files['j-no-jfif-gray.jpg'] = numbered(jpeg(gray), [0])
# Colours
base = jpeg(rgb, subsampling=0, quality=90)
base420 = jpeg(rgb, subsampling=2, quality=90)
for ids in (0, 1, 2), (1, 2, 3), (2, 3, 4), (82, 71, 66), (89, 67, 99), (89, 67, 67), (114, 103, 98), (34, 35, 36), (1, 34, 35), (255, 254, 253):
    if len(set(ids)) == 3:
        files['j-ids-%d-%d-%d.jpg' % ids] = numbered(base, ids)
        files['j-ids-%d-%d-%d-420.jpg' % ids] = numbered(base420, ids)
        files['j-ids-jfif-%d-%d-%d.jpg' % ids] = numbered(base, ids, keep=(0xE0,))
files['j-rgb.jpg'] = jpeg(rgb, keep_rgb=True, quality=90)
files['j-rgb-ids-123.jpg'] = numbered(jpeg(rgb, keep_rgb=True, quality=90), (1, 2, 3))
adobe = lambda t: b'Adobe\0\x64\0\0\0\0' + bytes([t])
for t in 0, 1, 2, 7:
    files[f'j-adobe-{t}.jpg'] = with_segment(numbered(base, (1, 2, 3)), 0xEE, adobe(t))
    files[f'j-adobe-{t}-ids-rgb.jpg'] = with_segment(numbered(base, (82, 71, 66)), 0xEE, adobe(t))
    files[f'j-adobe-{t}-and-jfif.jpg'] = with_segment(base, 0xEE, adobe(t), 1)
files['j-adobe-short.jpg'] = with_segment(numbered(base, (1, 2, 3)), 0xEE, b'Adobe\0\x64\0\0')
files['j-app14-other.jpg'] = with_segment(numbered(base, (82, 71, 66)), 0xEE, b'Adobo\0\x64\0\0\0\0\1')
files['j-jfif-short.jpg'] = with_segment(numbered(base, (82, 71, 66)), 0xE0, b'JFIF\0\1')
files['j-jfif-second.jpg'] = with_segment(numbered(base, (82, 71, 66)), 0xE0, b'JFIF\0\1\1\0\0\1\0\1\0\0', 2)
files['j-jfif-thumb.jpg'] = with_segment(numbered(base, (1, 2, 3)), 0xE0, b'JFIF\0\1\1\0\0\1\0\1\2\2' + bytes(range(12)))
files['j-jfxx.jpg'] = with_segment(base, 0xE0, b'JFXX\0\x13\1\1\1\2\3', 1)
for s, k in (0, '444'), (2, '420'):
    c = jpeg(cmyk, quality=90, subsampling=s)
    files[f'j-cmyk-{k}.jpg'] = c
    files[f'j-cmyk-no-adobe-{k}.jpg'] = numbered(c, (1, 2, 3, 4))
    for t in 0, 1, 2:
        files[f'j-cmyk-adobe-{t}-{k}.jpg'] = with_segment(numbered(c, (1, 2, 3, 4)), 0xEE, adobe(t))
files['j-cmyk-progressive.jpg'] = jpeg(cmyk, quality=90, progressive=True)
# Remarks
icc = ImageCms.ImageCmsProfile(ImageCms.createProfile('LAB')).tobytes()
files['j-icc-lab.jpg'] = jpeg(rgb, icc_profile=icc)
files['j-icc-srgb.jpg'] = jpeg(rgb, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes())
files['j-icc-broken.jpg'] = with_segment(base, 0xE2, b'ICC_PROFILE\0\1\1 no profile')
files['j-icc-gray.jpg'] = jpeg(gray, icc_profile=icc)
files['j-icc-cmyk.jpg'] = jpeg(cmyk, icc_profile=icc)
files['j-comment.jpg'] = with_segment(base, 0xFE, b'taken by \xe4\0\xff', 2)
files['j-app13.jpg'] = with_segment(base, 0xED, b'Photoshop 3.0\x008BIM', 1)
files['j-app-empty.jpg'] = with_segment(base, 0xE5, b'', 1)
files['j-dri-zero.jpg'] = with_segment(base, 0xDD, b'\0\0', 2)
for o in range(0, 10):
    files[f'j-exif-{o}.jpg'] = with_segment(base420, 0xE1, b'Exif\0\0' + exif(o, '<' if o % 2 else '>'))
files['j-exif-after-jfif.jpg'] = with_segment(base420, 0xE1, b'Exif\0\0' + exif(6), 1)
files['j-exif-twice.jpg'] = with_segment(files['j-exif-after-jfif.jpg'], 0xE1, b'Exif\0\0' + exif(3), 1)
files['j-exif-cut.jpg'] = with_segment(base420, 0xE1, b'Exif\0\0' + exif(6)[:15])
files['j-exif-junk.jpg'] = with_segment(base420, 0xE1, b'Exif\0\0no such thing at all')
files['j-exif-long.jpg'] = with_segment(base420, 0xE1, b'Exif\0\0II*\0' + struct.pack('<IHHHIII', 8, 1, 0x0112, 4, 1, 6, 0))
files['j-xmp-8.jpg'] = with_segment(base420, 0xE1, b'http://ns.adobe.com/xap/1.0/\0<x tiff:Orientation="8"/>')
files['j-xmp-element.jpg'] = with_segment(base420, 0xE1, b'http://ns.adobe.com/xap/1.0/\0<tiff:Orientation>6</tiff:Orientation>')
files['j-exif-gray-6.jpg'] = with_segment(jpeg(gray), 0xE1, b'Exif\0\0' + exif(6))
files['j-exif-cmyk-5.jpg'] = with_segment(jpeg(cmyk), 0xE1, b'Exif\0\0' + exif(5))
# Stray bytes
found, rest = segments(base)
files['j-stray-between.jpg'] = joined(found, rest, b'\0\1\2')
files['j-stray-ff.jpg'] = joined(found, rest, b'\xff\xff\xff')
files['j-stray-ff00.jpg'] = joined(found, rest, b'\xff\0\7')
files['j-stray-tem.jpg'] = joined(found, rest, b'\xff\1')
files['j-stray-rst.jpg'] = joined(found, rest, b'\xff\xd3')
for n in 1, 3, 200:
    files[f'j-stray-{n}-before-end.jpg'] = base[:-2] + b'\0' * n + b'\xff\xd9'
    files[f'j-stray-{n}-ones-before-end.jpg'] = base[:-2] + b'\xff' * n + b'\xff\xd9'
    files[f'j-stray-{n}-odd-before-end.jpg'] = base[:-2] + bytes(i * 37 % 251 for i in range(n)) + b'\xff\xd9'
files['j-after-end.jpg'] = base + b'more' * 30
files['j-two-images.jpg'] = base + jpeg(gray)
files['j-no-end.jpg'] = base[:-2]
files['j-cut.jpg'] = base[:-200]
p = jpeg(rgb, progressive=True, subsampling=2)
i = p.index(b'\xff\xda', p.index(b'\xff\xda') + 2)
i = p.index(b'\xff\xda', i + 2)
files['j-progressive-stray.jpg'] = p[:i] + b'\0\0\0' + p[i:]
r = jpeg(rgb, restart_marker_blocks=2, subsampling=0)
i = r.index(b'\xff\xd0')
files['j-restart-stray.jpg'] = r[:i] + b'\0\0' + r[i:]
files['j-restart-missing.jpg'] = r[:i] + r[i + 2:]
files['j-restart-wrong.jpg'] = r[:i] + b'\xff\xd5' + r[i + 2:]
bits12 = bytearray(base); k = base.index(b'\xff\xc0'); bits12[k + 4] = 12
files['j-12-bits.jpg'] = bytes(bits12)
arith = bytearray(base); arith[k + 1] = 0xC9
files['j-arithmetic-name.jpg'] = bytes(arith)
c1 = bytearray(base); c1[k + 1] = 0xC1
files['j-extended.jpg'] = bytes(c1)
two = numbered(jpeg(gray), [1]); files['j-sof-gray-sampling-22.jpg'] = two.replace(b'\x01\x01\x11\x00', b'\x01\x01\x22\x00', 1)

# PNG
def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

def packed(values, bits, channels):
    """Rows of h x (w*channels) numbers."""
    if bits == 16: return [r.astype('>u2').tobytes() for r in values]
    if bits == 8: return [r.astype('u1').tobytes() for r in values]
    rows = []
    for r in values:
        text = ''.join(format(int(v), f'0{bits}b') for v in r)
        text += '0' * (-len(text) % 8)
        rows.append(int(text, 2).to_bytes(len(text) // 8, 'big'))
    return rows

def png(values, bits, colour, before=b'', after=b'', interlaced=False, split=0, level=9):
    h, w, channels = values.shape
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)] if interlaced else [(0, 0, 1, 1)]
    raw = b''
    for y, x, dy, dx in passes:
        part = values[y::dy, x::dx]
        if part.size:
            step = max(1, channels * bits // 8); previous = None
            for n, row in enumerate(packed(part.reshape(part.shape[0], -1), bits, channels)):
                f = n % 5; u = np.frombuffer(row, 'u1').astype(int)
                up = np.zeros_like(u) if previous is None else previous
                left = np.concatenate([np.zeros(step, int), u])[:len(u)]; corner = np.concatenate([np.zeros(step, int), up])[:len(u)]
                if f == 1: d = u - left
                elif f == 2: d = u - up
                elif f == 3: d = u - (left + up) // 2
                elif f == 4:
                    e = left + up - corner; a, b, c = abs(e - left), abs(e - up), abs(e - corner)
                    d = u - np.where((a <= b) & (a <= c), left, np.where(b <= c, up, corner))
                else: d = u
                raw += bytes([f]) + (d % 256).astype('u1').tobytes(); previous = u
    data = zlib.compress(raw, level)
    parts = [data[i:i + split] for i in range(0, len(data), split)] if split else [data]
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', w, h, bits, colour, 0, 0, interlaced)) + before + b''.join(chunk(b'IDAT', p) for p in parts) + after + chunk(b'IEND', b'')

rng = np.random.default_rng(5)
channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
for colour, depths in {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}.items():
    for bits in depths:
        top = min(2 ** bits, 200) if colour == 3 else 2 ** bits
        v = rng.integers(0, top, (13, 19, channels[colour]))
        palette = chunk(b'PLTE', rng.integers(0, 256, top * 3).astype('u1').tobytes()) if colour == 3 else b''
        for interlaced in False, True:
            files[f'p-{colour}-{bits}{"-interlaced" if interlaced else ""}.png'] = png(v, bits, colour, palette, interlaced=interlaced)
v = rng.integers(0, 256, (13, 19, 3)); g = v[..., :1]
for h, w in (1, 1), (2, 1), (1, 5), (3, 3), (5, 9):
    files[f'p-size-{h}x{w}-interlaced.png'] = png(v[:h, :w], 8, 2, interlaced=True)
    files[f'p-size-{h}x{w}-1-interlaced.png'] = png(g[:h, :w] % 2, 1, 0, interlaced=True)
pal = chunk(b'PLTE', rng.integers(0, 256, 768).astype('u1').tobytes())
files['p-palette-alpha.png'] = png(g, 8, 3, pal + chunk(b'tRNS', rng.integers(0, 256, 256).astype('u1').tobytes()))
files['p-palette-short.png'] = png(g % 8, 8, 3, chunk(b'PLTE', bytes(range(24))))
files['p-palette-outside.png'] = png(g, 8, 3, chunk(b'PLTE', bytes(range(24))))
files['p-palette-missing.png'] = png(g, 8, 3)
files['p-gray-transparent.png'] = png(g, 8, 0, chunk(b'tRNS', struct.pack('>H', int(g[0, 0, 0]))))
files['p-rgb-transparent.png'] = png(v, 8, 2, chunk(b'tRNS', struct.pack('>HHH', *map(int, v[0, 0]))))
files['p-1-transparent.png'] = png(g % 2, 1, 0, chunk(b'tRNS', b'\0\1'))
files['p-suggested-palette.png'] = png(v, 8, 2, pal)
files['p-gamma.png'] = png(v, 8, 2, chunk(b'gAMA', struct.pack('>I', 100000)))
files['p-gray-gamma.png'] = png(g, 8, 0, chunk(b'gAMA', struct.pack('>I', 100000)))
files['p-srgb.png'] = png(v, 8, 2, chunk(b'sRGB', b'\0') + chunk(b'gAMA', struct.pack('>I', 45455)) + chunk(b'cHRM', struct.pack('>8I', 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)))
files['p-icc.png'] = png(v, 8, 2, chunk(b'iCCP', b'x\0\0' + zlib.compress(icc)))
files['p-text.png'] = png(v, 8, 2, chunk(b'tEXt', b'Comment\0hello') + chunk(b'zTXt', b'a\0\0' + zlib.compress(b'b' * 100)), chunk(b'tIME', b'\7\xe8\1\1\1\1\1'))
files['p-background.png'] = png(np.concatenate([v, g], -1), 8, 6, chunk(b'bKGD', b'\0\1\0\2\0\3'))
files['p-sbit.png'] = png(v, 8, 2, chunk(b'sBIT', b'\5\6\5'))
files['p-phys.png'] = png(v, 8, 2, chunk(b'pHYs', struct.pack('>IIB', 1, 2, 0)))
files['p-private.png'] = png(v, 8, 2, chunk(b'prVt', b'x'), chunk(b'teSt', b''))
files['p-split.png'] = png(v, 8, 2, split=7)
files['p-split-empty.png'] = png(v, 8, 2, chunk(b'IDAT', b''), split=100)
files['p-stored.png'] = png(v, 8, 2, level=0)
for o in range(0, 10):
    files[f'p-exif-{o}.png'] = png(v, 8, 2, chunk(b'eXIf', exif(o, '<' if o % 2 else '>')))
files['p-exif-behind.png'] = png(v, 8, 2, b'', chunk(b'eXIf', exif(6)))
files['p-exif-palette-6.png'] = png(g, 8, 3, pal + chunk(b'eXIf', exif(6)))
files['p-apng.png'] = png(v, 8, 2, chunk(b'acTL', struct.pack('>II', 1, 0)) + chunk(b'fcTL', struct.pack('>IIIIIHHBB', 0, 19, 13, 0, 0, 1, 10, 0, 0)))
files['p-after-end.png'] = png(v, 8, 2) + b'more'
bad = bytearray(png(v, 8, 2, chunk(b'tEXt', b'Comment\0hello'))); bad[bad.index(b'hello')] ^= 1
files['p-bad-sum-of-text.png'] = bytes(bad)
bad = bytearray(png(v, 8, 2)); bad[-20] ^= 1
files['p-bad-data.png'] = bytes(bad)
files['p-no-end.png'] = png(v, 8, 2)[:-12]

def digest(image):
    a = np.asarray(image.convert('RGB'))
    return f'{a.shape[0]}x{a.shape[1]},{hashlib.sha256(a.tobytes()).hexdigest()[:16]}'

lines = ['file,stored,sha256,upright,sha256']
for name, data in sorted(files.items()):
    open(f'{out}/{name}', 'wb').write(data)
    try:
        with Image.open(io.BytesIO(data)) as i:
            i.load(); lines.append(f'{name},{digest(i)},{digest(ImageOps.exif_transpose(i))}')
            if len(sys.argv) > 2: np.save(f'{sys.argv[2]}/{name}.npy', np.asarray(i.convert('RGB')))
    except Exception as e:
        lines.append(f'{name},refused')
open(f'{out}/pillow.csv', 'w').write('\n'.join(lines) + '\n')
print(len(files), 'files,', sum(map(len, files.values())), 'bytes; Pillow', PIL.__version__)
