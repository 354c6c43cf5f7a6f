#!/usr/bin/env python3
"""Verifies an Entente proof directory offline, from the specification alone.

    python3 entente_audit.py DIRECTORY --trust FILE

Shares no code with Entente. Needs Python 3.9 and the package `cryptography`. One line a step; exit code 0 if every step
holds, 1 if one fails. Pages named below are those of ../spec/.
"""
import argparse, base64, hashlib, os, re, struct, sys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MAX_FILE = 1 << 30
CHUNK = 65536


class Refused(Exception):
    """What was shown does not hold; the text says what."""


def need(condition, what):
    if not condition:
        raise Refused(what)


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def b64(text):
    raw = base64.b64decode(text, validate=True)
    need(base64.b64encode(raw).decode() == text, "base64 that is not canonical")
    return raw


def decimal(text):
    need(re.fullmatch(r"0|[1-9][0-9]{0,15}", text) and int(text) < 2**53, f"not a number: {text!r}")
    return int(text)


# canonical-cbor.md ---------------------------------------------------------------------------------------------------

def cbor(data):
    value, end = _item(data, 0, 0)
    need(end == len(data), "bytes after the CBOR item")
    return value


def _item(data, at, depth):
    need(at < len(data), "CBOR cut off")
    major, info = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7:
        need(info in (20, 21, 22), "a simple value that is not allowed")
        return {20: False, 21: True, 22: None}[info], at
    need(info <= 27, "an indefinite or reserved head")
    arg = info
    if info >= 24:
        width = 1 << (info - 24)
        need(at + width <= len(data), "CBOR cut off")
        arg = int.from_bytes(data[at:at + width], "big")
        at += width
        need(arg >= {1: 24, 2: 1 << 8, 4: 1 << 16, 8: 1 << 32}[width], "a head that is not the shortest")
    if major in (0, 1):
        need(arg < 2**53 if major == 0 else arg < 2**53 - 1, "an integer out of range")
        return (arg, at) if major == 0 else (-1 - arg, at)
    need(major != 6, "a tag")
    if major in (2, 3):
        need(at + arg <= len(data), "CBOR cut off")
        raw = data[at:at + arg]
        if major == 2:
            return raw, at + arg
        text = raw.decode("utf-8")
        need(not text.startswith("\ufeff"), "text that begins with U+FEFF")
        return text, at + arg
    need(arg <= len(data) - at, "more items than bytes")
    need(depth < 16, "arrays and maps nested more than 16 deep")
    if major == 4:
        items = []
        for _ in range(arg):
            item, at = _item(data, at, depth + 1)
            items.append(item)
        return items, at
    result, last = {}, None
    for _ in range(arg):
        start = at
        key, at = _item(data, at, depth + 1)
        need(isinstance(key, str) and key != "__proto__", "a key that is not text")
        need(last is None or last < data[start:at], "keys out of order or twice")
        last = data[start:at]
        result[key], at = _item(data, at, depth + 1)
    return result, at


# ed25519.md: rule P --------------------------------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def _point(raw):
    """RFC 8032 section 5.1.3, strictly; extended coordinates, or None."""
    y, sign = int.from_bytes(raw, "little") & (2**255 - 1), raw[31] >> 7
    if y >= P:
        return None
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - xx) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(n, p):
    result = (0, 1, 1, 0)
    while n:
        if n & 1:
            result = _add(result, p)
        p, n = _add(p, p), n >> 1
    return result


def _identity(p):
    return p[0] % P == 0 and (p[1] - p[2]) % P == 0


def prime_order(raw):
    point = _point(raw) if len(raw) == 32 else None
    return point is not None and not _identity(point) and _identity(_times(L, point))


_admitted = {}


def admit(raw):
    if raw not in _admitted:
        _admitted[raw] = prime_order(raw)
    return _admitted[raw]


def valid_signature(key, message, signature):
    if len(signature) != 64 or not admit(key) or not prime_order(signature[:32]):
        return False
    if int.from_bytes(signature[32:], "little") >= L:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        return True
    except InvalidSignature:
        return False


# note.md, checkpoint.md, cosignature.md ------------------------------------------------------------------------------

class Key:
    """A vkey (note.md): name, key id, type byte, key."""

    def __init__(self, vkey):
        self.vkey = vkey
        self.name, self.id, blob = vkey.split("+", 2)
        raw = b64(blob)
        self.type, self.raw = raw[0], raw[1:]
        need(self.name and not re.search(r"[\s+]", self.name) and re.fullmatch(r"[0-9a-f]{8}", self.id), "not a vkey")
        if self.type in (1, 4):
            need(len(self.raw) == 32 and key_id(self.name, self.type, self.raw) == self.id, "a vkey with another key id")


