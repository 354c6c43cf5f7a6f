#!/usr/bin/env python3
"""Verifies an Entente proof directory offline, by the specification.

    python3 entente_audit.py DIRECTORY --trust FILE

Shares no code with Entente. Needs Python 3.9 and the package `cryptography`. One line a step, by the names of
proof-directory.md; the exit code is 0 if every step holds, 1 if one fails. Pages named below are those of ../spec/.
"""
import argparse
import base64
import binascii
import functools
import hashlib
import os
import re
import stat
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MAX = 2 ** 53 - 1


class Bad(Exception):
    """What was shown does not hold. `code` as in the vectors; of a chain, which `rule` of charter.md at which `serial`."""

    def __init__(self, code, why="", rule=None, serial=None):
        super().__init__(code + (": " + why if why else ""))
        self.code, self.rule, self.serial = code, rule, serial


def sha256(*parts):
    h = hashlib.sha256()
    for x in parts:
        h.update(x)
    return h.digest()


# ---------------------------------------------------------------- small grammars

NUMBER = re.compile(r"0|[1-9][0-9]*")
HEX64 = re.compile(r"[0-9a-f]{64}")
# White_Space of note.md: str.isspace would add U+001C to U+001F.
WHITE = {0x20, 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000} | set(range(9, 14)) | set(range(0x2000, 0x200B))


def number(text, code):
    if len(text) > 16 or not NUMBER.fullmatch(text) or int(text) > MAX:
        raise Bad(code, "not a number: %r" % text[:40])
    return int(text)


def hex64(text, code):
    if not HEX64.fullmatch(text):
        raise Bad(code, "not 64 hex digits: %r" % text[:80])
    return bytes.fromhex(text)


def utf8(data, code):
    try:
        return data.decode("utf-8", "strict")
    except UnicodeDecodeError as e:
        raise Bad(code, "not UTF-8: %s" % e.reason)


def b64(text, code):
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise Bad(code, "not base64")
    if base64.b64encode(data).decode() != text:
        raise Bad(code, "base64 is not strict")
    return data


# ---------------------------------------------------------------- names.md

NAME = re.compile(r"(?=.{3,64}\Z)(?=.*[a-z])[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")


def is_name(text):
    return NAME.fullmatch(text) is not None


def origin_of(name, epoch):
    return name if epoch == 0 else "%s/%d" % (name, epoch)


def parse_origin(text):
    name, slash, epoch = text.partition("/")
    if not is_name(name):
        raise Bad("NAME_MALFORMED", "origin %r" % text)
    if not slash:
        return name, 0
    e = number(epoch, "NAME_MALFORMED")
    if e == 0:
        raise Bad("NAME_MALFORMED", "epoch 0 is not written")
    return name, e


def key_name_kind(authority, text):
    """root, role, approver, or None"""
    if not text.startswith(authority + "/"):
        return None
    m = re.fullmatch(r"([a-z][a-z0-9-]{0,30})/([1-9][0-9]{0,15})", text[len(authority) + 1:])
    if not m or int(m[2]) > MAX or m[1] in ("witness", "node", "member"):
        return None
    return m[1] if m[1] in ("root", "approver") else "role"


def parse_trust(data):
    """-> list of (name, id)"""
    code = "TRUST_MALFORMED"
    out = []
    for line in utf8(data, code).split("\n"):
        if line == "" or line.startswith("#"):
            continue
        words = line.split(" ")
        if len(words) != 3 or words[0] != "authority" or not is_name(words[1]):
            raise Bad(code, "line %r" % line[:80])
        out.append((words[1], hex64(words[2], code)))
    if len({a for a, b in out}) != len(out) or len({b for a, b in out}) != len(out):
        raise Bad(code, "a name or an id stands twice")
    return out


# ---------------------------------------------------------------- canonical-cbor.md

def is_int(v, lo=0, hi=MAX):
    return type(v) is int and lo <= v <= hi


def is_bytes(v, n=None):
    return type(v) is bytes and (n is None or len(v) == n)


class _Cbor:
    def __init__(self, data):
        self.d, self.i = data, 0

    def left(self):
        return len(self.d) - self.i

    def take(self, n):
        if n > self.left():
            raise Bad("CBOR_MALFORMED", "cut short")
        self.i += n
        return self.d[self.i - n:self.i]

    def item(self, depth):
        head = self.take(1)[0]
        major, info = head >> 5, head & 31
        if info in (28, 29, 30) or info == 31 and major in (0, 1, 6, 7):
            raise Bad("CBOR_MALFORMED", "reserved info")
        if info == 31:
            raise Bad("CBOR_NOT_CANONICAL", "indefinite length")
        if major == 7:
            if head in (0xF4, 0xF5, 0xF6):
                return {0xF4: False, 0xF5: True, 0xF6: None}[head]
            if info >= 24:
                self.take(1 << (info - 24))
            raise Bad("CBOR_NOT_CANONICAL", "a float or simple value")
        if info < 24:
            arg = info
        else:
            n = 1 << (info - 24)
            arg = int.from_bytes(self.take(n), "big")
            if arg < (24, 1 << 8, 1 << 16, 1 << 32)[info - 24]:
                raise Bad("CBOR_NOT_CANONICAL", "not the shortest head")
        if major == 6:
            raise Bad("CBOR_NOT_CANONICAL", "a tag")
        if major in (0, 1):
            v = arg if major == 0 else -1 - arg
            if not -MAX <= v <= MAX:
                raise Bad("CBOR_LIMIT", "integer out of range")
            return v
        if major == 2:
            return bytes(self.take(arg))
        if major == 3:
            data = self.take(arg)
            text = utf8(data, "CBOR_MALFORMED")
            if text.startswith("\ufeff"):
                raise Bad("CBOR_NOT_CANONICAL", "text begins with U+FEFF")
            return text
        if depth >= 16:
            raise Bad("CBOR_LIMIT", "too deep")
        if arg * (1 if major == 4 else 2) > self.left():
            raise Bad("CBOR_MALFORMED", "cut short")
        if major == 4:
            return [self.item(depth + 1) for _ in range(arg)]
        out, last = {}, None
        for _ in range(arg):
            start = self.i
            if self.left() and self.d[start] >> 5 != 3:
                h = self.d[start]
                if h & 31 in (28, 29, 30) or h & 31 == 31 and h >> 5 in (0, 1, 6, 7):
                    raise Bad("CBOR_MALFORMED", "reserved info")
                raise Bad("CBOR_NOT_CANONICAL", "a key that is not text")
            key = self.item(depth + 1)
            enc = self.d[start:self.i]
            if last is not None and enc <= last:
                raise Bad("CBOR_NOT_CANONICAL", "keys not ascending")
            if key == "__proto__":
                raise Bad("CBOR_NOT_CANONICAL", "the key __proto__")
            last = enc
            out[key] = self.item(depth + 1)
        return out


