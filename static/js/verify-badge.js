// Verifying a signed badge with WebCrypto, from bytes and keys that are at hand: no network, no clock, no page.
// `known` is what is known of issuers: {keys: [{id, did, algorithm, pem}], revoked: {award: reason}, badges: {id: name}}.

const PARAMETERS = {
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  EdDSA: { name: "Ed25519" },
};
const MOST_BYTES = 5_000_000;
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

// What cannot be read as a badge: `code` says why.
export class Unreadable extends Error {
  constructor(code) { super(code); this.code = code; }
}

// Bytes of canonical base64url: one spelling for each value, no padding.
export function fromBase64url(text) {
  if (!/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1) throw new Unreadable("malformed");
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/") + "===".slice((text.length + 3) % 4));
  const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  if (toBase64url(bytes) !== text) throw new Unreadable("malformed");
  return bytes;
}

export function toBase64url(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

// {header, payload, signature, signed} of a compact JWS (RFC 7515).
export function readToken(token) {
  const parts = token.trim().split(".");
  if (parts.length !== 3) throw new Unreadable("malformed");
  const [header, payload, signature] = parts.map(fromBase64url);
  return {
    header: readJson(header),
    payload: readJson(payload),
    signature,
    signed: new TextEncoder().encode(`${parts[0]}.${parts[1]}`),
  };
}

function readJson(bytes) {
  let value;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Unreadable("malformed");
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Unreadable("malformed");
  return value;
}

// The CryptoKey of a public key in PEM (SubjectPublicKeyInfo); rejects where the browser lacks the algorithm.
export async function importKey(pem, algorithm) {
  const body = pem.replace(/-----[^-]+-----/g, "").replace(/\s+/g, "");
  const bytes = Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
  return crypto.subtle.importKey("spki", bytes, PARAMETERS[algorithm], false, ["verify"]);
}

// The proof inside of a badge: a token, or the JSON text of a hosted badge. Takes the bytes of a PNG, SVG, JWS or JSON.
export function proofOf(bytes) {
  if (bytes.length > MOST_BYTES) throw new Unreadable("too_large");
  if (PNG.every((byte, place) => bytes[place] === byte)) return fromPng(bytes);
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes).replace(/^\uFEFF/, "").trim();
  } catch {
    throw new Unreadable("no_badge");
  }
  return text.startsWith("<") ? fromSvg(text) : text;
}

function fromPng(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = [];
  for (let place = 8; place + 12 <= bytes.length;) {
    const length = view.getUint32(place);
    const kind = String.fromCharCode(...bytes.subarray(place + 4, place + 8));
    if (place + 12 + length > bytes.length) throw new Unreadable("truncated");
    const data = bytes.subarray(place + 8, place + 8 + length);
    if (kind === "iTXt" || kind === "tEXt") found.push(...badgeIn(kind, data));
    if (kind === "IEND") break;
    place += 12 + length;
  }
  return onlyOne(found);
}

// iTXt: keyword, NUL, compressed, method, language, NUL, translated keyword, NUL, text. tEXt: keyword, NUL, text.
function badgeIn(kind, data) {
  const end = data.indexOf(0);
  const keyword = new TextDecoder("latin1").decode(data.subarray(0, end));
  if (end < 0 || keyword !== "openbadges") return [];
  if (kind === "tEXt") return [new TextDecoder("latin1").decode(data.subarray(end + 1))];
  if (data[end + 1] !== 0) throw new Unreadable("compressed");
  const language = data.indexOf(0, end + 3);
  const translated = data.indexOf(0, language + 1);
  return [new TextDecoder().decode(data.subarray(translated + 1))];
}

function fromSvg(text) {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new Unreadable("hostile");
  const page = new DOMParser().parseFromString(text, "image/svg+xml");
  if (page.querySelector("parsererror")) throw new Unreadable("no_badge");
  const places = [...page.getElementsByTagNameNS("*", "assertion")].filter((one) => /openbadges/.test(one.namespaceURI || ""));
  return onlyOne(places.map((one) => one.textContent.trim() || one.getAttribute("verify") || ""));
}

function onlyOne(found) {
  if (found.length === 0) throw new Unreadable("no_badge");
  if (found.length > 1) throw new Unreadable("several_badges");
  return found[0].trim();
}

// {verdict, checks: [{code, outcome}], badge, award, issued, expires, reason}. Verdicts: valid, expired, revoked, invalid,
// stranger (signed with a key that is not known here), unsupported (the browser lacks the algorithm). `at`: a Date.
export async function judgeToken(token, known, at) {
  const read = readToken(token);
  const claim = read.payload;
  const award = (String(claim.id || claim.jti || "").match(UUID) || [""])[0];
  const facts = {
    award,
    issued: claim.issuedOn || claim.validFrom || "",
    expires: claim.expires || claim.validUntil || "",
    badge: known.badges[claim.badge] || nameIn(claim),
  };
  const checks = [];
  const note = (code, outcome) => { checks.push({ code, outcome }); return outcome === "passed"; };
  const key = keyOf(read, known);
  if (!note("key", key ? "passed" : "failed")) return { verdict: "stranger", checks, ...facts };
  if (!note("algorithm", read.header.alg === key.algorithm ? "passed" : "failed")) return { verdict: "invalid", checks, ...facts };
  const fits = await signatureFits(read, key);
  if (fits === null) { note("signature", "not_checked"); return { verdict: "unsupported", checks, ...facts }; }
  if (!note("signature", fits ? "passed" : "failed")) return { verdict: "invalid", checks, ...facts };
  note("badge", facts.badge ? "passed" : "not_checked");
  const isRevoked = Object.hasOwn(known.revoked, award);
  if (!note("revocation", isRevoked ? "failed" : "passed")) return { verdict: "revoked", checks, ...facts, reason: known.revoked[award] };
  const hasExpired = facts.expires !== "" && !(new Date(facts.expires) > at);
  return { verdict: note("expiry", hasExpired ? "failed" : "passed") ? "valid" : "expired", checks, ...facts };
}

// 2.0 names its key in `verification.creator`, 3.0 (VC-JWT) in the header's kid. Only keys that are known count.
function keyOf(read, known) {
  const named = read.header.kid || (read.payload.verification || {}).creator;
  return known.keys.find((key) => typeof named === "string" && (key.id === named || key.did === named));
}

function nameIn(claim) {
  const achievement = (claim.credentialSubject || {}).achievement || {};
  return typeof achievement.name === "string" ? achievement.name : "";
}

async function signatureFits(read, key) {
  let imported;
  try {
    imported = await importKey(key.pem, key.algorithm);
  } catch {
    return null;
  }
  return crypto.subtle.verify(PARAMETERS[key.algorithm].name, imported, read.signature, read.signed);
}

// Whether a hosted badge says what was signed: the same statement under another id, verified in another way (OB 2.0).
export function saysTheSame(hosted, token) {
  const rest = ({ id, verification, ...said }) => JSON.stringify(sorted(said));
  return rest(hosted) === rest(readToken(token).payload);
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}

// The award that a hosted badge or a token speaks of.
export function awardOf(document) {
  return (String(document.id || "").match(UUID) || [""])[0];
}
