// The verification page, "Check it in my browser". Nothing here asks the server for a verdict: it fetches documents and
// computes. Signatures: RFC 7515 (RS256) and signed notes (Ed25519); tree hashes: RFC 9162; baking: Open Badges 2.0.
import { announce } from "./announce.js";

const form = document.querySelector("[data-browser-check]");
const found = document.querySelector("[data-browser-found]");
const words = await (await fetch(form.dataset.words)).json();
const LARGEST = 10_000_000;
const language = { en: "en-GB" }[document.documentElement.lang] ?? document.documentElement.lang;

class Problem extends Error {}

// Lines ----------------------------------------------------------------------------------------------

const say = (name, values = {}) => (words[name] ?? name).replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? "");
const day = (written) => new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(new Date(written));
const piece = (selector) => form.parentElement.querySelector(selector).content.firstElementChild.cloneNode(true);

class Findings {
  constructor(list) { this.list = list; this.count = { good: 0, bad: 0, warn: 0, none: 0 }; }

  line(kind, title, text, where) {
    this.count[kind] += 1;
    const item = document.createElement("li");
    item.dataset.kind = kind;
    const strong = document.createElement("strong");
    strong.textContent = title;
    const more = document.createElement("p");
    const chip = document.createElement("span");
    chip.className = "chip";
    chip.textContent = where === "server" ? words.server : words.here;
    more.append(chip, text ? ` ${text}` : "");
    item.append(piece(`template[data-mark="${kind}"]`), strong, more);
    this.list.append(item);
    return kind === "good";
  }

  good(name, values, where = "here") { return this.line("good", say(name, values), more(name, values), where); }
  bad(name, values, where = "here") { return this.line("bad", say(name, values), more(name, values), where); }
  open(name, values, where = "here") { return this.line("none", say(name, values), more(name, values), where); }
  judge(holds, good, bad, values, where) { return holds ? this.good(good, values, where) : this.bad(bad, values, where); }
}

const more = (name, values) => (words[`${name}_more`] ? say(`${name}_more`, values) : "");

// Bytes ----------------------------------------------------------------------------------------------

const bytesOf = (text) => new TextEncoder().encode(text);
const textOf = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const joined = (...parts) => new Uint8Array(parts.flatMap((part) => [...part]));
const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

function base64(text) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text ?? "")) throw new Problem(words.form_bad);
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function base64url(text) {
  if (!/^[\w-]+$/.test(text)) throw new Problem(words.form_bad);
  return base64(text.replaceAll("-", "+").replaceAll("_", "/").padEnd(Math.ceil(text.length / 4) * 4, "="));
}

const pem = (text) => base64(String(text).replace(/-----[A-Z ]+-----|\s/g, ""));

// Fetching -------------------------------------------------------------------------------------------

async function ask(url, accept = "application/json") {
  const address = new URL(url, location.href);
  if (address.origin !== location.origin) throw new Problem(say("elsewhere", { what: address.href }));
  try {
    return await fetch(address, { headers: { Accept: accept }, cache: "no-store", credentials: "omit" });
  } catch {
    throw new Problem(say("unreachable", { what: address.href }));
  }
}

async function documentAt(url) {
  const answer = await ask(url);
  if (!answer.ok) throw new Problem(say("unreachable", { what: url }));
  try {
    return await answer.json();
  } catch {
    throw new Problem(say("unreachable", { what: url }));
  }
}

const idOf = (value) => (typeof value === "object" && value ? value.id : value);
const listOf = (value) => (value === undefined ? [] : [].concat(value));

// The visitor's own file -----------------------------------------------------------------------------

async function unbaked(file) {
  if (file.size > LARGEST) throw new Problem(words.file_large);
  const text = await textIn(file);
  if (!/^(\{[^]*\}|[\w-]+\.[\w-]+\.[\w-]+)$/.test(text)) throw new Problem(words.file_bad_more);
  return text;
}

async function textIn(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    if (hex(bytes.subarray(0, 8)) === "89504e470d0a1a0a") return (await fromPng(bytes)).trim();
    const text = textOf(bytes).trim();
    return text.startsWith("<") ? fromSvg(text).trim() : text;
  } catch (problem) {
    throw problem instanceof Problem ? problem : new Problem(words.file_bad_more);
  }
}