def cbor_decode(data):
    c = _Cbor(data)
    v = c.item(0)
    if c.left():
        raise Bad("CBOR_MALFORMED", "more after the item")
    return v


# ---------------------------------------------------------------- ed25519.md

P = 2 ** 255 - 19
ORDER = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

def _small():
    text = """
    01000000000000000000000000000000000000000000000000000000000000 00
    01000000000000000000000000000000000000000000000000000000000000 80
    eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff 7f
    eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff ff
    ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff 7f
    ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff ff
    00000000000000000000000000000000000000000000000000000000000000 00
    00000000000000000000000000000000000000000000000000000000000000 80
    edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff 7f
    edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff ff
    26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc 05
    26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc 85
    c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03 7a
    c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03 fa
    """
    out = {bytes.fromhex(line.replace(" ", "")) for line in text.split("\n") if line.strip()}
    assert len(out) == 14 and all(len(x) == 32 for x in out)
    return out


SMALL = _small()


def ed_decode(enc):
    if len(enc) != 32:
        return None
    n = int.from_bytes(enc, "little")
    y, sign = n % 2 ** 255, n >> 255
    if y >= P:
        return None
    xx = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if x * x % P != xx:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != xx or (x == 0 and sign == 1):
        return None
    return (x if x % 2 == sign else P - x), y


def _is_identity_times_order(pt):
    """L * pt == identity, in projective coordinates (X:Y:Z), the complete addition law"""
    def add(a, b):
        (x1, y1, z1), (x2, y2, z2) = a, b
        A = z1 * z2 % P
        B = A * A % P
        C = x1 * x2 % P
        E = y1 * y2 % P
        t = D * C * E % P
        F, G = B - t, B + t
        return (A * F * ((x1 + y1) * (x2 + y2) - C - E) % P, A * G * (E + C) % P, F * G % P)
    q, r = (pt[0], pt[1], 1), (0, 1, 1)
    for bit in bin(ORDER)[2:]:
        r = add(r, r)
        if bit == "1":
            r = add(r, q)
    return r[0] % P == 0 and (r[1] - r[2]) % P == 0


@functools.lru_cache(maxsize=8192)
def key_admitted(pub):
    pt = ed_decode(pub)
    return pt is not None and pt != (0, 1) and _is_identity_times_order(pt)


def ed_valid(pub, message, sig):
    """rule P"""
    if len(sig) != 64 or not key_admitted(pub):
        return False
    r, s = sig[:32], sig[32:]
    if int.from_bytes(s, "little") >= ORDER or int.from_bytes(r, "little") % 2 ** 255 >= P or r in SMALL:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(pub).verify(sig, message)
        return True
    except (InvalidSignature, ValueError):
        return False


# ---------------------------------------------------------------- note.md

def key_name_ok(name):
    return name != "" and not any(ord(c) in WHITE or ord(c) < 0x20 or c == "+" for c in name)


def key_id(name, typ, pub):
    return sha256(name.encode() + b"\n" + bytes([typ]) + pub)[:4]


class VKey:
    def __init__(self, name, kid, typ, pub, text):
        self.name, self.id, self.type, self.pub, self.text = name, kid, typ, pub, text


def parse_vkey(text):
    code = "VKEY_MALFORMED"
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise Bad(code, "vkey has not three fields")
    name, hexid, rest = parts
    if not key_name_ok(name) or not re.fullmatch(r"[0-9a-f]{8}", hexid):
        raise Bad(code, "vkey name or key id")
    data = b64(rest, code)
    if len(data) < 2:
        raise Bad(code, "vkey without a key")
    typ, pub, kid = data[0], data[1:], bytes.fromhex(hexid)
    if typ in (1, 4) and (len(pub) != 32 or key_id(name, typ, pub) != kid):
        raise Bad(code, "vkey of known type: length or key id")
    return VKey(name, kid, typ, pub, text)


class Note:
    def __init__(self, text, lines):
        self.text, self.lines = text, lines  # lines: [(name, key id, signature)]


def parse_signature_line(line, code="NOTE_MALFORMED"):
    words = line.split(" ")
    if len(words) != 3 or words[0] != "\u2014" or not key_name_ok(words[1]):
        raise Bad(code, "signature line")
    data = b64(words[2], code)
    if len(data) < 5:
        raise Bad(code, "signature too short")
    return words[1], data[:4], data[4:]


def parse_note(note, max_lines=16):
    code = "NOTE_MALFORMED"
    if isinstance(note, bytes):
        note = utf8(note, code)
    if any(c < " " and c != "\n" for c in note):
        raise Bad(code, "control character")
    cut = note.rfind("\n\n")
    if cut < 0:
        raise Bad(code, "no empty line")
    text, rest = note[:cut + 1], note[cut + 2:]
    if not rest.endswith("\n"):
        raise Bad(code, "no signature lines, or no newline at the end")
    lines = rest[:-1].split("\n")
    if len(lines) > max_lines:
        raise Bad(code, "too many signature lines")
    return Note(text, [parse_signature_line(x) for x in lines])


def cosignature_message(text, time):
    return ("cosignature/v1\ntime %d\n" % time + text).encode()


def check_cosignature(vkey, text, sig):
    if len(sig) != 72:
        raise Bad("COSIGNATURE_MALFORMED", "not 72 bytes")
    time = int.from_bytes(sig[:8], "big")
    if time > MAX:
        raise Bad("COSIGNATURE_MALFORMED", "time out of range")
    if not ed_valid(vkey.pub, cosignature_message(text, time), sig[8:]):
        raise Bad("NOTE_SIGNATURE_INVALID", "cosignature by %s does not verify" % vkey.name)
    return time


def open_note(note, vkeys):
    """-> [(vkey, time or None)] of the keys that signed, in the order of lines, each once"""
    out, have = [], set()
    for name, kid, sig in note.lines:
        found = {(v.type, v.pub): v for v in vkeys if v.type in (1, 4) and v.name == name and v.id == kid}
        if not found:
            continue
        if len(found) > 1:
            raise Bad("NOTE_KEY_AMBIGUOUS", "two keys %s with one key id" % name)
        (v,) = found.values()
        time = None
        if v.type == 1:
            if len(sig) != 64 or not ed_valid(v.pub, note.text.encode(), sig):
                raise Bad("NOTE_SIGNATURE_INVALID", "signature by %s does not verify" % name)
        else:
            try:
                time = check_cosignature(v, note.text, sig)
            except Bad as e:
                raise Bad("NOTE_SIGNATURE_INVALID", str(e))
        if (v.type, v.pub, v.name) not in have:
            have.add((v.type, v.pub, v.name))
            out.append((v, time))
    if not out:
        raise Bad("NOTE_UNTRUSTED", "no line verified")
    return out


