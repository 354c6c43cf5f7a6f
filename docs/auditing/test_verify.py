#!/usr/bin/env python3
"""Runs the auditor against the vectors of ../spec/vectors, and against the sample beside it, whole and tampered with."""
import collections
import io
import json
import os
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True  # nothing is left behind in the directory of the sources

import entente_audit as audit
import other_pages as other

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = os.path.join(HERE, "..", "spec", "vectors")
SAMPLE = os.path.join(HERE, "sample")
TRUST = os.path.join(SAMPLE, "trust.txt")
COUNT = collections.Counter()
FAILURES = []
# Refused as it must be, but under another code than the vectors name; shown with -v.
OTHER_CODES = []


def check(area, name, ok, why=""):
    COUNT[area] += 1
    if not ok:
        FAILURES.append((area, name, why))


def accept(area, name, run):
    """run() returns True, or a text that says what differs"""
    try:
        result = run()
    except Exception as error:
        result = "refused: %s: %s" % (type(error).__name__, error)
    check(area, name, result is True, "" if result is True else str(result))


def refuse(area, name, run, code=None):
    """run() raises audit.Bad, which is given back; any other exception is a failure"""
    try:
        result = run()
    except audit.Bad as error:
        check(area, name, True)
        if code and error.code != code:
            OTHER_CODES.append((area, name, code, error.code))
        return error
    except Exception as error:
        check(area, name, False, "crash %s: %s" % (type(error).__name__, error))
        return None
    check(area, name, False, ("accepted: %r" % (result,))[:200])
    return None


def same(got, want):
    """equal, and of equal types (True is not 1)"""
    a, b = json.dumps(hexed(got), sort_keys=True), json.dumps(hexed(want), sort_keys=True)
    return True if a == b else "got %s, want %s" % (a[:200], b[:200])


def load(name):
    with open(os.path.join(SPEC, name + ".json"), encoding="utf-8") as f:
        return json.load(f)


H = bytes.fromhex


def hexed(v):
    if isinstance(v, bytes):
        return {"$hex": v.hex()}
    if isinstance(v, list):
        return [hexed(x) for x in v]
    if isinstance(v, dict):
        return {k: hexed(x) for k, x in v.items()}
    return v


def canonical_cbor():
    j = load("canonical-cbor")
    for x in j["valid"]:
        accept("canonical-cbor", x["name"], lambda: same(hexed(audit.cbor_decode(H(x["hex"]))), x["value"]))
        accept("canonical-cbor", x["name"] + " encoded", lambda: same(other.cbor_encode(audit.cbor_decode(H(x["hex"]))).hex(), x["hex"]))
    for x in j["invalid"]:
        refuse("canonical-cbor", x["name"], lambda: audit.cbor_decode(H(x["hex"])), x["code"])


def ed25519():
    j = load("ed25519")
    for x in j["keys"]:
        accept("ed25519", x["comment"], lambda: same(audit.key_admitted(H(x["publicKey"])), x["valid"]))
    for x in j["signatures"]:
        accept("ed25519", x["comment"], lambda: same(audit.ed_valid(H(x["publicKey"]), H(x["message"]), H(x["signature"])), x["valid"]))


def note():
    j = load("note")
    for x in j["valid"]:
        if x["kind"] == "vkey":
            def run():
                v = audit.parse_vkey(x["vkey"])
                return same([v.name, v.id.hex(), v.type, v.pub.hex()], [x["keyName"], x["keyId"], x["type"], x["publicKey"]])
        else:
            def run():
                n = audit.parse_note(x["note"].encode())
                s = audit.open_note(n, [audit.parse_vkey(k) for k in x["vkeys"]])
                sigs = [{"name": a, "keyId": b.hex(), "signature": c.hex()} for a, b, c in n.lines]
                return same([n.text, sigs, [v.text for v, t in s]], [x["text"], x["signatures"], x["verified"]])
        accept("note", x["name"], run)
    for x in j["invalid"]:
        if x["kind"] == "vkey":
            refuse("note", x["name"], lambda: audit.parse_vkey(x["vkey"]), x["code"])
        else:
            data = H(x["noteHex"]) if "noteHex" in x else x["note"].encode()
            refuse("note", x["name"], lambda: audit.open_note(audit.parse_note(data), [audit.parse_vkey(k) for k in x.get("vkeys", [])]), x["code"])