def key_id(name, kind, raw):
    return sha(name.encode(), b"\n", bytes([kind]), raw)[:4].hex()


def parse_note(text, limit=16):
    need(not re.search(r"[\x00-\x09\x0b-\x1f]", text), "a control character in a note")
    cut = text.rfind("\n\n")
    need(cut >= 0 and text.endswith("\n"), "not a note")
    lines, signatures = text[cut + 2:-1].split("\n"), []
    need(1 <= len(lines) <= limit, "too few or too many signature lines")
    for line in lines:
        dash, name, blob = (line.split(" ") + ["", ""])[:3]
        need(dash == "\u2014" and line.count(" ") == 2, "not a signature line")
        raw = b64(blob)
        need(len(raw) > 4, "an empty signature")
        signatures.append((name, raw[:4].hex(), raw[4:]))
    return text[:cut + 1], signatures


def signed_by(text, signatures, name, ident, raw):
    """True if signed; refuses the note if a line of that key is bad."""
    found = [s for n, i, s in signatures if (n, i) == (name, ident)]
    for signature in found:
        need(valid_signature(raw, text.encode(), signature), f"the signature of {name} is not valid")
    return bool(found)


def parse_checkpoint(text):
    lines = text.split("\n")
    need(len(lines) == 4 and lines[3] == "" and lines[0], "a checkpoint has three lines")
    root = b64(lines[2])
    need(len(root) == 32, "a root has 32 bytes")
    return lines[0], decimal(lines[1]), root


# charter.md ----------------------------------------------------------------------------------------------------------

ORDER = ["authority", "title", "country", "serial", "previous", "epoch", "continues", "root-threshold", "root",
         "next-threshold", "next", "log", "witness", "node", "member", "role"]


def parse_charter(note):
    need(len(note.encode()) <= 60000, "a charter of more than 60 000 bytes")
    text, signatures = parse_note(note, 64)
    lines = text[:-1].split("\n")
    need(lines[0] == "entente charter v1", "not a charter")
    values, at, unknown = {k: [] for k in ORDER}, 0, 0
    for line in lines[1:]:
        keyword, _, value = line.partition(" ")
        need(re.fullmatch(r"[a-z][a-z0-9-]*!?", keyword) and value and value == value.strip(" "), f"not a charter line: {line!r}")
        need(not re.search(r"[\x00-\x1f\x7f-\x9f]", value), "a control character")
        if keyword not in ORDER:
            unknown += 1
            continue
        need(ORDER.index(keyword) >= at, f"{keyword} out of order")
        at = ORDER.index(keyword)
        values[keyword].append(value)
    need(unknown <= 64, "too many unknown lines")
    one = lambda k: (need(len(values[k]) == 1, f"not one line {k}"), values[k][0])[1]
    c = {"text": text, "signatures": signatures, "authority": one("authority"), "title": one("title"), "serial": decimal(one("serial")),
         "previous": one("previous"), "epoch": decimal(one("epoch")), "continues": one("continues"), "country": one("country")}
    need(name_ok(c["authority"]), "not a name")
    need(len(c["title"]) <= 128 and re.fullmatch(r"[A-Z]{2}", c["country"]), "title or country")
    need(c["previous"] == "none" if c["serial"] == 0 else re.fullmatch(r"[0-9a-f]{64}", c["previous"]), "previous")
    origin = c["authority"] if c["epoch"] == 0 else f"{c['authority']}/{c['epoch']}"
    c["origin"] = origin
    c["goes"] = None
    if c["epoch"] == 0:
        need(c["continues"] == "none", "epoch 0 continues nothing")
    else:
        e, s, r = c["continues"].split(" ")
        need(len(b64(r)) == 32 and decimal(s) >= 1, "continues")
        c["goes"] = (decimal(e), decimal(s))
    counted, label = [], re.escape(c["authority"])
    n = r"[1-9][0-9]*"
    names = {"root": rf"{label}/root/{n}", "log": re.escape(origin), "witness": rf"{label}/witness", "node": rf"{label}/node",
             "role": rf"{label}/(?!(?:root|witness|node|member)/)[a-z][a-z0-9-]{{0,30}}/{n}"}
    for keyword in ("root", "log", "witness", "node", "role"):
        keys = [Key(v) for v in values[keyword]]
        mine = [k for k in keys if k.type == (4 if keyword == "witness" else 1)]
        for key in mine:
            need(re.fullmatch(names[keyword], key.name), f"{key.name} is no name of a {keyword} key")
            need(admit(key.raw), f"the key of {key.name} is not admissible")
        need(len({k.name for k in mine}) == len(mine), f"a {keyword} name twice")
        c[keyword] = mine
        counted += [(keyword, k) for k in mine]
    need(all(len(c[k]) == 1 for k in ("log", "witness", "node")), "not exactly one log, witness and node key")
    need(1 <= len(values["root"]) <= 16 and len(values["role"]) <= 32, "number of keys")
    need(re.fullmatch(r"[0-9a-f]{64}", one("member")), "member key")
    need(1 <= len(values["next"]) <= 16 and len(set(values["next"])) == len(values["next"]), "next lines")
    need(all(re.fullmatch(r"[0-9a-f]{64}", v) for v in values["next"]), "next lines")
    c.update(counted=counted, next=values["next"], root_vkeys=values["root"], root_k=decimal(one("root-threshold")), next_k=decimal(one("next-threshold")))
    need(1 <= c["root_k"] <= len(c["root"]) and 1 <= c["next_k"] <= len(c["next"]), "thresholds")
    return c