# ---------------------------------------------------------------- checkpoint.md

class Checkpoint:
    def __init__(self, origin, size, root, text):
        self.origin, self.size, self.root, self.text = origin, size, root, text


def parse_checkpoint(text):
    code = "CHECKPOINT_MALFORMED"
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] != "":
        raise Bad(code, "not three lines")
    if lines[0] == "" or any(c < " " for c in lines[0]):
        raise Bad(code, "origin")
    size = number(lines[1], code)
    root = b64(lines[2], code)
    if len(root) != 32:
        raise Bad(code, "root")
    return Checkpoint(lines[0], size, root, text)


# ---------------------------------------------------------------- merkle-tree.md

def leaf_hash(data):
    return sha256(b"\0", data)


def node_hash(a, b):
    return sha256(b"\1", a, b)


def root_of_hashes(hashes):
    """compact range, appended to"""
    stack = []
    for i, h in enumerate(hashes):
        while i & 1:
            h, i = node_hash(stack.pop(), h), i >> 1
        stack.append(h)
    if not stack:
        return sha256()
    h = stack.pop()
    while stack:
        h = node_hash(stack.pop(), h)
    return h


def check_inclusion(index, size, leaf, proof, root):
    code = "PROOF_INVALID"
    if not (0 <= index < size <= MAX) or len(proof) > 63 or any(len(h) != 32 for h in [leaf, root] + list(proof)):
        raise Bad(code, "range or length")
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            raise Bad(code, "a hash too many")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while fn & 1 == 0 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0 or r != root:
        raise Bad(code, "another root")


# ---------------------------------------------------------------- tlog-proof.md

class TlogProof:
    pass


def parse_tlog_proof(data):
    code = "PROOF_MALFORMED"
    text = utf8(data, code) if isinstance(data, bytes) else data
    cut = text.find("\n\n")
    if cut < 0:
        raise Bad(code, "no empty line")
    lines, rest = text[:cut].split("\n"), text[cut + 2:]
    p = TlogProof()
    if lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Bad(code, "first line")
    p.extra = None
    if lines and lines[0].startswith("extra "):
        p.extra = b64(lines.pop(0)[6:], code)
    if not lines or not lines[0].startswith("index "):
        raise Bad(code, "no index")
    p.index = number(lines.pop(0)[6:], code)
    if len(lines) > 63:
        raise Bad(code, "too many hashes")
    p.hashes = [b64(x, code) for x in lines]
    if any(len(h) != 32 for h in p.hashes):
        raise Bad(code, "a hash that has not 32 bytes")
    if rest == "":
        raise Bad(code, "no checkpoint")
    p.note_text, p.note = rest, parse_note(rest)
    p.checkpoint = parse_checkpoint(p.note.text)
    return p


# ---------------------------------------------------------------- tlog-tiles.md