def checkpoint():
    j = load("checkpoint")
    for x in j["valid"]:
        def run():
            c = audit.parse_checkpoint(x["text"])
            return same([c.origin, c.size, c.root.hex()], [x["origin"], x["size"], x["root"]])
        accept("checkpoint", x["name"], run)
    for x in j["invalid"]:
        refuse("checkpoint", x["name"], lambda: audit.parse_checkpoint(x["text"]), x["code"])


def cosignature():
    j = load("cosignature")
    for x in j["valid"]:
        def run():
            name, kid, sig = audit.parse_signature_line(x["line"])
            audit.parse_checkpoint(x["checkpoint"])
            time = int.from_bytes(sig[:8], "big")
            r = same([name, kid.hex(), len(sig), time, sig[8:].hex(), audit.cosignature_message(x["checkpoint"], time).hex()],
                     [x["keyName"], x["keyId"], 72, x["time"], x["signature"], x["message"]])
            if r is True and "vkey" in x:
                r = same(audit.check_cosignature(audit.parse_vkey(x["vkey"]), x["checkpoint"], sig), x["time"])
            return r
        accept("cosignature", x["name"], run)
    for x in j["invalid"]:
        def bad():
            name, kid, sig = audit.parse_signature_line(x["line"])
            return audit.check_cosignature(audit.parse_vkey(x["vkey"]), x["checkpoint"], sig)

        def in_note():
            return audit.open_note(audit.parse_note(x["checkpoint"] + "\n" + x["line"] + "\n"), [audit.parse_vkey(x["vkey"])])
        refuse("cosignature", x["name"], bad, x["code"])
        refuse("cosignature", x["name"] + ", in a note", in_note)


def merkle_tree():
    j = load("merkle-tree")
    for x in j["valid"]:
        def run():
            k = x["kind"]
            if k == "leaf":
                return same(audit.leaf_hash(H(x["leaf"])).hex(), x["hash"])
            if k == "node":
                return same(audit.node_hash(H(x["left"]), H(x["right"])).hex(), x["hash"])
            if k == "root":
                return same(audit.root_of_hashes([audit.leaf_hash(H(v)) for v in x["leaves"]]).hex(), x["root"])
            if k == "cover":
                return same([{"level": a, "index": str(b)} for a, b in other.cover(int(x["begin"]), int(x["end"]))], x["cover"])
            return proof(x)
        accept("merkle-tree", x["name"], run)
    for x in j["invalid"]:
        refuse("merkle-tree", x["name"], lambda: proof(x), x["code"])


def proof(x):
    hashes = [H(v) for v in x["proof"]]
    if x["kind"] == "inclusion":
        audit.check_inclusion(int(x["index"]), int(x["size"]), H(x["leafHash"]), hashes, H(x["root"]))
    else:
        other.check_consistency(int(x["size1"]), H(x["root1"]), int(x["size2"]), H(x["root2"]), hashes)
    return True


def tlog_proof():
    j = load("tlog-proof")

    def go(x):
        p = audit.parse_tlog_proof(x["proof"].encode())
        return p, other.verify_tlog_proof(p, x["origin"], audit.parse_vkey(x["vkey"]), [audit.parse_vkey(w) for w in x["witnesses"]], H(x["leafHash"]))
    for x in j["valid"]:
        def run():
            p, cos = go(x)
            return same([p.index, [h.hex() for h in p.hashes], [{"name": a, "time": t} for a, t in cos], None if p.extra is None else p.extra.hex()],
                        [x["index"], x["hashes"], x["cosignatures"], x.get("extra")])
        accept("tlog-proof", x["name"], run)
    for x in j["invalid"]:
        refuse("tlog-proof", x["name"], lambda: go(x), x["code"])