async function fromPng(bytes) {
  const view = new DataView(bytes.buffer);
  const baked = [];
  for (let place = 8; place + 12 <= bytes.length;) {
    const length = view.getUint32(place);
    const body = bytes.subarray(place + 8, place + 8 + length);
    const isText = textOf(bytes.subarray(place + 4, place + 8)) === "iTXt";
    if (isText && textOf(body.subarray(0, 11)) === "openbadges\0") {
      const language = body.indexOf(0, 13);
      const start = body.indexOf(0, language + 1) + 1;
      baked.push(textOf(body[11] ? await inflated(body.subarray(start)) : body.subarray(start)));
    }
    place += 12 + length;
  }
  return theOnly(baked);
}

// Of two badges in a picture some readers show one and some the other.
function theOnly(baked) {
  if (baked.length > 1) throw new Problem(words.file_two);
  if (!baked.length) throw new Problem(words.file_bad_more);
  return baked[0];
}

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const reader = stream.getReader();
  const parts = [];
  for (let size = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return joined(...parts);
    size += value.length;
    if (size > 1_000_000) throw new Problem(words.file_large);
    parts.push(value);
  }
}

function fromSvg(text) {
  const picture = new DOMParser().parseFromString(text, "image/svg+xml");
  const baked = theOnly([...picture.getElementsByTagNameNS("http://openbadges.org", "assertion")]);
  return baked.textContent.trim() || baked.getAttribute("verify");
}

// The same members with the same values, in whatever order.
function ordered(value) {
  if (Array.isArray(value)) return value.map(ordered);
  if (!value || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, ordered(value[key])]));
}
const alike = (one, other) => JSON.stringify(ordered(one)) === JSON.stringify(ordered(other));

// The signed text ------------------------------------------------------------------------------------

function read(token) {
  const parts = token.split(".");
  if (parts.length !== 3) throw new Problem(words.form_bad);
  try {
    const [header, payload] = parts.slice(0, 2).map((part) => JSON.parse(textOf(base64url(part))));
    return { header, payload, input: bytesOf(`${parts[0]}.${parts[1]}`), signature: base64url(parts[2]) };
  } catch {
    throw new Problem(words.form_bad);
  }
}

async function served(findings) {
  const url = `${form.dataset.page}.jws`;
  const answer = await ask(url, "application/json, text/plain;q=0.9");
  if (answer.status === 410) {
    const gone = await answer.json();
    findings.bad("gone", { reason: gone.revocationReason ?? "" }, "server");
    return null;
  }
  if (!answer.ok) throw new Problem(say("unreachable", { what: url }));
  const token = (await answer.text()).trim();
  findings.good("text", { size: token.length, hash: hex(await sha256(bytesOf(token))) }, "server");
  return token;
}

// Open Badges 3.0, as JSON or as a token.
function isCredential(text) {
  try {
    const said = text.startsWith("{") ? JSON.parse(text) : read(text).payload;
    return Boolean(said.credentialSubject ?? said.vc);
  } catch {
    return false;
  }
}

// The text to check: that of the file, where one was chosen; else what the server gave.
async function chosen(file, token, findings) {
  if (!file) return token;
  const own = await unbaked(file).catch((problem) => {
    findings.line("bad", words.file_bad, problem.message, "here");
    return null;
  });
  if (own === null) return token;
  if (isCredential(own)) {
    findings.line("warn", words.file_credential, words.file_credential_more, "here");
    return token;
  }
  if (own.startsWith("{")) {
    const hosted = await documentAt(form.dataset.page).catch(() => null);
    let said = null;
    try { said = JSON.parse(own); } catch { /* no JSON: not alike */ }
    findings.judge(said !== null && alike(said, hosted), "file_hosted", "file_other");
    return token;
  }
  if (own === token) findings.good("file_same");
  else if (token === null) findings.good("file_alone");
  else findings.line("warn", words.file_other, words.file_other_more, "here");
  return own;
}

async function checkSignature(text, findings) {
  if (text.header.alg !== "RS256") return findings.bad("algorithm_bad", { what: String(text.header.alg) });
  const url = text.payload.verification?.creator ?? "";
  const key = await documentAt(url);
  let fits = false;
  try {
    const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    const usable = await crypto.subtle.importKey("spki", pem(key.publicKeyPem), rsa, false, ["verify"]);
    fits = await crypto.subtle.verify(rsa.name, usable, text.signature, text.input);
  } catch {
    return findings.bad("key_bad");
  }
  findings.judge(fits, "signature", "signature_bad", { key: url });
  return checkOwner(text.payload, key, url, findings);
}