def name_ok(name):
    label = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
    return 3 <= len(name) <= 64 and re.fullmatch(rf"{label}(?:\.{label})+", name) and re.search("[a-z]", name)


def charter_signers(c, keys):
    """Key names whose (plain, type 0x01) signature stands on the charter; a bad line of a known key refuses it (rule 4)."""
    signers = set()
    for key in keys:
        if signed_by(c["text"], c["signatures"], key.name, key_id(key.name, 1, key.raw), key.raw):
            signers.add((key.name, key.raw))
    return signers


def check_chain(entries):
    """The rules of 'Validity'; entries are (epoch, index, note). Returns the parsed charters with their places."""
    chain, names, cuts = [], {}, {}
    need(len(entries) <= 512, "a chain has at most 512 charters")
    for epoch, index, note in entries:
        c = parse_charter(note)
        c["place"] = (epoch, index)
        last = chain[-1] if chain else None
        if last is None:
            need(c["serial"] == 0 and c["epoch"] == 0, "the first charter has serial 0 and epoch 0")
        else:
            need(c["authority"] == last["authority"] and c["serial"] == last["serial"] + 1, "rule 1: authority or serial")
            need(c["previous"] == sha(last["text"].encode()).hex(), "rule 1: previous")
            if c["epoch"] != last["epoch"]:
                need(c["epoch"] > last["epoch"] and c["goes"], "rule 2: epoch")
                line, at = [], last["epoch"]
                while at is not None:
                    line.append(at)
                    at = cuts[at][0] if at in cuts else None
                e, s = c["goes"]
                need(e in line, "rule 2: continues an epoch that is not in line")
                if e != last["epoch"]:
                    bound = min(size for of, size in cuts.values() if of == e)
                    need(s <= bound, "rule 2: continues above the size at which that epoch was left")
                cuts[c["epoch"]] = c["goes"]
            else:
                need(c["continues"] == last["continues"], "rule 2: another continues line in one epoch")
        for _, key in c["counted"]:
            need(names.setdefault(key.raw, key.name) == key.name, f"rule 3: {key.name} has the key of {names[key.raw]}")
        known = [k for _, k in c["counted"]] + ([k for _, k in last["counted"]] if last else [])
        signers = charter_signers(c, known)
        before = {(kw, k.vkey) for kw, k in last["counted"]} if last else set()
        for keyword, key in c["counted"]:
            need((keyword, key.vkey) in before or (key.name, key.raw) in signers, f"rule 5: {key.name} does not sign")
        if last is not None:
            same_root = (c["root_k"], c["root_vkeys"]) == (last["root_k"], last["root_vkeys"])
            same_next = (c["next_k"], c["next"]) == (last["next_k"], last["next"])
            need(same_root == same_next, "rule 6: only one of root and next lines changed")
            if same_root:
                need(sum((k.name, k.raw) in signers for k in last["root"]) >= last["root_k"], "rule 6: root threshold")
            else:
                need(all(sha(v.encode()).hex() in last["next"] for v in c["root_vkeys"]), "rule 6: a root key that was not announced")
                need(len(c["root"]) >= last["next_k"] and all((k.name, k.raw) in signers for k in c["root"]), "rule 6: new roots do not all sign")
        need(epoch == c["epoch"], "a charter stands in another epoch than it names")
        if last is not None and last["place"][0] == epoch:
            need(index > last["place"][1], "places do not ascend")
        else:
            need(index == 0, "the first charter of an epoch stands at index 0")
        chain.append(c)
    need(chain, "an empty chain")
    return chain