def tlog_tiles():
    j = load("tlog-tiles")
    for x in j["valid"]:
        def run():
            if x["kind"] == "path":
                return same(audit.tile_path(x["level"], x["index"], x["width"]), x["path"])
            if x["kind"] == "levels":
                return same([{"level": a, "full": b, "partial": c} for a, b, c in audit.tile_levels(x["size"])], x["levels"])
            return same([e.hex() for e in audit.parse_bundle(H(x["hex"]))], x["entries"])
        accept("tlog-tiles", x["name"], run)
    for x in j["invalid"]:
        refuse("tlog-tiles", x["name"], lambda: audit.tile_path(x["level"], x["index"], x["width"]) if x["kind"] == "path" else audit.parse_bundle(H(x["hex"])), x["code"])


def names():
    j = load("names")

    def must_name(t):
        if not audit.is_name(t):
            raise audit.Bad("NAME_MALFORMED")
        return t
    for x in j["valid"]:
        def run():
            k = x["kind"]
            if k == "name":
                return same(must_name(x["text"]), x["text"])
            if k == "origin":
                return same([list(audit.parse_origin(x["text"])), audit.origin_of(x["authority"], x["epoch"])], [[x["authority"], x["epoch"]], x["text"]])
            if k == "entry":
                return same(list(other.parse_entry(x["text"])), [x["authority"], x["epoch"], x["index"]])
            if k == "reference":
                return same(hexed(other.parse_reference(H(x["hex"]))), [{"$hex": x["id"]}, x["epoch"], x["index"], {"$hex": x["leafHash"]}])
            if k == "key-name":
                return same(audit.key_name_kind(x["authority"], x["text"]), x["is"])
            return same(other.fingerprint(H(x["id"])), x["digits"])
        accept("names", x["name"], run)
    for x in j["invalid"]:
        f = {"name": must_name, "origin": audit.parse_origin, "entry": other.parse_entry, "reference": lambda t: other.parse_reference(H(t))}[x["kind"]]
        refuse("names", x["name"], lambda: f(x.get("text", x.get("hex"))), x["code"])


def leaf():
    j = load("leaf")

    def fields(data):
        status, kind, time, f = audit.parse_leaf(data)
        out = {"kind": kind, "time": time}
        if status == "unknown":
            return status, out
        h = lambda b: b.hex()
        if kind == "charter":
            out["note"] = f[0]
        elif kind == "followers":
            out["ids"] = [h(i) for i in f[0]]
        elif kind == "audience":
            out.update(nonce=h(f[0]), tags=[h(t) for t in f[1]], digest=h(f[2][0]), size=f[2][1])
        elif kind == "record":
            out["parts"] = [{"audience": a, "digest": h(d), "size": s} for a, d, s in f[0]]
        elif kind == "grant":
            out.update(audience=f[0], items=[dict(zip(("epoch", "past", "from", "to"), i)) for i in f[1]], approval=f[2])
        elif kind == "erase":
            out.update(items=[dict(zip(("epoch", "index", "part"), i)) for i in f[0]], ground=f[1], approval=f[2])
        return status, out
    def data(x):
        return H(x["hex"]) + bytes(x.get("zeros", 0))
    for x in j["valid"]:
        def run():
            status, out = fields(data(x))
            if status != x["status"]:
                return "status " + status
            if status == "known":
                return same(out, x["leaf"])
            return same([out["kind"], out["time"], out["kind"].endswith("!")], [x["kind"], x["time"], x["critical"]])
        accept("leaf", x["name"], run)
    for x in j["invalid"]:
        refuse("leaf", x["name"], lambda: audit.parse_leaf(data(x)), x["code"])


