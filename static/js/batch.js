// A batch that is being worked on: parts marked data-live are asked for anew every few seconds and replaced where they
// differ; when the batch enters another state the page is loaded anew. Rows typed over are checked as they are left.
// Without this script the same page does the same by its buttons and by being loaded again.
import { announce } from "./announce.js";

const root = document.querySelector("[data-batch]");
const EVERY = 3000;
let spoken = performance.now();

if (root.hasAttribute("data-running") || root.dataset.state === "done") setTimeout(follow, EVERY);

async function follow() {
  if (!document.hidden) {
    const fresh = await ask(location.pathname + location.search);
    if (fresh && fresh.dataset.state !== root.dataset.state && !isTyping()) {
      location.reload();
      return;
    }
    if (fresh) take(fresh);
  }
  setTimeout(follow, root.dataset.state === "done" ? EVERY * 5 : EVERY);
}

function isTyping() {
  return document.activeElement?.matches("input:not([type=hidden]), textarea, select");
}

async function ask(url, options = {}) {
  try {
    const response = await fetch(url, options);
    if (!response.ok) return null;
    return new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-batch]");
  } catch {
    return null; // offline for a moment: the next round asks again
  }
}

function take(fresh) {
  for (const part of root.querySelectorAll("[data-live]")) {
    const next = fresh.querySelector(`#${part.id}`);
    if (!next || next.innerHTML === part.innerHTML) continue;
    const focused = part.contains(document.activeElement) ? document.activeElement.id : null;
    if (focused === "") continue;
    part.innerHTML = next.innerHTML;
    if (focused) document.getElementById(focused)?.focus();
    if (!next.dataset.say || next.dataset.say === part.dataset.say) continue;
    part.dataset.say = next.dataset.say;
    // Politely: not with every number that moves.
    if (performance.now() - spoken > 15000) { spoken = performance.now(); announce(part.dataset.say); }
  }
}

// Rows that need a hand: what was typed is checked when the field is left.
const form = root.querySelector("[data-mend]");
let turn = Promise.resolve();
let checking = 0;
form?.addEventListener("change", (event) => {
  const row = event.target.closest("tr");
  if (!row) return;
  checking += 1;
  turn = turn.then(() => check(row)).finally(() => { checking -= 1; });
});
// Leaving the field by pressing “Award” has the row checked first: how many there are is seen before they are awarded.
root.querySelector(".batch-start form")?.addEventListener("submit", (event) => {
  if (!checking) return;
  event.preventDefault();
  turn.then(() => document.getElementById("award")?.focus());
});

async function check(row) {
  const data = new FormData();
  for (const field of form.querySelectorAll("input[type=hidden]")) data.set(field.name, field.value);
  for (const field of row.querySelectorAll("input")) data.set(field.name, field.value);
  const sent = new Map([...row.querySelectorAll("input")].map((field) => [field.id, field.value]));
  const fresh = await ask(form.action, { method: "POST", body: data });
  if (!fresh) return;
  if (fresh.dataset.state !== root.dataset.state) { location.reload(); return; } // somebody else was faster
  const focused = document.activeElement?.id;
  const typed = new Map([...row.querySelectorAll("input")].map((field) => [field.id, field.value]));
  const next = fresh.querySelector(`#${CSS.escape(row.id)}`);
  if (next) {
    row.replaceWith(next);
    for (const [id, value] of typed) if (value !== sent.get(id)) document.getElementById(id).value = value;
  } else {
    row.classList.remove("wrong");
    for (const field of row.querySelectorAll("input")) { field.removeAttribute("aria-invalid"); field.removeAttribute("aria-describedby"); }
    for (const gone of row.querySelectorAll(".error, .chip, button")) gone.remove();
    const chip = document.createElement("span");
    chip.className = "chip good";
    chip.textContent = form.dataset.ready;
    row.lastElementChild.append(chip);
  }
  announce(next?.querySelector(".error")?.textContent.trim() || next?.querySelector(".chip")?.textContent.trim() || form.dataset.ready);
  if (focused && focused !== document.activeElement?.id) document.getElementById(focused)?.focus();
  take(fresh);
  if (!document.getElementById("award") && fresh.querySelector("#award")) location.reload();
}