def in_force(chain, epoch, size):
    found = [c for c in chain if c["place"][0] == epoch and c["place"][1] < size]
    need(found, f"no charter is in force at size {size} of epoch {epoch}")
    return found[-1]


def parse_chain_file(text):
    """names.md, 'Chain file'. Returns name, id, verified chain."""
    lines = text.split("\n")
    need(lines[0] == "entente chain v1" and lines[-1] == "", "not a chain file")
    word, name, ident = lines[1].split(" ")
    need(word == "authority" and name_ok(name) and re.fullmatch(r"[0-9a-f]{64}", ident), "not a chain file")
    at, entries, over = 2, [], False
    while at < len(lines) - 1:
        words = lines[at].split(" ")
        if words[0] == "charter" and len(words) == 4 and not over:
            count = decimal(words[3])
            entries.append((decimal(words[1]), decimal(words[2]), "\n".join(lines[at + 1:at + 1 + count]) + "\n"))
        elif words[0] == "checkpoint" and len(words) == 2 and not over:
            count, over = decimal(words[1]), True
        elif words[0] == "address" and len(words) == 2:
            count, over = 0, True
        else:
            raise Refused(f"not a line of a chain file: {lines[at]!r}")
        at += 1 + count
        need(at <= len(lines) - 1, "a chain file cut off")
    chain = check_chain(entries)
    need(chain[0]["authority"] == name and sha(chain[0]["text"].encode()).hex() == ident, "the chain is of another authority")
    return name, ident, chain


def parse_trust(text):
    trust = {}
    for line in text.split("\n"):
        if line and not line.startswith("#"):
            word, name, ident = (line.split(" ") + ["", ""])[:3]
            need(word == "authority" and line.count(" ") == 2 and name_ok(name) and re.fullmatch(r"[0-9a-f]{64}", ident), f"trust file: {line!r}")
            need(name not in trust and ident not in trust.values(), "trust file: a name or id twice")
            trust[name] = ident
    return trust


# merkle-tree.md ------------------------------------------------------------------------------------------------------

def leaf_hash(leaf):
    return sha(b"\0", leaf)


def node_hash(left, right):
    return sha(b"\1", left, right)


def tree_root(hashes):
    if not hashes:
        return sha()
    while len(hashes) > 1:
        pairs = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes) - 1, 2)]
        hashes = pairs + hashes[len(hashes) & ~1:]
    return hashes[0]


def inclusion_root(index, size, hash_, proof):
    """RFC 9162 section 2.1.3.2."""
    need(index < size and len(hash_) == 32, "an index beyond the tree, or no leaf hash")
    fn, sn = index, size - 1
    for sibling in proof:
        need(sn > 0 and len(sibling) == 32, "a proof that is too long")
        if fn & 1 or fn == sn:
            hash_ = node_hash(sibling, hash_)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            hash_ = node_hash(hash_, sibling)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0, "a proof that is too short")
    return hash_


# leaf.md, part.md ----------------------------------------------------------------------------------------------------

def parse_leaf(leaf):
    """[kind, time, …], or None for a malformed one. Only what an audit reads is taken apart."""
    try:
        value = cbor(leaf)
        need(isinstance(value, list) and len(value) >= 2 and re.fullmatch(r"[a-z][a-z0-9-]{0,31}!?", value[0]), "not a leaf")
        need(isinstance(value[1], int) and 1577836800 <= value[1] <= 4102444799, "a time out of range")
        return value
    except (Refused, TypeError, UnicodeDecodeError):
        return None


def commitments(leaf):
    if leaf and leaf[0] == "record":
        return [(digest, size) for _, digest, size in leaf[2]]
    return [tuple(leaf[4])] if leaf and leaf[0] == "audience" else []