def pattern(n):
    return (bytes(i * 31 % 251 for i in range(251)) * (n // 251 + 1))[:n]


def part():
    j = load("part")

    def chunk(x):
        n = (x["length"] + audit.CHUNK - 1) // audit.CHUNK
        data = pattern(x["length"])[x["chunk"] * audit.CHUNK:(x["chunk"] + 1) * audit.CHUNK]
        audit.check_inclusion(x["chunk"], n, audit.leaf_hash(data), [H(p) for p in x["proof"]], H(x["digest"]))
        return True
    for x in j["valid"]:
        def run():
            w = x["what"]
            if w == "padme":
                return same(audit.padme(x["length"]), x["size"])
            if w == "digest":
                d = pattern(x["length"])
                return same([(x["length"] + audit.CHUNK - 1) // audit.CHUNK, audit.part_digest(d).hex()], [x["chunks"], x["digest"]])
            if w == "chunk":
                return chunk(x)
            content = pattern(x["patterned"]) if "patterned" in x else H(x["content"])
            data = H(x["hex"]) + (content + bytes(x["zeros"]) if "patterned" in x else b"")
            p = audit.parse_part(data, H(x["owner"]))
            return same([p["owner"].hex(), p["salt"].hex(), p["name"], p["type"], p["content"], len(data), audit.part_digest(data).hex(), audit.is_part_size(len(data))],
                        [x["owner"], x["salt"], x["fileName"], x["type"], content, x["size"], x["digest"], True])
        accept("part", x["name"], run)
    for x in j["invalid"]:
        refuse("part", x["name"], lambda: chunk(x) if x["what"] == "chunk" else audit.parse_part(H(x["hex"]), H(x["owner"])), x["code"])


def charter():
    j = load("charter")
    notes = j["notes"]

    for name, series in j["series"].items():
        previous = "none"
        for i, lines in enumerate(series["lines"]):
            text = series["text"].replace("{serial}", str(i)).replace("{previous}", previous)
            notes["series %s %d" % (name, i)] = text + "\n" + "".join(line + "\n" for line in lines)
            previous = audit.sha256(text.encode()).hex()

    def chain(items):
        return audit.build_chain([(e, i, notes[n]) for e, i, n in items])

    def places(x):
        if "series" not in x:
            return x["chain"]
        name, count = x["series"]
        return [(0, i, "series %s %d" % (name, i)) for i in range(count)]
    words = {"same": "same", "held": "held-prevails", "other": "other-prevails", "person": "undecided"}
    for x in j["valid"]:
        def run():
            if x["kind"] == "text":
                c = audit.parse_charter_text(x["text"])
                k = lambda w: [v.text for v in c.counted(w)]
                f = {"authority": c.authority, "title": c.title, "country": c.country, "serial": c.serial,
                     "previous": c.previous.hex() if c.previous else None, "epoch": c.epoch,
                     "continues": [c.continues[0], c.continues[1], audit.base64.b64encode(c.continues[2]).decode()] if c.continues else None,
                     "rootThreshold": c.root_threshold, "roots": k("root"), "nextThreshold": c.next_threshold,
                     "next": [n.hex() for n in c.next], "log": k("log")[0], "witness": k("witness")[0], "node": k("node")[0],
                     "member": c.member.hex(), "roles": k("role")}
                want = {a: b for a, b in x["fields"].items() if a in f}
                r = same(f, want)
                if r is True:
                    r = same(sorted(v.partition(" ")[0] for v in c.critical), sorted(v.partition(" ")[0] for v in x["fields"]["unknownCritical"]))
                if r is True:
                    kept = [v for v in x["fields"]["kept"]]
                    own = list(c.unknown) + [w + " " + v.text for w in audit.SIGNING for v in c.keys[w] if v not in c.counted(w)]
                    as_text = [v if isinstance(v, str) else json.dumps(v) for v in kept]
                    r = same(len(own), len(kept)) if not set(as_text) == set(own) else True
                return r
            if x["kind"] == "chain":
                c = chain(places(x))
                if c.id.hex() != x["id"]:
                    return "another id"
                for e, n, serial in x.get("inForce", []):
                    f = c.in_force(e, n)
                    if (f.serial if f else None) != serial:
                        return "in force at %d, %d: %s" % (e, n, f and f.serial)
                for e, i, w in x.get("disavowed", []):
                    if c.disavowed(e, i) is not w:
                        return "disavowed %d, %d" % (e, i)
                return True
            w, n = other.prevailing(chain(x["held"]), chain(x["other"]))
            want = x["prevails"]
            if want in ("extends",) and w == "other":
                want = words[w]
            return same([words[w], n], [want, x["shared"]])
        accept("charter", x["kind"] + ": " + x["name"], run)
    for x in j["invalid"]:
        name = x["kind"] + ": " + x["name"]
        if x["kind"] == "text":
            refuse("charter", name, lambda: audit.parse_charter_text(x["text"]), x["code"])
        else:
            e = refuse("charter", name, lambda: chain(places(x)))
            if e is not None:
                check("charter", name + ", where", (e.serial, e.rule) == (x["serial"], x["rule"]), "got serial %s rule %s, want %s %s" % (e.serial, e.rule, x["serial"], x["rule"]))


def trust_file():
    j = load("trust-file")
    for x in j["valid"]:
        accept("trust-file", x["name"], lambda: same([[a, b.hex()] for a, b in audit.parse_trust(x["text"].encode())], x["authorities"]))
    for x in j["invalid"]:
        refuse("trust-file", x["name"], lambda: audit.parse_trust(x["text"].encode()), x["code"])


def chain_file():
    j = load("chain-file")
    for x in j["valid"]:
        def run():
            name, ident, charters, cp, addresses = audit.parse_chain_file(x["text"].encode())
            audit.verify_chain_file(x["text"].encode())
            return same([name, ident.hex(), [[a, b] for a, b, c in charters], cp, addresses], [x["authority"], x["id"], x["charters"], x["checkpoint"], x["addresses"]])
        accept("chain-file", x["name"], run)
    for x in j["invalid"]:
        refuse("chain-file", x["name"], lambda: audit.verify_chain_file(x["text"].encode()))
        if "reason" in x:
            accept("chain-file", x["name"] + ", can be read", lambda: audit.parse_chain_file(x["text"].encode()) is not None)
        else:
            refuse("chain-file", x["name"] + ", cannot be read", lambda: audit.parse_chain_file(x["text"].encode()))


def audience_tag():
    j = load("audience-tag")
    pub = lambda s: other.X25519PrivateKey.from_private_bytes(s).public_key().public_bytes_raw().hex()
    for x in j["tags"]:
        def run():
            a = other.shared_secret(H(x["ownerSecret"]), H(x["memberPublic"]))
            tag = other.audience_tag(a, H(x["ownerId"]), H(x["memberId"]), x["epoch"], H(x["nonce"]))
            r = same([a.hex(), tag.hex()], [x["sharedSecret"], x["tag"]])
            if r is True and x.get("memberSecret"):
                r = same(other.shared_secret(H(x["memberSecret"]), H(x["ownerPublic"])).hex(), x["sharedSecret"])
            return r
        accept("audience-tag", x["comment"], run)
    for x in j["refused"]:
        refuse("audience-tag", x["comment"], lambda: other.shared_secret(bytes(range(32)), H(x["publicKey"])))


def receipt():
    j = load("receipt")
    notes = j["notes"]

    def chain(items):
        return audit.build_chain([(e, i, notes[n]) for e, i, n in items])
    for x in j["valid"]:
        def run():
            if x["kind"] == "text":
                r = other.parse_receipt_text(x["text"])
                return same([r["reader"].hex(), r["log"].hex(), r["epoch"], r["size"], audit.base64.b64encode(r["root"]).decode(), r["exceptions"]],
                            [x["reader"], x["log"], x["epoch"], x["size"], x["root"], x["exceptions"]])
            c = chain(x["chain"])
            other.open_receipt(x["note"].encode(), c, stored=True)
            try:
                other.open_receipt(x["note"].encode(), c)
                taken = True
            except audit.Bad:
                taken = False
            return same(taken, x["taken"])
        accept("receipt", x["name"], run)
    for x in j["invalid"]:
        if x["kind"] == "text":
            refuse("receipt", x["name"], lambda: other.parse_receipt_text(x["text"]), x["code"])
        else:
            refuse("receipt", x["name"], lambda: other.open_receipt(x["note"].encode(), chain(x["chain"]), stored=True), x["code"])


# ---------------------------------------------------------------- proof directories

def verdict(directory, trust=TRUST):
    """-> (whether it is verified, what was said, the audit)"""
    out = io.StringIO()
    run = audit.Audit(directory, trust, out)
    return run.run(), out.getvalue(), run


def lay_out(directory, files):
    for path, content in files.items():
        if content is None:
            continue
        target = os.path.join(directory, *path.split("/"))
        os.makedirs(target if "directory" in content else os.path.dirname(target), exist_ok=True)
        if "link" in content:
            os.symlink(content["link"], target)
        elif "directory" not in content:
            with open(target, "wb") as f:
                f.write(content["utf8"].encode() if "utf8" in content else audit.b64(content["base64"], "BASE64"))


def proof_directory():
    j = load("proof-directory")

    def judge(x):
        with tempfile.TemporaryDirectory() as tmp:
            directory, trust = os.path.join(tmp, "proof"), os.path.join(tmp, "trust.txt")
            os.mkdir(directory)
            lay_out(directory, {**j["directories"][x["of"]], **x["files"]})
            with open(trust, "w", encoding="utf-8") as f:
                f.write(x.get("trust", j["trust"]))
            return verdict(directory, trust)
    for x in j["valid"]:
        def run():
            ok, text, run = judge(x)
            return same([ok, run.disputed, len(run.good), run.not_judged],
                        [True, x["disputed"], x["cosignatures"]["good"], x["cosignatures"]["notJudged"]])
        accept("proof-directory", x["name"], run)
    for x in j["invalid"]:
        def run():
            ok, text, run = judge(x)
            failed = [name for name, is_ok in run.steps.items() if not is_ok]
            return same([ok, failed[:1]], [False, [x["step"]]])
        accept("proof-directory", x["name"], run)


# ---------------------------------------------------------------- the sample, as it is and tampered with

def flip(path, at):
    with open(path, "r+b") as f:
        data = bytearray(f.read())
        data[at] ^= 1
        f.seek(0)
        f.write(data)


def append(path, more):
    with open(path, "ab") as f:
        f.write(more)


def add(path, data=b"x"):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def in_name_of_cosigner(data, at):
    """whether the byte stands in the name or key id of a cosignature line, which becomes one of an unknown key"""
    start = data.rfind(b"\n", 0, at) + 1
    words = data[start:data.find(b"\n", at)].split(b" ")
    return len(words) == 3 and words[1].endswith(b"/witness") and 3 < at - start < 4 + len(words[1]) + 1 + 6


class Sample:
    """One directory of the sample; `changed` checks that a change of a copy does not pass."""

    def __init__(self, name, tmp):
        self.name, self.source, self.copy = name, os.path.join(SAMPLE, name), os.path.join(tmp, "copy")
        self.files = sorted(audit.list_directory(self.source)[0])

    def changed(self, what, change, may_pass=False):
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(self.source, self.copy)
        change(lambda path: os.path.join(self.copy, path))
        ok, text, run = verdict(self.copy)
        check("tampered", "%s: %s" % (self.name, what), not ok or may_pass, "it passes")

    def check_files(self):
        for file in self.files:
            with open(os.path.join(self.source, file), "rb") as f:
                data = f.read()
            is_readme, size = file == "README.txt", len(data)
            for at in sorted({0, 1, size - 1, size - 2} | {size * k // 13 for k in range(13)}):
                may_pass = is_readme or file in ("checkpoint", "entry.tlog-proof") and in_name_of_cosigner(data, at)
                self.changed("%s, byte %d flipped" % (file, at), lambda at_: flip(at_(file), at), may_pass)
            # Parts are those that were chosen; a witness whose chain is not there is not judged.
            is_optional = is_readme or file.startswith(("witnesses/", "parts/"))
            self.changed("without " + file, lambda at_: os.remove(at_(file)), is_optional)
            for cut in (0, 1, size // 2):
                self.changed("%s cut to %d bytes" % (file, cut), lambda at_: os.truncate(at_(file), cut), is_readme)
            for more in (b"\0", b"\n"):
                self.changed("%r after %s" % (more, file), lambda at_: append(at_(file), more), is_readme)

    def check_additions(self):
        for path in ("extra.txt", ".hidden", "parts/9.part", "parts/0.part.bak", "parts/00.part", "parts/64.part",
                     "parts/4/1.part", "parts/04/0.part", "witnesses/a.txt", "witnesses/x.example.txt", "witnesses/README.txt",
                     "tile/0/000.p/4", "tile/0/000", "tile/1/000.p/1", "tile/entries/000.p/4", "tile/entries/000",
                     "leaf.cbor" if self.name == "log" else "checkpoint", "more/README.txt", "readme.txt"):
            self.changed("with " + path, lambda at_: add(at_(path)))
        self.changed("with an empty directory", lambda at_: os.mkdir(at_("empty")))
        self.changed("with a link", lambda at_: os.symlink("charters.txt", at_("witnesses/a.example.txt")))
        other_chain = "witnesses/gacc.gov.cn.txt"
        self.changed("charters of another authority", lambda at_: shutil.copy(at_(other_chain), at_("charters.txt")))
        self.changed("the chain of a witness under another name", lambda at_: os.replace(at_(other_chain), at_("witnesses/baua.de.txt")))
        self.changed("the chain of the owner as a witness", lambda at_: shutil.copy(at_("charters.txt"), at_("witnesses/nvwa.nl.txt")))


def samples():
    with tempfile.TemporaryDirectory() as tmp:
        for name in ("entry", "entry-withheld", "log"):
            ok, text, run = verdict(os.path.join(SAMPLE, name))
            check("sample", name, ok and "FAILED" not in text, text)
            sample = Sample(name, tmp)
            sample.check_files()
            sample.check_additions()
        for source, name, path in (
                ("entry/leaf.cbor", "entry-withheld", "leaf.cbor"), ("entry-withheld/leaf.cbor", "entry", "leaf.cbor"),
                ("entry/entry.tlog-proof", "entry-withheld", "entry.tlog-proof"),
                ("log/parts/3/0.part", "entry", "parts/0.part"), ("log/parts/2/0.part", "log", "parts/4/0.part")):
            Sample(name, tmp).changed("%s as %s" % (source, path), lambda at_: shutil.copy(os.path.join(SAMPLE, source), at_(path)))
        trust_files(os.path.join(tmp, "trust.txt"))


def trust_files(path):
    with open(TRUST, encoding="utf-8") as f:
        comment, owner, witness = f.read().splitlines()

    def with_trust(name, text):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return verdict(os.path.join(SAMPLE, name), path)
    for what, text in (("empty", ""), ("another id", "authority nvwa.nl " + "0" * 64), ("only the witness", witness),
                       ("malformed", "authority nvwa.nl"), ("another name", owner.replace("nvwa.nl", "nvwb.nl"))):
        for name in ("entry", "log"):
            check("tampered", "%s: trust file, %s" % (name, what), not with_trust(name, text)[0], "it passes")
    ok, text, run = with_trust("entry", owner)
    check("sample", "only the owner trusted: the other cosignature is not judged", ok and run.not_judged == 1, text)


AREAS = [canonical_cbor, ed25519, note, checkpoint, cosignature, merkle_tree, tlog_proof, tlog_tiles, names, leaf, part,
         charter, audience_tag, receipt, trust_file, chain_file, proof_directory, samples]


def main():
    for run in AREAS:
        run()
    for area, n in COUNT.items():
        print("%-15s %5d checks, %d failed" % (area, n, sum(f[0] == area for f in FAILURES)))
    for failure in FAILURES:
        print("FAILED", *failure)
    if "-v" in sys.argv:
        for one in OTHER_CODES:
            print("another code:", *one)
    failed = len(FAILURES)
    print("Tests: %d passed, %d failed, 0 skipped" % (sum(COUNT.values()) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
