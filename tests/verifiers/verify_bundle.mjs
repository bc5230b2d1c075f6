// A second verifier of custody bundles, written from resources/help/custody-bundle.md alone.
//
//   node verify_bundle.mjs --policy POLICY BUNDLE     code 0 valid, 1 not valid, 2 cannot be used
//   node verify_bundle.mjs --batch                    frames on standard input, answers in lines
//
// A frame is two fields, policy and bundle, each a length (4 bytes, big-endian) and as many bytes;
// its answer is a JSON object, {"code": …, "text": …}. Node 18 or later, nothing else.

import { createHash, createPublicKey, verify as verifySignature } from "node:crypto";
import { readFileSync } from "node:fs";

const MOST_BYTES = 16_777_216;
const MOST_BODY_BYTES = 65_536;
const MOST_EVENTS = 10_000;
const DEEPEST = 512;
const FORMAT = "staging-bench/bundle/v1";
const STATEMENT = "staging-bench device statement v1";
const LAST_SECOND = 253402300799n;
const ED25519_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const ZEROS = "0".repeat(64);

class NotValid extends Error {}
class Unusable extends Error {}

function refuse(reason) {
  throw new NotValid(reason);
}

// ── bytes ───────────────────────────────────────────────────────────────────────────────────────
const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();

function utf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse("it is not UTF-8");
  }
}

function base64(text, length) {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) refuse("there is Base64 that is not strict");
  if (length !== undefined && bytes.length !== length) refuse("a hash or signature is too long");
  return bytes;
}

function isSigned(publicKey, signature, message) {
  const der = Buffer.concat([ED25519_PREFIX, publicKey]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  return verifySignature(null, message, key, signature);
}

// ── canonical JSON ──────────────────────────────────────────────────────────────────────────────
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

function byCodePoint(one, two) {
  return Buffer.compare(Buffer.from(one), Buffer.from(two));
}

/** Write a value in canonical form; refuse what has none. */
function spell(value, depth = 0) {
  if (depth > DEEPEST) refuse("it is nested too deeply");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return spellText(value);
  if (typeof value === "number") return spellNumber(value);
  if (Array.isArray(value)) {
    return `[${value.map((each) => spell(each, depth + 1)).join(",")}]`;
  }
  const names = Object.keys(value).sort(byCodePoint);
  const members = names.map((name) => `${spellText(name)}:${spell(value[name], depth + 1)}`);
  return `{${members.join(",")}}`;
}

function spellText(text) {
  if (/\p{Surrogate}/u.test(text)) refuse("half a character");
  return JSON.stringify(text);
}

function spellNumber(number) {
  if (!Number.isSafeInteger(number)) refuse("a number that is no integer, or too large");
  return String(number);
}

function readCanonical(bytes, limit, what) {
  if (bytes.length > limit) refuse(`${what} is over ${limit} bytes`);
  const text = utf8(bytes);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    refuse(`${what} is no JSON`);
  }
  if (!isObject(value)) refuse(`${what} is no object`);
  if (spell(value) !== text) refuse(`${what} is not in canonical form`);
  return value;
}

/** Return the members of an object that has just these. */
function members(value, ...names) {
  const found = isObject(value) ? Object.keys(value).sort() : [];
  if (found.join() !== [...names].sort().join()) refuse(`members are not ${names}`);
  return names.map((name) => value[name]);
}

const member = (value, name) =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

function textOf(value, what) {
  if (typeof value !== "string") refuse(`${what} is no text`);
  return value;
}

function listOf(value, what) {
  if (!Array.isArray(value) || value.length === 0) refuse(`${what} is no list, or empty`);
  return value;
}

// ── the policy ──────────────────────────────────────────────────────────────────────────────────
// Octets are read as Latin-1, one character each: the policy compares them, and nothing else.

class Policy {
  keys = new Map();
  rules = [];
  names = new Set(["none"]);
  ungrouped = new Set();
  quorum = undefined;

  constructor(bytes) {
    const text = bytes.toString("latin1");
    if (!/^[\t\n\x20-\x7e\x80-\xff]*\n$/.test(text)) throw new Unusable("not a policy's octets");
    for (const line of text.split("\n")) {
      const words = line.split(/[\t ]+/).filter((word) => word !== "");
      if (words.length > 0 && !words[0].startsWith("#")) this.read(words);
    }
    if (this.quorum === undefined) throw new Unusable("there is no quorum");
  }