def tile_index_path(n):
    s = str(n)
    s = s.zfill((len(s) + 2) // 3 * 3)
    groups = [s[i:i + 3] for i in range(0, len(s), 3)]
    return "/".join(["x" + g for g in groups[:-1]] + groups[-1:])


def tile_path(level, index, width):
    if not (level is None or is_int(level, 0, 63)) or not is_int(index) or not is_int(width, 1, 256):
        raise Bad("TILE_MALFORMED", "path")
    return "tile/%s/%s%s" % ("entries" if level is None else level, tile_index_path(index), "" if width == 256 else ".p/%d" % width)


def tile_levels(size):
    """[(level, full tiles, width of the partial one or 0)] for all levels that have any"""
    out, level = [], 0
    while size >> (8 * level):
        n = size >> (8 * level)
        out.append((level, n >> 8, n & 255))
        level += 1
    return out


def parse_bundle(data):
    code, out, i = "TILE_MALFORMED", [], 0
    while i < len(data):
        if i + 2 > len(data):
            raise Bad(code, "half a length")
        n = data[i] << 8 | data[i + 1]
        if i + 2 + n > len(data):
            raise Bad(code, "entry cut short")
        out.append(data[i + 2:i + 2 + n])
        i += 2 + n
    if not 1 <= len(out) <= 256:
        raise Bad(code, "%d entries" % len(out))
    return out


# ---------------------------------------------------------------- charter.md

KNOWN = ["authority", "title", "country", "serial", "previous", "epoch", "continues", "root-threshold", "root",
         "next-threshold", "next", "log", "witness", "node", "member", "role"]
ONCE = {"authority", "title", "country", "serial", "previous", "epoch", "continues", "root-threshold", "next-threshold", "member"}
SIGNING = ("root", "log", "witness", "node", "role")
CONTROL = re.compile("[\u0000-\u001f\u007f-\u009f]")


class Charter:
    def counted(self, keyword):
        want = 4 if keyword == "witness" else 1
        return [k for k in self.keys[keyword] if k.type == want]

    def signing(self):
        """[(keyword, vkey)] counted"""
        return [(w, k) for w in SIGNING for k in self.counted(w)]


def parse_charter_text(text):
    code = "CHARTER_MALFORMED"
    if not text.endswith("\n"):
        raise Bad(code, "no newline at the end")
    lines = text[:-1].split("\n")
    if lines[0] != "entente charter v1":
        raise Bad(code, "first line")
    c = Charter()
    c.text, c.digest = text, sha256(text.encode())
    values = {k: [] for k in KNOWN}
    c.unknown, at = [], 0
    for line in lines[1:]:
        keyword, space, value = line.partition(" ")
        if not space or not re.fullmatch(r"[a-z][a-z0-9-]*!?", keyword):
            raise Bad(code, "line %r" % line[:60])
        if value == "" or value[0] == " " or value[-1] == " " or CONTROL.search(value):
            raise Bad(code, "value of %s" % keyword)
        if keyword not in values:
            c.unknown.append(line)
            continue
        if KNOWN.index(keyword) < at:
            raise Bad(code, "%s out of order" % keyword)
        at = KNOWN.index(keyword)
        values[keyword].append(value)
    if len(c.unknown) > 64:
        raise Bad(code, "too many unknown lines")
    for k in KNOWN:
        n = len(values[k])
        lo, hi = (1, 1) if k in ONCE else (1, 16) if k in ("root", "next", "log", "witness", "node") else (0, 32)
        if not lo <= n <= hi:
            raise Bad(code, "%d lines %s" % (n, k))
    if sum(len(values[k]) for k in ("log", "witness", "node")) > 16:
        raise Bad(code, "too many log, witness and node lines")
    one = {k: values[k][0] for k in ONCE}
    c.critical = [x for x in c.unknown if x.partition(" ")[0].endswith("!")]
    c.authority = one["authority"]
    if not is_name(c.authority):
        raise Bad(code, "authority")
    c.title, c.country = one["title"], one["country"]
    if len(c.title) > 128 or not re.fullmatch("[A-Z]{2}", c.country):
        raise Bad(code, "title or country")
    c.serial, c.epoch = number(one["serial"], code), number(one["epoch"], code)
    if (c.serial == 0) != (one["previous"] == "none"):
        raise Bad(code, "previous")
    c.previous = None if c.serial == 0 else hex64(one["previous"], code)
    if (c.epoch == 0) != (one["continues"] == "none"):
        raise Bad(code, "continues")
    c.continues, c.continues_line = None, one["continues"]
    if c.epoch:
        w = one["continues"].split(" ")
        if len(w) != 3:
            raise Bad(code, "continues")
        e, s, r = number(w[0], code), number(w[1], code), b64(w[2], code)
        if s < 1 or len(r) != 32:
            raise Bad(code, "continues")
        c.continues = (e, s, r)
    c.keys = {k: [parse_vkey(v) for v in values[k]] for k in SIGNING}
    c.next = [hex64(v, code) for v in values["next"]]
    c.member = hex64(one["member"], code)
    c.root_threshold, c.next_threshold = number(one["root-threshold"], code), number(one["next-threshold"], code)
    roots = c.counted("root")
    if not 1 <= c.root_threshold <= len(roots) or not 1 <= c.next_threshold <= len(c.next):
        raise Bad(code, "threshold")
    if len(set(c.next)) != len(c.next):
        raise Bad(code, "a next line twice")
    for k in ("root", "role"):
        names = [v.name for v in c.counted(k)]
        if len(set(names)) != len(names):
            raise Bad(code, "a name twice among %s" % k)
    if any(key_name_kind(c.authority, v.name) != "root" for v in roots):
        raise Bad(code, "name of a root key")
    if any(key_name_kind(c.authority, v.name) not in ("role", "approver") for v in c.counted("role")):
        raise Bad(code, "name of a role key")
    for k, name in (("log", origin_of(c.authority, c.epoch)), ("witness", c.authority + "/witness"), ("node", c.authority + "/node")):
        if [v.name for v in c.counted(k)] != [name]:
            raise Bad(code, "%s: not exactly one counted key %s" % (k, name))
    for k, v in c.signing():
        if not key_admitted(v.pub):
            raise Bad(code, "public key of %s is not admitted" % v.name)
    c.root_lines = ["root-threshold " + one["root-threshold"]] + ["root " + v for v in values["root"]]
    c.next_lines = ["next-threshold " + one["next-threshold"]] + ["next " + v for v in values["next"]]
    return c


def parse_charter_note(note):
    data = note if isinstance(note, bytes) else note.encode()
    if len(data) > 60000:
        raise Bad("CHARTER_MALFORMED", "more than 60 000 bytes")
    n = parse_note(data, 64)
    c = parse_charter_text(n.text)
    c.note = n
    return c


def charter_signers(L, C):
    """rule 4; -> set of (name, public key) that validly signed"""
    keys = {}
    for c in (L, C):
        if c is not None:
            for w, v in c.signing():
                keys.setdefault((v.name, key_id(v.name, 1, v.pub)), set()).add(v.pub)
    signed = set()
    for name, kid, sig in C.note.lines:
        pubs = keys.get((name, kid))
        if not pubs:
            continue
        if len(pubs) > 1:
            raise Bad("CHARTER_INVALID", "a line that fits two keys", rule=4)
        (pub,) = pubs
        if not ed_valid(pub, C.text.encode(), sig):
            raise Bad("CHARTER_INVALID", "the signature by %s does not verify" % name, rule=4)
        signed.add((name, pub))
    return signed


class Chain:
    def __init__(self):
        self.charters = []   # with .place
        self.names = {}      # raw public key -> key name
        self.line = {}       # epochs in line: epoch -> (continued epoch, size) or None
        self.disavowals = []  # (E, e, s)
        self.continuations = []  # (e, s, root), in the order of the charters

    @property
    def last(self):
        return self.charters[-1] if self.charters else None

    @property
    def id(self):
        return self.charters[0].digest

    @property
    def authority(self):
        return self.charters[0].authority

    def judge(self, C, place):
        """raises Bad with the rule that is broken first; C is a parsed charter"""
        code, L = "CHARTER_INVALID", self.last

        def refuse(rule, why):
            raise Bad(code, why, rule=rule)
        if len(self.charters) >= 512 or len(self.names) >= 1024:
            refuse("limit", "the chain is too long")
        if L is None:
            if C.serial != 0 or C.epoch != 0:
                refuse(1 if C.serial != 0 else 2, "not a first charter")
        else:
            if C.authority != L.authority or C.serial != L.serial + 1 or C.previous != L.digest:
                refuse(1, "authority, serial or previous")
            if C.epoch == L.epoch:
                if C.continues_line != L.continues_line:
                    refuse(2, "another continuation in the same epoch")
            else:
                if C.epoch < L.epoch:
                    refuse(2, "an earlier epoch")
                e, s, r = C.continues
                at, ok, limit = L.epoch, False, None
                while True:
                    if e == at:
                        ok = limit is None or s <= limit
                        break
                    nxt = self.line.get(at)
                    if nxt is None:
                        break
                    at, limit = nxt
                if not ok:
                    refuse(2, "continues what is not in line, or above the size")
        names = dict(self.names)
        for w, v in C.signing():
            if names.setdefault(v.pub, v.name) != v.name:
                refuse(3, "the key of %s had the name %s" % (v.name, names[v.pub]))
        signed = charter_signers(L, C)
        old = {(w, v.text) for w, v in L.signing()} if L else set()
        for w, v in C.signing():
            if (w, v.text) not in old and (v.name, v.pub) not in signed:
                refuse(5, "the new key %s does not sign" % v.name)
        if L is not None:
            a, b = C.root_lines == L.root_lines, C.next_lines == L.next_lines
            if a and b:
                if sum((v.name, v.pub) in signed for v in L.counted("root")) < L.root_threshold:
                    refuse(6, "not enough root keys sign")
            elif a or b:
                refuse(6, "only one of root and next lines differs")
            else:
                if any(sha256(v.text.encode()) not in L.next for v in C.keys["root"]):
                    refuse(6, "a root key was not announced")
                roots = C.counted("root")
                if len(roots) < L.next_threshold or any((v.name, v.pub) not in signed for v in roots):
                    refuse(6, "not enough announced root keys, or one does not sign")
        if place is not None:
            epoch, index = place
            if epoch != C.epoch:
                refuse("place", "placed in another epoch than it names")
            if L is None or C.epoch != L.epoch:
                if index != 0:
                    refuse("place", "the first charter of an epoch has index 0")
            elif index <= L.place[1]:
                refuse("place", "indexes do not ascend")

    def append(self, C, place):
        try:
            self.judge(C, place)
        except Bad as e:
            e.serial = len(self.charters)
            raise
        L = self.last
        if L is None or C.epoch != L.epoch:
            self.line[C.epoch] = C.continues[:2] if C.continues else None
            if C.continues:
                self.disavowals.append((C.epoch, C.continues[0], C.continues[1]))
                self.continuations.append(C.continues)
        C.place = place
        for w, v in C.signing():
            self.names[v.pub] = v.name
        self.charters.append(C)

    def in_force(self, epoch, size):
        """the charter whose log key signs a checkpoint of this size"""
        best = None
        for c in self.charters:
            if c.place[0] == epoch and c.place[1] < size:
                best = c
        return best

    def continued(self, epoch):
        """(size, root) at which a later epoch continues this one, the last that does so, or None"""
        found = [(s, r) for e, s, r in self.continuations if e == epoch]
        return found[-1] if found else None

    def critical(self):
        """lines that must be known, and are not"""
        return [line for c in self.charters for line in c.critical]

    def disavowed(self, epoch, index):
        return any(epoch == e and index >= s or e < epoch < E for E, e, s in self.disavowals)


def build_chain(items):
    """items: [(epoch, index, note)]"""
    chain = Chain()
    for epoch, index, note in items:
        try:
            c = parse_charter_note(note)
        except Bad as e:
            raise Bad(e.code, str(e), rule=1, serial=len(chain.charters))
        chain.append(c, (epoch, index))
    if not chain.charters:
        raise Bad("CHARTER_INVALID", "no charter")
    return chain


def parse_chain_file(data):
    """-> (name, id, [(epoch, index, note text)], checkpoint note or None, [address])"""
    code = "CHAIN_MALFORMED"
    text = utf8(data, code) if isinstance(data, bytes) else data
    if not text.endswith("\n"):
        raise Bad(code, "no newline at the end")
    lines = text[:-1].split("\n")
    if lines[0] != "entente chain v1" or len(lines) < 3:
        raise Bad(code, "first lines")
    w = lines[1].split(" ")
    if len(w) != 3 or w[0] != "authority" or not is_name(w[1]):
        raise Bad(code, "authority line")
    name, ident = w[1], hex64(w[2], code)
    i, charters, checkpoint, addresses = 2, [], None, []

    def block(n):
        nonlocal i
        if n < 1 or i + n > len(lines):
            raise Bad(code, "number of lines")
        i += n
        return "\n".join(lines[i - n:i]) + "\n"
    while i < len(lines):
        w = lines[i].split(" ")
        i += 1
        if w[0] == "charter" and len(w) == 4 and checkpoint is None and not addresses:
            e, x, n = (number(v, code) for v in w[1:])
            note = block(n)
            try:
                parse_note(note, 64)
            except Bad as err:
                raise Bad(code, "charter: " + str(err))
            charters.append((e, x, note))
        elif w[0] == "checkpoint" and len(w) == 2 and checkpoint is None and not addresses and charters:
            checkpoint = block(number(w[1], code))
            parse_note(checkpoint)
        elif w[0] == "address" and len(w) == 2 and re.fullmatch(r"/[\x21-\x7e]+", w[1]) and len(addresses) < 8 and charters:
            addresses.append(w[1])
        else:
            raise Bad(code, "line %d" % i)
    if not charters:
        raise Bad(code, "no charter")
    if sha256(parse_note(charters[0][2], 64).text.encode()) != ident:
        raise Bad(code, "the id is not that of the first charter")
    return name, ident, charters, checkpoint, addresses


def verify_chain_file(data):
    """-> (Chain, checkpoint note or None, addresses)"""
    code = "CHAIN_MALFORMED"
    name, ident, items, checkpoint, addresses = parse_chain_file(data)
    chain = build_chain(items)
    if chain.authority != name:
        raise Bad(code, "another name than the charters'")
    if checkpoint is not None:
        n = parse_note(checkpoint)
        verify_log_checkpoint(chain, n, parse_checkpoint(n.text), epoch=chain.last.epoch)
    return chain, checkpoint, addresses


def verify_log_checkpoint(chain, note, cp, epoch=None):
    """the log's signature on a checkpoint; -> (epoch, log vkey)"""
    epochs = {origin_of(chain.authority, c.epoch): c.epoch for c in chain.charters}
    if cp.origin not in epochs or epoch is not None and epochs[cp.origin] != epoch:
        raise Bad("CHECKPOINT_INVALID", "the origin %s is not that of an epoch of the chain" % cp.origin)
    e = epochs[cp.origin]
    c = chain.in_force(e, cp.size)
    if c is None:
        raise Bad("CHECKPOINT_INVALID", "no log key is in force at size %d" % cp.size)
    v = c.counted("log")[0]
    open_note(note, [v])
    return e, v


# ---------------------------------------------------------------- part.md

PART_MAX = 1 << 30
CHUNK = 65536
TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")


def padme(n):
    e = n.bit_length() - 1
    s = e.bit_length()
    b = e - s
    if b <= 0:
        return n
    return (n + (1 << b) - 1) >> b << b


def is_part_size(n):
    return is_int(n, 96, PART_MAX) and padme(n) == n


def part_digest(data):
    return root_of_hashes(leaf_hash(data[i:i + CHUNK]) for i in range(0, max(len(data), 1), CHUNK))


def parse_part(data, owner=None):
    code = "PART_MALFORMED"
    if len(data) < 96 or len(data) > PART_MAX:
        raise Bad(code, "size")
    if owner is not None and data[:32] != owner:
        raise Bad(code, "another owner")
    n = data[64] << 8 | data[65]
    if not 1 <= n <= 1024 or 66 + n > len(data):
        raise Bad(code, "header length")
    try:
        h = cbor_decode(data[66:66 + n])
    except Bad as e:
        raise Bad(code, "header: " + str(e))
    if not isinstance(h, dict):
        raise Bad(code, "header is no map")
    name, typ, length = h.get("name"), h.get("type"), h.get("length")
    if type(name) is not str or len(name.encode()) > 255 or CONTROL.search(name) or "/" in name or "\\" in name:
        raise Bad(code, "name")
    if type(typ) is not str or not 3 <= len(typ) <= 127 or not TYPE.fullmatch(typ):
        raise Bad(code, "type")
    if not is_int(length):
        raise Bad(code, "length")
    end = 66 + n + length
    if end > len(data) or padme(end) != len(data) or data[end:].strip(b"\0"):
        raise Bad(code, "content length or padding")
    return {"owner": data[:32], "salt": data[32:64], "header": h, "name": name, "type": typ, "content": data[66 + n:end]}


# ---------------------------------------------------------------- leaf.md

KIND = re.compile(r"[a-z][a-z0-9-]{0,31}!?")
KNOWN_KINDS = ("charter", "followers", "audience", "record", "grant", "erase")


def _ascending(items):
    return all(a < b for a, b in zip(items, items[1:]))


def _part_ref(digest, size):
    return is_bytes(digest, 32) and is_part_size(size)


def _known_shape(kind, f):
    """f: the fields after kind and time"""
    if kind == "charter":
        return len(f) == 1 and type(f[0]) is str
    if kind == "followers":
        return (len(f) == 1 and type(f[0]) is list and len(f[0]) <= 512
                and all(is_bytes(x, 32) for x in f[0]) and _ascending(f[0]))
    if kind == "audience":
        return (len(f) == 3 and is_bytes(f[0], 16) and type(f[1]) is list and len(f[1]) in (4, 8, 16, 32, 64, 128, 256, 512)
                and all(is_bytes(x, 16) for x in f[1]) and _ascending(f[1])
                and type(f[2]) is list and len(f[2]) == 2 and _part_ref(*f[2]))
    if kind == "record":
        return (len(f) == 1 and type(f[0]) is list and 1 <= len(f[0]) <= 64
                and all(type(p) is list and len(p) == 3 and is_int(p[0]) and _part_ref(p[1], p[2]) for p in f[0]))
    if kind == "grant":
        return (len(f) == 3 and is_int(f[0]) and type(f[1]) is list and 1 <= len(f[1]) <= 256
                and all(type(p) is list and len(p) == 4 and all(is_int(x) for x in p) and p[2] < p[3] for p in f[1])
                and _ascending(f[1]) and type(f[2]) is str)
    if kind == "erase":
        return (len(f) == 3 and type(f[0]) is list and 1 <= len(f[0]) <= 1024
                and all(type(p) is list and len(p) == 3 and is_int(p[0]) and is_int(p[1]) and is_int(p[2], 0, 63) for p in f[0])
                and _ascending(f[0]) and type(f[1]) is str and re.fullmatch(r"[a-z0-9-]{1,64}", f[1]) is not None
                and type(f[2]) is str)


def parse_leaf(data):
    """-> (status known|unknown, kind, time, fields); Bad LEAF_MALFORMED if malformed"""
    code = "LEAF_MALFORMED"
    if len(data) > 65535:
        raise Bad(code, "too long")
    try:
        v = cbor_decode(data)
    except Bad as e:
        raise Bad(code, str(e))
    if type(v) is not list or len(v) < 2 or type(v[0]) is not str or not KIND.fullmatch(v[0]) or not is_int(v[1], 1577836800, 4102444799):
        raise Bad(code, "kind or time")
    if v[0] not in KNOWN_KINDS:
        return "unknown", v[0], v[1], None
    if not _known_shape(v[0], v[2:]):
        raise Bad(code, "shape of " + v[0])
    return "known", v[0], v[1], v[2:]


def leaf_parts(data):
    """[(digest, size)] that a leaf commits to"""
    try:
        status, kind, time, f = parse_leaf(data)
    except Bad:
        return []
    if kind == "audience" and f is not None:
        return [tuple(f[2])]
    if kind == "record" and f is not None:
        return [(p[1], p[2]) for p in f[0]]
    return []


def verify_part(data, owner, leaf, n):
    parts = leaf_parts(leaf)
    if n >= len(parts):
        raise Bad("PART_INVALID", "the leaf has no part %d" % n)
    digest, size = parts[n]
    if len(data) != size:
        raise Bad("PART_INVALID", "%d bytes instead of %d" % (len(data), size))
    if part_digest(data) != digest:
        raise Bad("PART_INVALID", "another digest")
    return parse_part(data, owner)


# ---------------------------------------------------------------- proof-directory.md

MAX_CHECKPOINT = 65536
MAX_TLOG_PROOF = MAX_CHECKPOINT + 4096
MAX_CHAIN_FILE = 33554432
MAX_LEAF = 65535
MAX_BUNDLE = 256 * (2 + MAX_LEAF)
MAX_TILE = 256 * 32
MAX_TRUST_FILE = 1048576

NUMBERED_PART = re.compile(r"parts/(0|[1-9][0-9]?)\.part")
INDEXED_PART = re.compile(r"parts/(0|[1-9][0-9]{0,15})/(0|[1-9][0-9]?)\.part")
WITNESS_FILE = re.compile(r"witnesses/(.*)\.txt")
RECORD_TYPE = "application/vnd.entente.record+cbor"


def printable(text):
    """A stranger's words must not write over a terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)


def list_directory(directory):
    """-> ({relative path: size}, {relative path of an empty directory}); a link, or whatever else, is refused"""
    files, empty = {}, set()

    def go(path, prefix):
        entries = list(os.scandir(path))
        if not entries and prefix:
            empty.add(prefix[:-1])
        for entry in entries:
            name = prefix + entry.name
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                go(entry.path, name + "/")
            elif stat.S_ISREG(status.st_mode):
                files[name] = status.st_size
            else:
                raise Bad("FILES", "%s is neither file nor directory" % name)
    go(directory, "")
    return files, empty


def read_file(path, limit):
    with open(path, "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise Bad("FILES", "%s has more than %d bytes" % (path, limit))
    return data


def charter_note_in(leaf):
    """the note of a charter leaf, None for any other leaf"""
    try:
        status, kind, time, fields = parse_leaf(leaf)
    except Bad:
        return None
    return fields[0] if status == "known" and kind == "charter" else None


def describe_leaf(leaf):
    try:
        status, kind, time, fields = parse_leaf(leaf)
    except Bad:
        return "malformed"
    return "%s%s%s" % (kind, ", unknown" if status == "unknown" else "", ", critical" if kind.endswith("!") else "")


class Audit:
    """One directory and a trust file. `steps` are the names of proof-directory.md, each with True or False."""

    def __init__(self, directory, trust_path, out=None):
        self.directory, self.trust_path, self.out = directory, trust_path, out or sys.stdout
        self.files = {}
        self.steps = {}
        self.leaves = {}        # of the entry, or of all entries, by index
        self.disputed = 0       # entries
        self.good = []          # (name, time) of cosignatures that verified
        self.not_judged = 0     # other lines on the checkpoint, but for the log's own

    # -- running

    def say(self, text):
        print(printable(text), file=self.out)

    def step(self, name, run):
        """run() -> what to say, or raises"""
        try:
            detail, ok = run(), True
        except Bad as error:
            detail, ok = str(error), False
        except Exception as error:  # whatever it is, it is not success
            detail, ok = "%s: %s" % (type(error).__name__, error), False
        self.steps[name] = ok and self.steps.get(name, True)
        self.say("%-7s %s%s" % ("ok" if ok else "FAILED", name, ": " + detail if detail else ""))
        return ok

    def run(self):
        """-> whether all that the directory says is proved"""
        if all(self.step(name, run) for name, run in (
                ("trust file", self.read_trust), ("files", self.check_files), ("charters", self.check_charters),
                ("checkpoint", self.check_checkpoint))):
            if self.is_entry:
                is_proved = self.step("inclusion", self.check_inclusion) and self.step("place", self.check_place)
            else:
                is_proved = self.step("entries", self.check_entries) and self.step("entries", self.check_places)
            if is_proved:
                for path in sorted(self.parts):
                    self.step("parts" if self.is_entry else "entries", lambda: self.check_part(path))
            self.step("witnesses", self.check_witnesses)
        if "README.txt" in self.files:
            self.say("        README.txt proves nothing: nobody signed it")
        ok = all(self.steps.values())
        self.say("verified" if ok else "NOT verified: rely on nothing in this directory")
        return ok

    def read(self, path, limit):
        return read_file(os.path.join(self.directory, *path.split("/")), limit)

    # -- what both kinds of directory have

    def read_trust(self):
        self.trust = dict(parse_trust(read_file(self.trust_path, MAX_TRUST_FILE)))
        return "%d authorities" % len(self.trust)

    def check_files(self):
        self.files, empty = list_directory(self.directory)
        self.is_entry, is_log = "entry.tlog-proof" in self.files, "checkpoint" in self.files
        if self.is_entry == is_log:
            raise Bad("FILES", "there must be either entry.tlog-proof or checkpoint")
        required = ["charters.txt", "entry.tlog-proof", "leaf.cbor"] if self.is_entry else ["charters.txt", "checkpoint"]
        self.parts, self.witnesses, self.tiles = {}, {}, set()
        for path in required:
            if path not in self.files:
                raise Bad("FILES", "%s is missing" % path)
        for path in self.files:
            if path not in required and path != "README.txt" and not self.sort_in(path):
                raise Bad("FILES", "%s does not belong here" % path)
        for path in empty - {"parts", "witnesses"}:
            raise Bad("FILES", "the empty directory %s does not belong here" % path)
        return "%s, %d files" % ("one entry" if self.is_entry else "a whole log", len(self.files))

    def sort_in(self, path):
        """an optional file; False if it is none"""
        witness = WITNESS_FILE.fullmatch(path)
        part = (NUMBERED_PART if self.is_entry else INDEXED_PART).fullmatch(path)
        if witness and is_name(witness[1]):
            self.witnesses[path] = witness[1]
        elif part and int(part[part.lastindex]) <= 63:
            self.parts[path] = (None if self.is_entry else int(part[1]), int(part[part.lastindex]))
        elif path.startswith("tile/") and not self.is_entry:
            self.tiles.add(path)
        else:
            return False
        return True

    def read_chain(self, path):
        chain, checkpoint, addresses = verify_chain_file(self.read(path, MAX_CHAIN_FILE))
        if checkpoint is not None or addresses:
            raise Bad("CHAIN_MALFORMED", "%s has a checkpoint or an address, which nobody verified" % path)
        return chain

    def check_charters(self):
        self.chain = chain = self.read_chain("charters.txt")
        if self.trust.get(chain.authority) != chain.id:
            raise Bad("UNTRUSTED", "%s with the id %s is not in the trust file" % (chain.authority, chain.id.hex()))
        if chain.critical():
            raise Bad("CRITICAL", "a critical line that this program does not know: %r" % chain.critical()[0])
        return "%s (%s), %d of them" % (chain.authority, chain.last.title, len(chain.charters))

    def check_checkpoint(self):
        if self.is_entry:
            self.proof = parse_tlog_proof(self.read("entry.tlog-proof", MAX_TLOG_PROOF))
            if self.proof.extra is not None:
                raise Bad("PROOF_MALFORMED", "extra data, which nobody signed")
            data = self.proof.note_text.encode()
        else:
            data = self.read("checkpoint", MAX_CHECKPOINT)
        if len(data) > MAX_CHECKPOINT:
            raise Bad("CHECKPOINT_MALFORMED", "a note of more than %d bytes" % MAX_CHECKPOINT)
        self.note = parse_note(data)
        self.checkpoint = parse_checkpoint(self.note.text)
        self.epoch, self.log_key = verify_log_checkpoint(self.chain, self.note, self.checkpoint)
        self.continued = self.chain.continued(self.epoch)
        if self.continued and self.continued[0] == self.checkpoint.size and self.continued[1] != self.checkpoint.root:
            raise Bad("CHECKPOINT_INVALID", "another tree than the one that its owner continued in a later epoch")
        return "%s at size %d, signed by the log key in force" % (self.checkpoint.origin, self.checkpoint.size)

    # -- one entry

    def check_inclusion(self):
        leaf, index = self.read("leaf.cbor", MAX_LEAF), self.proof.index
        check_inclusion(index, self.checkpoint.size, leaf_hash(leaf), self.proof.hashes, self.checkpoint.root)
        self.leaves = {index: leaf}
        disavowed = self.chain.disavowed(self.epoch, index)
        unconnected = self.continued is not None and self.continued[0] != self.checkpoint.size
        self.disputed = 1 if disavowed or unconnected else 0
        dispute = ("; DISPUTED: its owner took it back" if disavowed else
                   "; DISPUTED: it is not shown that its owner continued this tree" if unconnected else "")
        return "index %d, %s%s" % (index, describe_leaf(leaf), dispute)

    def check_place(self):
        index = self.proof.index
        if self.chain.disavowed(self.epoch, index):
            return "not compared, since its owner took this range back"
        note = charter_note_in(self.leaves[index])
        expected = [c for c in self.chain.charters if c.place == (self.epoch, index)]
        found = self.valid_charter(note, index) if note is not None else None
        if expected and (found is None or found.text != expected[0].text):
            raise Bad("CHARTER_INVALID", "the chain has another charter at this place")
        if found is not None and not expected:
            raise Bad("CHARTER_INVALID", "a valid charter that the chain does not have at this place")
        return "the charter of the chain" if expected else "no charter, and the chain has none here"

    def valid_charter(self, note, index):
        """the charter in `note` if it is valid after the chain's charters before this index, else None"""
        before = Chain()
        for c in self.chain.charters:
            if c.place < (self.epoch, index):
                before.append(c, c.place)
        try:
            charter = parse_charter_note(note)
            before.append(charter, (self.epoch, index))
            return charter
        except Bad:
            return None

    # -- a whole log

    def check_entries(self):
        size = self.checkpoint.size
        if (size + 255) // 256 > len(self.files):
            raise Bad("TILE_MALFORMED", "of the entries of %d, some are missing" % size)
        tiles = {tile_path(level, n, 256): (level, n, 256) for level, full, _ in tile_levels(size) for n in range(full)}
        tiles.update({tile_path(level, full, w): (level, full, w) for level, full, w in tile_levels(size) if w})
        bundles = {tile_path(None, n, w): (n, w) for level, n, w in tiles.values() if level == 0}
        for path in sorted(self.tiles ^ (set(tiles) | set(bundles))):
            raise Bad("TILE_MALFORMED", "%s %s" % (path, "is no tile of this size" if path in self.tiles else "is missing"))
        leaves = []
        for path, (n, width) in sorted(bundles.items(), key=lambda item: item[1]):
            entries = parse_bundle(self.read(path, MAX_BUNDLE))
            if len(entries) != width:
                raise Bad("TILE_MALFORMED", "%s has %d entries" % (path, len(entries)))
            leaves += entries
        hashes = [leaf_hash(leaf) for leaf in leaves]
        if root_of_hashes(hashes) != self.checkpoint.root:
            raise Bad("TILE_MALFORMED", "the entries do not lead to the root of the checkpoint")
        if self.continued and self.continued[0] <= size and root_of_hashes(hashes[:self.continued[0]]) != self.continued[1]:
            raise Bad("TILE_MALFORMED", "another tree than the one that its owner continued at size %d" % self.continued[0])
        self.check_tiles(tiles, hashes)
        self.leaves = dict(enumerate(leaves))
        if self.continued and size < self.continued[0]:
            self.disputed = size
        else:
            self.disputed = sum(self.chain.disavowed(self.epoch, i) for i in range(size))
        return "%d entries, %d tiles%s" % (size, len(tiles), "; %d DISPUTED by their owner" % self.disputed if self.disputed else "")

    def check_tiles(self, tiles, hashes):
        level, row = 0, hashes
        while row:
            for path, (at, n, width) in tiles.items():
                if at == level and self.read(path, MAX_TILE) != b"".join(row[256 * n:256 * n + width]):
                    raise Bad("TILE_MALFORMED", "%s is not what the entries give" % path)
            row = [root_of_hashes(row[i:i + 256]) for i in range(0, len(row) // 256 * 256, 256)]
            level += 1

    def check_places(self):
        """The chain's charters of this epoch, and no other valid ones, stand at their places."""
        size = self.checkpoint.size
        expected = {c.place[1]: c for c in self.chain.charters
                    if c.epoch == self.epoch and not self.chain.disavowed(self.epoch, c.place[1])}
        for index in expected:
            if index >= size:
                raise Bad("CHARTER_INVALID", "the chain has a charter at index %d, beyond the checkpoint" % index)
        grown, invalid = Chain(), 0
        for c in self.chain.charters:
            if c.epoch < self.epoch:
                grown.append(c, c.place)
        for index, leaf in self.leaves.items():
            if self.chain.disavowed(self.epoch, index):
                break
            note, found = charter_note_in(leaf), None
            if note is not None:
                try:
                    found = parse_charter_note(note)
                    grown.append(found, (self.epoch, index))
                except Bad:
                    found, invalid = None, invalid + 1
            wanted = expected.get(index)
            if (found is None) != (wanted is None) or found is not None and found.text != wanted.text:
                raise Bad("CHARTER_INVALID", "at index %d the chain and the log have not the same charter" % index)
        kinds = {}
        for leaf in self.leaves.values():
            kind = describe_leaf(leaf)
            kinds[kind] = kinds.get(kind, 0) + 1
        return "charters at their places%s; %s" % (
            ", %d that are not valid, without effect" % invalid if invalid else "",
            "; ".join("%d %s" % (n, kind) for kind, n in sorted(kinds.items())))

    # -- parts and witnesses

    def check_part(self, path):
        index, number = self.parts[path]
        index = self.proof.index if index is None else index
        if index not in self.leaves:
            raise Bad("PART_INVALID", "%s: there is no such entry" % path)
        part = verify_part(self.read(path, PART_MAX), self.chain.id, self.leaves[index], number)
        return "%s, %s of %d bytes%s" % (path, part["type"], len(part["content"]), self.what_it_says(part))

    def what_it_says(self, part):
        if part["type"] != RECORD_TYPE:
            return ""
        try:
            record = cbor_decode(part["content"])
            return ": %s version %d" % (record["type"], record["version"])
        except (Bad, KeyError, TypeError):
            return ": not a record that this program can read"

    def check_witnesses(self):
        chains = [self.chain]
        for path, name in sorted(self.witnesses.items()):
            if name == self.chain.authority:
                raise Bad("CHAIN_MALFORMED", "%s: the chain of the owner is charters.txt" % path)
            chain = self.read_chain(path)
            if chain.authority != name:
                raise Bad("CHAIN_MALFORMED", "%s is the chain of %s" % (path, chain.authority))
            chains.append(chain)
        keys = [key for chain in chains if self.trust.get(chain.authority) == chain.id and not chain.critical()
                for c in chain.charters for key in c.counted("witness")]
        known = {(key.name, key.id) for key in keys}
        own = (self.log_key.name, self.log_key.id)
        lines = [(name, ident) for name, ident, signature in self.note.lines if (name, ident) != own]
        if any(line in known for line in lines):
            self.good = [(key.name.rpartition("/")[0], time) for key, time in open_note(self.note, keys)]
        self.not_judged = sum(line not in known for line in lines)
        return "%s; %d lines not judged" % (
            ", ".join("%s at %d by its clock" % witness for witness in self.good) or "none verified", self.not_judged)


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory")
    parser.add_argument("--trust", required=True, metavar="FILE")
    options = parser.parse_args(argv)
    return 0 if Audit(options.directory, options.trust).run() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