def padme(length):
    e = length.bit_length() - 1
    bits = max(0, e - e.bit_length())
    return -(-length // (1 << bits)) * (1 << bits)


def check_part(part, digest, size, owner):
    """Returns (header, content)."""
    need(len(part) == size, "a part of another size than its leaf says")
    chunks = [part[i:i + CHUNK] for i in range(0, len(part), CHUNK)]
    need(tree_root([leaf_hash(c) for c in chunks]) == digest, "a part of another digest than its leaf says")
    need(part[:32] == owner, "a part of another owner")
    length = struct.unpack(">H", part[64:66])[0]
    need(1 <= length <= 1024, "a header of that length")
    header = cbor(part[66:66 + length])
    end = 66 + length + header["length"]
    need(end <= len(part) and padme(end) == size and not any(part[end:]), "padding")
    return header, part[66 + length:end]


# proof-directory.md --------------------------------------------------------------------------------------------------

class Audit:
    def __init__(self, directory, trust):
        self.dir, self.trust, self.failed = directory, trust, 0
        self.files = {}
        for folder, _, names in os.walk(directory):
            for name in names:
                path = os.path.join(folder, name)
                need(not os.path.islink(path) and os.path.getsize(path) <= MAX_FILE, f"{path}: a link, or too large")
                self.files[os.path.relpath(path, directory).replace(os.sep, "/")] = path

    def read(self, name):
        need(name in self.files, f"{name} is missing")
        with open(self.files.pop(name), "rb") as file:
            return file.read()

    def text(self, name):
        return self.read(name).decode("utf-8")

    def step(self, what, work):
        try:
            detail = work()
            print(f"ok      {what}{': ' + detail if detail else ''}")
        except (Refused, ValueError, KeyError, IndexError, TypeError, AttributeError, struct.error) as error:
            self.failed += 1
            print(f"FAILED  {what}: {error}")

    def run(self):
        if "README.txt" in self.files:
            self.files.pop("README.txt")
        self.step("charters", self.charters)
        if not self.failed:
            self.step("checkpoint", self.checkpoint)
        if not self.failed:
            self.step("log", self.log) if self.whole else self.step("entry", self.entry)
            self.step("parts", self.parts)
            self.step("witnesses", self.witnesses)
            self.step("nothing else", lambda: need(not self.files, f"files that nobody verified: {', '.join(sorted(self.files))}"))
        return self.failed == 0

    def charters(self):
        self.name, self.id, self.chain = parse_chain_file(self.text("charters.txt"))
        need(self.trust.get(self.name) == self.id, f"{self.name} with this id is not in the trust file")
        return f"{len(self.chain)} of {self.name}, {self.chain[-1]['title']}"

    def checkpoint(self):
        self.whole = "checkpoint" in self.files
        if self.whole:
            note = self.text("checkpoint")
        else:
            head, _, note = self.text("entry.tlog-proof").partition("\n\n")
            lines = head.split("\n")
            need(lines[0] == "c2sp.org/tlog-proof@v1", "not a tlog-proof")
            lines = lines[1:]
            if lines[0].startswith("extra "):
                b64(lines.pop(0)[6:])
            need(lines[0].startswith("index "), "no index")
            self.index, self.proof = decimal(lines[0][6:]), [b64(line) for line in lines[1:]]
        self.note, self.signatures = parse_note(note)
        origin, self.size, self.root = parse_checkpoint(self.note)
        epochs = {c["origin"]: c["place"][0] for c in self.chain}
        need(origin in epochs, "a checkpoint of another log")
        self.epoch = epochs[origin]
        key = in_force(self.chain, self.epoch, self.size)["log"][0]
        need(signed_by(self.note, self.signatures, key.name, key.id, key.raw), "not signed by the log key in force")
        return f"{origin} at size {self.size}"

    def entry(self):
        leaf = self.read("leaf.cbor")
        need(inclusion_root(self.index, self.size, leaf_hash(leaf), self.proof) == self.root, "the leaf is not under the root")
        self.leaves = {self.index: parse_leaf(leaf)}
        return f"index {self.index}, {(self.leaves[self.index] or ['malformed'])[0]}"

    def log(self):
        hashes, leaves = [], []
        for n in range(-(-self.size // 256)):
            width = min(256, self.size - 256 * n)
            data, at = self.read(f"tile/entries/{tile_index(n, width)}"), 0
            while at < len(data):
                length = struct.unpack(">H", data[at:at + 2])[0]
                need(at + 2 + length <= len(data), "an entry bundle cut off")
                leaves.append(data[at + 2:at + 2 + length])
                at += 2 + length
            need(len(leaves) == 256 * n + width, "an entry bundle of another width")
        hashes = [leaf_hash(leaf) for leaf in leaves]
        need(tree_root(hashes) == self.root, "the entries do not lead to the signed root")
        level, row = 0, hashes
        while row:
            for n in range(-(-len(row) // 256)):
                tile = row[256 * n:256 * n + 256]
                need(self.read(f"tile/{level}/{tile_index(n, len(tile))}") == b"".join(tile), f"tile {level}/{n}")
            row = [tree_root(row[i:i + 256]) for i in range(0, len(row) & ~255, 256)]
            level += 1
        self.leaves = {i: parse_leaf(leaf) for i, leaf in enumerate(leaves)}
        self.places()
        return f"{len(leaves)} entries"

    def places(self):
        """The chain's charters, and no other valid ones, stand at their places."""
        mine = {c["place"][1]: c for c in self.chain if c["place"][0] == self.epoch and c["place"][1] < self.size and not self.disavowed(c["place"][1])}
        for index, charter in mine.items():
            leaf = self.leaves[index]
            need(leaf and leaf[0] == "charter" and parse_note(leaf[2], 64)[0] == charter["text"], f"the charter at {index} is not there")
        for index, leaf in self.leaves.items():
            if leaf and leaf[0] == "charter" and index not in mine and not self.disavowed(index):
                before = [c for c in self.chain if c["place"] < (self.epoch, index)]
                try:
                    check_chain([(*c["place"], c["text"] + "\n" + signature_text(c)) for c in before] + [(self.epoch, index, leaf[2])])
                except (Refused, ValueError):
                    continue
                raise Refused(f"a valid charter at {index} that the chain does not have")

    def disavowed(self, index):
        return any(c["goes"] and ((c["goes"][0] == self.epoch and index >= c["goes"][1]) or c["goes"][0] < self.epoch < c["epoch"]) for c in self.chain)

    def parts(self):
        owner, count = bytes.fromhex(self.id), 0
        for name in sorted(n for n in self.files if n.startswith("parts/")):
            match = re.fullmatch(r"parts/([0-9]+)/([0-9]+)\.part" if self.whole else r"parts/()([0-9]+)\.part", name)
            need(match, f"{name}: not the name of a part")
            index, number = int(match[1]) if self.whole else self.index, int(match[2])
            digest, size = commitments(self.leaves.get(index))[number]
            header, content = check_part(self.read(name), digest, size, owner)
            count += 1
            if number == 0 and header["type"] == "application/vnd.entente.record+cbor" and not self.whole:
                record = cbor(content)
                print(f"        says: {record['type']} version {record['version']}, {len(record['refs'])} references, fields {', '.join(record['body'])}")
        return str(count)

    def witnesses(self):
        good, keys = 0, {}
        for name in sorted(n for n in self.files if n.startswith("witnesses/")):
            who, ident, chain = parse_chain_file(self.text(name))
            need(name == f"witnesses/{who}.txt", f"{name} is of {who}")
            if self.trust.get(who) == ident:
                keys[who] = chain[-1]["witness"][0]
        for name, ident, payload in self.signatures:
            key = keys.get(name.rpartition("/")[0])
            if key and (key.name, key.id) == (name, ident):
                need(len(payload) == 72, f"the cosignature of {name}")
                message = f"cosignature/v1\ntime {struct.unpack('>Q', payload[:8])[0]}\n{self.note}".encode()
                need(valid_signature(key.raw, message, payload[8:]), f"the cosignature of {name} is not valid")
                good += 1
        return f"{good} verified, {len(self.signatures) - 1 - good} not judged"


def signature_text(charter):
    return "".join(f"\u2014 {n} {base64.b64encode(bytes.fromhex(i) + s).decode()}\n" for n, i, s in charter["signatures"])


def tile_index(n, width):
    groups = [f"{n % 1000:03d}"]
    while n >= 1000:
        n //= 1000
        groups.insert(0, f"x{n % 1000:03d}")
    return "/".join(groups) + ("" if width == 256 else f".p/{width}")


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory")
    parser.add_argument("--trust", required=True)
    options = parser.parse_args(argv)
    try:
        with open(options.trust, encoding="utf-8") as file:
            trust = parse_trust(file.read())
        ok = Audit(options.directory, trust).run()
    except (Refused, OSError, ValueError) as error:
        print(f"FAILED  {error}")
        ok = False
    print("verified" if ok else "NOT verified: rely on nothing in this directory")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