  read([word, ...rest]) {
    if (word === "log" && (rest.length === 1 || rest.length === 2)) {
      this.know(1, rest[0], undefined);
    } else if (word === "witness" && (rest.length === 2 || rest.length === 3)) {
      this.define(rest[0]);
      this.know(4, rest[1], rest[0]);
    } else if (word === "group" && rest.length >= 3) {
      this.group(rest[0], rest[1], rest.slice(2));
    } else if (word === "quorum" && rest.length === 1 && this.quorum === undefined) {
      if (!this.names.has(rest[0])) throw new Unusable("the quorum is not defined above");
      this.quorum = rest[0];
    } else {
      throw new Unusable(`a line that is none: ${word}`);
    }
  }

  define(name) {
    if (this.names.has(name)) throw new Unusable(`the name ${name} stands twice`);
    this.names.add(name);
    this.ungrouped.add(name);
  }

  group(name, count, of) {
    for (const each of of) {
      if (!this.ungrouped.delete(each)) throw new Unusable(`${each} cannot be a member`);
    }
    this.define(name);
    const fixed = { any: "1", all: String(of.length) };
    const text = Object.hasOwn(fixed, count) ? fixed[count] : count;
    if (!/^[1-9][0-9]{0,8}$/.test(text) || Number(text) > of.length) {
      throw new Unusable(`the group ${name} cannot be fulfilled`);
    }
    this.rules.push({ name, fewest: Number(text), of });
  }

  know(type, vkey, witness) {
    const found = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(vkey);
    if (found === null) throw new Unusable("a key has not its form");
    const name = Buffer.from(found[1], "latin1");
    const key = Buffer.from(found[3], "base64");
    const id = sha256(name, Buffer.from("\n"), key).subarray(0, 4).toString("hex");
    if (key[0] !== type || id !== found[2]) throw new Unusable("a key is of another type or name");
    const publicKey = key.subarray(1);
    for (const other of this.keys.values()) {
      if (other.type === type && other.publicKey.equals(publicKey)) {
        throw new Unusable("a key stands twice");
      }
    }
    this.keys.set(`${name.toString("hex")} ${id}`, { type, publicKey, witness, name });
  }

  isQuorum(cosigned) {
    const agreed = new Set(["none", ...cosigned]);
    for (const { name, fewest, of } of this.rules) {
      if (of.filter((each) => agreed.has(each)).length >= fewest) agreed.add(name);
    }
    return agreed.has(this.quorum);
  }
}

// ── signed notes ────────────────────────────────────────────────────────────────────────────────
/** Return a note's text and its known signatures, all verified: {key, time}; time 0n for type 1. */
function readNote(policy, note) {
  const cut = note.lastIndexOf("\n\n");
  if (cut < 0 || !note.endsWith("\n")) refuse("a note has no signatures");
  const text = note.slice(0, cut + 1);
  if (text.startsWith("\n") || text.includes("\n\n")) refuse("a note has an empty line");
  const lines = note.slice(cut + 2).split("\n").slice(0, -1);
  if (lines.length < 1 || lines.length > 100) refuse("a note has no, or over 100, signatures");
  return { text, signatures: lines.flatMap((line) => readLine(policy, text, line)) };
}

function readLine(policy, text, line) {
  const parts = /^\u2014 ([^ \n+]+) ([A-Za-z0-9+/=]+)$/u.exec(line);
  if (parts === null) refuse("a signature line has not its form");
  const data = base64(parts[2]);
  const id = data.subarray(0, 4).toString("hex");
  const which = `${Buffer.from(parts[1]).toString("hex")} ${id}`;
  const key = policy.keys.get(which);
  if (key === undefined) return [];
  let [time, signature, message] = [0n, data.subarray(4), Buffer.from(text)];
  if (key.type === 4) {
    if (signature.length !== 72) refuse("a cosignature has another length");
    time = signature.readBigUInt64BE(0);
    signature = signature.subarray(8);
    if (time > LAST_SECOND) refuse("a cosignature is of an impossible time");
    message = Buffer.concat([Buffer.from(`cosignature/v1\ntime ${time}\n`), message]);
  }
  if (signature.length !== 64 || !isSigned(key.publicKey, signature, message)) {
    refuse(`a signature of ${parts[1]} is false`);
  }
  return [{ key, time }];
}

/** Return {size, root, log, times} of a checkpoint that is good for this origin. */
function readCheckpoint(policy, note, origin) {
  const { text, signatures } = readNote(policy, textOf(note, "a checkpoint"));
  const lines = text.split("\n").slice(0, -1);
  if (lines.length < 3) refuse("a checkpoint has not three lines");
  if (lines[0] !== origin) refuse("a checkpoint is of another log");
  const size = readNumber(lines[1]);
  const root = base64(lines[2], 32);
  const logs = signatures.filter(({ key }) => key.type === 1 && key.name.toString() === origin);
  if (logs.length !== 1) refuse("a checkpoint is not signed by its log, or by several");
  const cosigned = signatures.filter(({ key }) => key.type === 4);
  if (!policy.isQuorum(cosigned.map(({ key }) => key.witness))) {
    refuse("too few witnesses have cosigned a checkpoint");
  }
  return { size, root, log: logs[0].key.publicKey, times: cosigned.map(({ time }) => time) };
}

