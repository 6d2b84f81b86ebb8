// The reader of an exit kit: verifies files that somebody chooses, with what lies in the kit, and asks nobody.
import { awardOf, judgeToken, proofOf, saysTheSame, Unreadable } from "./verify-badge.js";

const MARKS = { valid: "good", expired: "warn", revoked: "bad", invalid: "bad", stranger: "warn", unsupported: "warn", unreadable: "warn", unsigned: "warn" };
const KINDS = /\.(png|svg|jws|jwt|json|txt)$|^[^.]+$/i;

function said(code) {
  const place = document.querySelector(`[data-word="${code}"]`);
  return place ? place.textContent : code;
}

// Files that say nothing of a badge are passed over in a folder, and named where they were chosen one by one.
async function readFiles(files) {
  const read = [];
  for (const file of files) {
    if (files.length > 1 && !KINDS.test(file.name)) continue;
    try {
      read.push({ name: file.name, proof: proofOf(new Uint8Array(await file.arrayBuffer())) });
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      if (files.length === 1) read.push({ name: file.name, problem: error.code });
    }
  }
  return read;
}

async function judge(one, tokens, known, at) {
  if (one.problem) return { verdict: "unreadable", checks: [], problem: one.problem };
  try {
    if (!one.proof.startsWith("{")) return await judgeToken(one.proof, known, at);
    const hosted = JSON.parse(one.proof);
    const token = tokens.get(awardOf(hosted));
    if (!token) return { verdict: "unsigned", checks: [], award: awardOf(hosted) };
    const result = await judgeToken(token, known, at);
    if (saysTheSame(hosted, token)) return result;
    return { ...result, verdict: "invalid", checks: [...result.checks, { code: "same", outcome: "failed" }] };
  } catch (error) {
    if (!(error instanceof Unreadable || error instanceof SyntaxError)) throw error;
    return { verdict: "unreadable", checks: [], problem: error.code || "malformed" };
  }
}

function show(list, one, result) {
  const row = document.createElement("li");
  row.className = "card stack reading";
  row.dataset.verdict = result.verdict;
  const title = document.createElement("h2");
  title.textContent = result.badge ? `${result.badge} · ${one.name}` : one.name;
  const verdict = document.createElement("p");
  const chip = document.createElement("span");
  chip.className = `chip ${MARKS[result.verdict]}`;
  chip.textContent = said(`short-${result.verdict}`);
  verdict.append(chip, " ", said(result.verdict));
  row.append(title, verdict);
  if (result.reason) row.append(line(said("reason"), result.reason));
  if (result.issued) row.append(line(said("issued"), result.issued.slice(0, 10)));
  if (result.expires) row.append(line(said("expires"), result.expires.slice(0, 10)));
  const checks = document.createElement("ul");
  for (const check of result.checks) {
    const item = document.createElement("li");
    item.textContent = `${check.outcome === "passed" ? "✓" : check.outcome === "failed" ? "✗" : "–"} ${said(`check-${check.code}`)}`;
    checks.append(item);
  }
  row.append(checks);
  list.append(row);
}

function line(label, text) {
  const row = document.createElement("p");
  row.textContent = `${label} ${text}`;
  return row;
}

async function look(files) {
  const list = document.getElementById("readings");
  const status = document.getElementById("reader-status");
  list.replaceChildren();
  status.textContent = said("reading");
  const read = await readFiles([...files]);
  const tokens = new Map();
  for (const one of read) {
    if (one.proof && /\.jws$/i.test(one.name)) tokens.set(one.name.replace(/\.jws$/i, ""), one.proof);
  }
  let bad = 0;
  for (const one of read) {
    const result = await judge(one, tokens, globalThis.KIT, new Date());
    bad += result.verdict !== "valid";
    if (list.children.length < 500) show(list, one, result);
  }
  status.textContent = `${read.length - bad} / ${read.length} ✓`;
  status.dataset.done = "yes";
}

for (const id of ["reader-files", "reader-folder"]) {
  const input = document.getElementById(id);
  if (input) input.addEventListener("change", () => look(input.files));
}
document.getElementById("reader").hidden = !globalThis.crypto?.subtle;
document.getElementById("reader-impossible").hidden = Boolean(globalThis.crypto?.subtle);