async function checkOwner(payload, key, url, findings) {
  const badge = await documentAt(idOf(payload.badge));
  const profile = await documentAt(idOf(badge.issuer));
  const owned = key.id === url && key.owner === profile.id;
  const listed = listOf(profile.publicKey).some((one) => idOf(one) === url) || (owned && await isFormerKey(profile.id, key));
  findings.judge(owned && listed, "owner", "owner_bad", { issuer: profile.name });
  const list = await documentAt(profile.revocationList);
  const ids = listOf(list.revokedAssertions).map(idOf);
  findings.judge(!ids.includes(payload.id), "unrevoked", "revoked", {}, "server");
}

// Keys that signed earlier and are still to be believed stand in the issuer's DID document.
async function isFormerKey(issuer, key) {
  const known = await documentAt(`${issuer}/did.json`).catch(() => ({}));
  const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const usable = await crypto.subtle.importKey("spki", pem(key.publicKeyPem), rsa, true, ["verify"]);
  const { n, e } = await crypto.subtle.exportKey("jwk", usable);
  return listOf(known.verificationMethod).some(({ publicKeyJwk: one }) => one && one.n === n && one.e === e);
}

function checkDates(payload, findings) {
  const { issuedOn, expires } = payload;
  findings.judge(new Date(issuedOn) <= new Date(), "issued", "issued_bad", { date: day(issuedOn) });
  if (!expires) findings.good("endless");
  else findings.judge(new Date(expires) > new Date(), "unexpired", "expired", { date: day(expires) });
}

async function checkPerson(recipient, typed, findings) {
  const address = typed.trim().toLowerCase();
  if (!address) return;
  const hashed = `sha256$${hex(await sha256(bytesOf(address + (recipient.salt ?? ""))))}`;
  if (hashed === recipient.identity) findings.good("person");
  else findings.line("warn", words.person_bad, words.person_bad_more, "here");
}

async function checkReceipt(token, findings) {
  const receipt = await documentAt(`${form.dataset.page}/receipt.json`);
  const hash = hex(await sha256(bytesOf(token)));
  findings.judge(hash === receipt.signed_sha256, "receipt", "receipt_bad", {}, "server");
}

// The register ---------------------------------------------------------------------------------------

const above = (left, right) => sha256(joined([1], left, right));

// RFC 9162, 2.1.3.2. Sizes stay below 2**53, so that numbers are exact; no shifts, which end at 32 bits.
async function includes(leaf, index, size, path, root) {
  if (!(index >= 0 && index < size)) return false;
  let [place, last, node] = [index, size - 1, leaf];
  const up = () => { place = Math.floor(place / 2); last = Math.floor(last / 2); };
  for (const sibling of path) {
    if (last === 0) return false;
    if (place % 2 || place === last) {
      node = await above(sibling, node);
      while (place && place % 2 === 0) up();
    } else {
      node = await above(node, sibling);
    }
    up();
  }
  return last === 0 && same(node, root);
}

async function checkEntry(entry, token, checkpoint, findings) {
  const leaf = JSON.parse(entry.leaf);
  const speaksOf = async (text) =>
    Boolean(entry.salt) && hex(await sha256(joined(base64(entry.salt), bytesOf(text)))) === leaf.commitment;
  const values = { entry: entry.entry, date: day(leaf.at), logged: day(leaf.logged) };
  const isSealed = Boolean(entry.inclusion && checkpoint);
  if (isSealed) {
    const hash = await sha256(joined([0], bytesOf(entry.leaf)));
    const path = entry.inclusion.map(base64);
    if (!await includes(hash, entry.entry - 1, checkpoint.size, path, checkpoint.root)) return findings.bad("entry_bad", values);
  }
  const isOurs = entry.statement === undefined && await speaksOf(token);
  if (isOurs && leaf.kind === "issued" && new Date(read(token).payload.issuedOn).getTime() !== new Date(leaf.at).getTime()) {
    return findings.bad("date_bad", values);
  }
  if (entry.statement !== undefined && entry.salt && !await speaksOf(entry.statement)) return findings.bad("entry_bad", values);
  const kind = { issued: "issued_what", revoked: "revoked_what" }[leaf.kind] ?? leaf.kind;
  const title = isOurs ? say("entry", values) : say("other_entry", { ...values, what: say(kind) });
  const text = say("entry_more", values) + (isSealed ? "" : ` ${words.pending}`);
  findings.line(isSealed ? "good" : "none", title, text, "here");
  return isOurs;
}