function readNumber(text) {
  if (!/^(0|[1-9][0-9]{0,14})$/.test(text)) refuse("a number has not its form");
  return Number(text);
}

// ── the tree ────────────────────────────────────────────────────────────────────────────────────
/** RFC 9162, clause 2.1.3.2; plain numbers, because shifts would cut them to 32 bits. */
function rootFrom(leaf, index, size, path) {
  if (index >= size) refuse("an index is beyond its tree");
  let [fn, sn, r] = [index, size - 1, leaf];
  const one = Buffer.from([1]);
  for (const p of path) {
    if (sn === 0) refuse("a path is too long");
    if (fn % 2 === 1 || fn === sn) {
      r = sha256(one, p, r);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else {
      r = sha256(one, r, p);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  if (sn !== 0) refuse("a path is too short");
  return r;
}

function readProof(proof) {
  const found = /^c2sp\.org\/tlog-proof@v1\nindex ([0-9]+)\n((?:[A-Za-z0-9+/]{43}=\n){0,63})\n$/.exec(
    textOf(proof, "a proof"),
  );
  if (found === null) refuse("a proof has not its form");
  const path = found[2].split("\n").slice(0, -1);
  return { index: readNumber(found[1]), path: path.map((each) => base64(each, 32)) };
}

// ── events and sections ─────────────────────────────────────────────────────────────────────────
function readOrigin(text) {
  const found =
    /^([\x21-\x2a\x2c-\x7e]{1,200})\/([A-Za-z0-9][A-Za-z0-9._-]{0,62})\/e([1-9][0-9]{0,8})$/.exec(
      textOf(text, "an origin"),
    );
  if (found === null) refuse("an origin has not its form");
  return { series: `${found[1]}/${found[2]}`, bench: found[2], epoch: Number(found[3]) };
}

function readSection(policy, uid, section) {
  const [notes, events, origin] = members(section, "checkpoints", "events", "origin");
  const { series, bench, epoch } = readOrigin(origin);
  const heads = listOf(notes, "checkpoints").map((note) => readCheckpoint(policy, note, origin));
  const read = [];
  let last = { seq: 0, leaf: ZEROS };
  for (const each of listOf(events, "events")) {
    last = readEvent(each, { uid, bench, epoch, heads, last });
    read.push(last);
  }
  return { origin, series, epoch, events: read };
}

function readEvent(event, { uid, bench, epoch, heads, last }) {
  const [body, proof, sig] = members(event, "body", "proof", "sig");
  const bytes = Buffer.from(textOf(body, "a body"));
  const said = readCanonical(bytes, MOST_BODY_BYTES, "an event");
  const { index, path } = readProof(proof);
  const seq = index + 1;
  const expected = { v: 1, bench, epoch, seq, dseq: last.seq, dprev: last.leaf };
  for (const [name, value] of Object.entries(expected)) {
    if (member(said, name) !== value) refuse(`event ${seq}: its ${name} does not fit`);
  }
  if (seq <= last.seq) refuse(`event ${seq} is out of order`);
  if (member(member(said, "dev"), "uid") !== uid) refuse(`event ${seq} is of another handset`);
  if (!isObject(member(said, "data"))) refuse(`event ${seq} has no data`);
  const [type, at] = [member(said, "type"), member(said, "at")];
  if (!/^[a-z][a-z_]{0,39}$/.test(textOf(type, "a type"))) refuse(`event ${seq}: its type`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(textOf(at, "a time"))) {
    refuse(`event ${seq}: its time`);
  }
  const head = heads.find(({ size }) => size > index);
  if (head === undefined) refuse(`event ${seq} is under no checkpoint`);
  const leaf = sha256(Buffer.from([0]), bytes);
  if (!rootFrom(leaf, index, head.size, path).equals(head.root)) {
    refuse(`event ${seq} is not in the tree that was signed`);
  }
  if (!isSigned(head.log, base64(textOf(sig, "a signature"), 64), leaf)) {
    refuse(`event ${seq} is not signed by its bench`);
  }
  return { seq, leaf: leaf.toString("hex"), type, said, simulated: Object.hasOwn(said, "sim") };
}

/** Each section ends in `exported`, or another one carries on from its end. */
function checkEnds(sections) {
  const key = (series, epoch, { seq, leaf }) => JSON.stringify([series, epoch, seq, leaf]);
  const ends = new Map();
  const told = new Set();
  for (const { series, epoch, events } of sections) {
    const end = events[events.length - 1];
    ends.set(key(series, epoch, end), end.type === "exported");
    for (const { type, said } of events) {
      if (type !== "carried") continue;
      const data = member(said, "data");
      told.add(key(series, member(data, "epoch"), { seq: member(data, "seq"), leaf: member(data, "hash") }));
    }
  }
  for (const each of told) if (!ends.has(each)) refuse("a section that is carried on is left out");
  for (const [end, isExported] of ends) {
    if (!isExported && !told.has(end)) refuse("nothing tells the end of a section");
  }
}

function checkStatement(policy, note, uid, sections) {
  const { text, signatures } = readNote(policy, textOf(note, "the statement"));
  const isCentral = ({ key }) => key.type === 1 && key.name.toString("latin1").endsWith("/central");
  if (!signatures.some(isCentral)) refuse("the statement is not signed by the central inventory");
  const [first, about, time, ...lines] = text.split("\n").slice(0, -1);
  if (first !== STATEMENT || about !== uid) refuse("the statement is another one");
  const found = /^time (0|[1-9][0-9]{0,14})$/.exec(time ?? "");
  if (found === null || BigInt(found[1]) > LAST_SECOND) {
    refuse("the statement has no time");
  }
  const expected = [];
  for (const { origin, events } of sections) {
    const real = events.filter(({ type }) => type !== "exported");
    const last = real[real.length - 1];
    if (last !== undefined) expected.push(`${origin} ${last.seq} ${last.leaf}`);
  }
  if (lines.join("\n") !== expected.join("\n")) refuse("the statement knows other last events");
}

function verify(policy, bytes) {
  const bundle = readCanonical(bytes, MOST_BYTES, "the bundle");
  const stated = Object.hasOwn(bundle, "statement");
  const [device, format, origins, total] = members(
    bundle, "device", "format", "origins", "sha256", ...(stated ? ["statement"] : []),
  );
  if (format !== FORMAT) refuse("it is of another format");
  const { sha256: _, ...rest } = bundle;
  if (sha256(Buffer.from(spell(rest))).toString("hex") !== total) refuse("sha256 differs");
  const [uid] = members(device, "uid");
  if (!/^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/.test(textOf(uid, "uid"))) refuse("uid has not its form");
  const sections = listOf(origins, "origins").map((each) => readSection(policy, uid, each));
  for (let n = 1; n < sections.length; n += 1) {
    if (sections[n - 1].origin >= sections[n].origin) refuse("sections are not in order");
  }
  const events = sections.flatMap((section) => section.events);
  if (events.length > MOST_EVENTS) refuse(`it has over ${MOST_EVENTS} events`);
  checkEnds(sections);
  if (stated) checkStatement(policy, bundle.statement, uid, sections);
  const kind = events.some(({ simulated }) => simulated) ? "SIMULATED events" : "events";
  return `valid: ${events.length} ${kind}`;
}

// ── the edge ────────────────────────────────────────────────────────────────────────────────────
function answer(policyBytes, bundleBytes) {
  try {
    return { code: 0, text: verify(new Policy(policyBytes), bundleBytes) };
  } catch (error) {
    if (error instanceof NotValid) return { code: 1, text: error.message };
    if (error instanceof Unusable) return { code: 2, text: error.message };
    throw error;
  }
}

function answerFiles(policyPath, bundlePath) {
  let files;
  try {
    files = [readFileSync(policyPath), readFileSync(bundlePath)];
  } catch (error) {
    return { code: 2, text: error.message };
  }
  return answer(...files);
}

function batch(input) {
  let at = 0;
  const field = () => {
    const length = input.readUInt32BE(at);
    at += 4 + length;
    return input.subarray(at - length, at);
  };
  const answers = [];
  while (at < input.length) {
    const policy = field();
    answers.push(JSON.stringify(answer(policy, field())));
  }
  process.stdout.write(answers.map((each) => `${each}\n`).join(""));
}

const [first, policyPath, bundlePath, ...more] = process.argv.slice(2);
if (first === "--batch") {
  batch(readFileSync(0));
} else if (first === "--policy" && bundlePath !== undefined && more.length === 0) {
  const { code, text } = answerFiles(policyPath, bundlePath);
  process.stdout.write(`${code === 1 ? "NOT VALID: " : ""}${text}\n`);
  process.exitCode = code;
} else {
  process.stderr.write("usage: verify_bundle.mjs --policy POLICY BUNDLE\n");
  process.exitCode = 2;
}
