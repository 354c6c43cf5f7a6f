"""What the vectors of ../spec/vectors test beyond a proof directory; nothing of it is needed to verify one."""
import hashlib
import hmac
import re
import struct

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from entente_audit import (MAX, Bad, b64, cbor_decode, check_inclusion, hex64, is_bytes, is_int, node_hash, number,
                           open_note, parse_note, parse_origin)


# ---------------------------------------------------------------- names.md

def parse_entry(text):
    origin, colon, index = text.partition(":")
    if not colon:
        raise Bad("NAME_MALFORMED", "no colon")
    name, epoch = parse_origin(origin)
    return name, epoch, number(index, "NAME_MALFORMED")


def parse_reference(data):
    try:
        v = cbor_decode(data)
    except Bad as e:
        raise Bad("NAME_MALFORMED", str(e))
    if not (isinstance(v, list) and len(v) == 4 and is_bytes(v[0], 32) and is_int(v[1]) and is_int(v[2]) and is_bytes(v[3], 32)):
        raise Bad("NAME_MALFORMED", "not a reference")
    return v


def fingerprint(ident):
    d = "%040d" % (int.from_bytes(ident, "big") % 10 ** 40)
    return " ".join(d[i:i + 5] for i in range(0, 40, 5))


# ---------------------------------------------------------------- canonical-cbor.md, encoding

def cbor_encode(v, depth=0):
    def head(major, arg):
        if arg < 24:
            return bytes([major << 5 | arg])
        for info, n in ((24, 1), (25, 2), (26, 4), (27, 8)):
            if arg < 1 << (8 * n):
                return bytes([major << 5 | info]) + arg.to_bytes(n, "big")
    if v is False or v is True or v is None:
        return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[v]
    if type(v) is int:
        if not -MAX <= v <= MAX:
            raise Bad("CBOR_LIMIT")
        return head(0, v) if v >= 0 else head(1, -1 - v)
    if type(v) is bytes:
        return head(2, len(v)) + v
    if type(v) is str:
        e = v.encode("utf-8")
        if v.startswith("\ufeff"):
            raise Bad("CBOR_NOT_CANONICAL")
        return head(3, len(e)) + e
    if depth >= 16:
        raise Bad("CBOR_LIMIT")
    if type(v) is list:
        return head(4, len(v)) + b"".join(cbor_encode(x, depth + 1) for x in v)
    if type(v) is dict:
        if "__proto__" in v:
            raise Bad("CBOR_NOT_CANONICAL")
        pairs = sorted((cbor_encode(k, depth + 1), cbor_encode(x, depth + 1)) for k, x in v.items())
        return head(5, len(pairs)) + b"".join(a + b for a, b in pairs)
    raise Bad("CBOR_NOT_CANONICAL")


# ---------------------------------------------------------------- merkle-tree.md

def cover(begin, end):
    out, p = [], begin
    while p < end:
        level = 0
        while p % (2 << level) == 0 and p + (2 << level) <= end:
            level += 1
        out.append((level, p >> level))
        p += 1 << level
    return out


def check_consistency(size1, root1, size2, root2, proof):
    code = "PROOF_INVALID"
    if not (1 <= size1 <= size2 <= MAX) or len(proof) > 63 or any(len(h) != 32 for h in [root1, root2] + list(proof)):
        raise Bad(code, "range or length")
    if size1 == size2:
        if proof or root1 != root2:
            raise Bad(code, "one size")
        return
    proof = list(proof)
    if size1 & (size1 - 1) == 0:
        proof.insert(0, root1)
    if not proof:
        raise Bad(code, "empty")
    fr = sr = proof[0]
    fn, sn = size1 - 1, size2 - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    for c in proof[1:]:
        if sn == 0:
            raise Bad(code, "a hash too many")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while fn & 1 == 0 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0 or fr != root1 or sr != root2:
        raise Bad(code, "another root")


# ---------------------------------------------------------------- tlog-proof.md

def verify_tlog_proof(p, origin, log_vkey, witness_vkeys, leaf):
    if p.checkpoint.origin != origin:
        raise Bad("PROOF_INVALID", "another origin")
    signed = open_note(p.note, [log_vkey] + list(witness_vkeys))
    if not any(v.text == log_vkey.text for v, t in signed):
        raise Bad("NOTE_UNTRUSTED", "the log did not sign")
    check_inclusion(p.index, p.checkpoint.size, leaf, p.hashes, p.checkpoint.root)
    return [(v.name, t) for v, t in signed if v.type == 4]


# ---------------------------------------------------------------- charter.md, prevailing chain

def prevailing(held, other):
    """-> (same | held | other | person, number of shared charters)"""
    a, b = held.charters, other.charters
    n = 0
    while n < len(a) and n < len(b) and a[n].text == b[n].text:
        n += 1
    if n == len(a) or n == len(b):
        return ("same" if len(a) == len(b) else "held" if len(a) > len(b) else "other"), n

    def rotates(c):
        return any(c[i].root_lines != c[i - 1].root_lines for i in range(max(n, 1), len(c)))
    x, y = rotates(a), rotates(b)
    return ("held" if x and not y else "other" if y and not x else "person"), n


# ---------------------------------------------------------------- audience-tag.md, receipt.md

def shared_secret(secret, public):
    try:
        s = X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise Bad("TAG_REFUSED", "all-zero secret")
    if s == bytes(32):
        raise Bad("TAG_REFUSED", "all-zero secret")
    return s


def audience_tag(secret, owner, member, epoch, nonce):
    return hmac.new(secret, b"entente/audience/1" + owner + member + struct.pack(">Q", epoch) + nonce, hashlib.sha256).digest()[:16]


def parse_receipt_text(text):
    code = "RECEIPT_MALFORMED"
    lines = text.split("\n")
    if len(lines) != 6 or lines[5] != "" or lines[0] != "entente receipt v1":
        raise Bad(code, "lines")
    w = [x.split(" ") for x in lines[1:5]]
    if [x[0] for x in w] != ["reader", "log", "size", "exceptions"] or [len(x) for x in w] != [2, 3, 3, 2]:
        raise Bad(code, "fields")
    r = {"reader": hex64(w[0][1], code), "log": hex64(w[1][1], code), "epoch": number(w[1][2], code),
         "size": number(w[2][1], code), "root": b64(w[2][2], code), "exceptions": number(w[3][1], code)}
    if r["size"] < 1 or len(r["root"]) != 32:
        raise Bad(code, "size or root")
    return r


def open_receipt(note, chain, stored=False):
    n = parse_note(note)
    r = parse_receipt_text(n.text)
    if r["reader"] != chain.id:
        raise Bad("NOTE_UNTRUSTED", "of another reader")
    for c in chain.charters if stored else [chain.last]:
        try:
            open_note(n, c.counted("node"))
            return r
        except Bad as e:
            if e.code != "NOTE_UNTRUSTED":
                raise
    raise Bad("NOTE_UNTRUSTED", "not signed by the node key")