async function checkCheckpoint(given, origin, findings) {
  const [named, size, root, at] = given.note.split("\n");
  const [name, , encoded] = given.verifier.split(/\+(.*?)\+(.*)/s);
  const published = pem((await documentAt(given.key)).publicKeyPem);
  const raw = base64(encoded).subarray(1);
  const values = { date: day(at.replace("at ", "")), size, key: given.key };
  const seal = { size: Number(size), root: base64(root) };
  if (named !== origin || name !== origin || !same(raw, published.subarray(-32))) {
    findings.bad("sealed_bad", values);
    return seal;
  }
  try {
    const fits = await isSigned(given.note, origin, raw);
    findings.judge(fits, "sealed", "sealed_bad", values);
  } catch {
    findings.open("sealed_open");
  }
  return seal;
}

async function isSigned(note, name, raw) {
  const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  const id = (await sha256(joined(bytesOf(name), [10, 1], raw))).subarray(0, 4);
  const end = note.lastIndexOf("\n\n") + 1;
  for (const line of note.slice(end + 1).split("\n")) {
    const [dash, signer, written] = line.split(" ");
    if (dash !== "\u2014" || signer !== name) continue;
    const signature = base64(written);
    if (!same(signature.subarray(0, 4), id)) continue;
    return crypto.subtle.verify("Ed25519", key, signature.subarray(4), bytesOf(note.slice(0, end)));
  }
  return false;
}

async function checkRegister(token, findings) {
  const answer = await ask(`${form.dataset.page}/register.json`);
  if (answer.status === 404) return findings.open("no_register");
  if (!answer.ok) throw new Problem(say("unreachable", { what: answer.url }));
  const proof = await answer.json();
  const checkpoint = proof.checkpoint ? await checkCheckpoint(proof.checkpoint, proof.origin, findings) : null;
  let isEntered = false;
  for (const entry of proof.entries) isEntered = (await checkEntry(entry, token, checkpoint, findings)) || isEntered;
  if (!isEntered && token) findings.bad("no_entry");
}

// All of it ------------------------------------------------------------------------------------------

// What cannot be reached is said, and the rest goes on.
async function attempt(findings, check) {
  try {
    return await check();
  } catch (problem) {
    const text = problem instanceof Problem ? problem.message : String(problem);
    findings.line("bad", text, "", "here");
    return null;
  }
}

async function run(findings) {
  if (!globalThis.crypto?.subtle) return findings.line("none", words.unsupported, "", "here");
  const own = await attempt(findings, () => served(findings));
  const token = await chosen(document.getElementById("check-file").files[0], own, findings);
  if (token) {
    const text = await attempt(findings, () => read(token));
    if (text) {
      findings.judge(text.payload.id === `urn:uuid:${form.dataset.award}`, "id", "id_bad");
      await attempt(findings, () => checkSignature(text, findings));
      await attempt(findings, () => checkDates(text.payload, findings));
      await attempt(findings, () => checkPerson(text.payload.recipient ?? {}, document.getElementById("check-address").value, findings));
    }
  }
  if (own) await attempt(findings, () => checkReceipt(own, findings));
  await attempt(findings, () => checkRegister(token ?? "", findings));
}

function conclude({ good, bad, warn, none }) {
  const name = bad ? "some_bad" : none || warn ? "some_open" : "all_good";
  const notice = piece(`template[data-notice="${bad ? "bad" : none || warn ? "warn" : "good"}"]`);
  const place = notice.querySelector(".say");
  const strong = document.createElement("strong");
  strong.textContent = words[name];
  place.replaceChildren(strong, ` ${words[`${name}_more`]}`);
  found.querySelector("[data-browser-verdict]").replaceChildren(notice);
  announce(say("done", { good, bad, open: none + warn }));
}

form.hidden = false;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  const list = found.querySelector(".checks");
  button.disabled = true;
  list.replaceChildren();
  found.querySelector("[data-browser-verdict]").replaceChildren();
  found.hidden = false;
  announce(words.working);
  const findings = new Findings(list);
  await attempt(findings, () => run(findings));
  conclude(findings.count);
  button.disabled = false;
  found.focus();
});
