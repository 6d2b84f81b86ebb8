// The award page: pasted and typed people become rows at once, previews open beside the form.
// Without this script the same form does the same by its buttons.
import { announce } from "./announce.js";

const form = document.getElementById("award-form");
const box = document.getElementById("people");
const label = document.querySelector('label[for="people"]');
const button = document.getElementById("award-button");
let busy = false;

// People: sent to be read when pasted, when a line is complete, and when the box is left.
box.addEventListener("paste", () => setTimeout(read));
box.addEventListener("change", read);
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !box.value.trim()) return;
  event.preventDefault();
  read();
});
form.addEventListener("change", (event) => { if (event.target.closest("#award-people")) judge(); });
form.addEventListener("click", (event) => {
  const remove = event.target.closest("[data-remove]");
  if (!remove) return;
  event.preventDefault();
  remove.closest("tr").remove();
  judge();
  box.focus();
});

// Leaving the box may bring the rows while the button is being pressed: what is then under the finger is no longer what
// was pressed, and must not award.
let pressed = null;
button.addEventListener("pointerdown", () => { pressed = meaning(); });
button.addEventListener("click", (event) => {
  const isAnother = event.detail && pressed !== null && pressed !== meaning();
  if (isAnother || button.getAttribute("aria-disabled") === "true") event.preventDefault();
  pressed = null;
});
// Where it has just become the one that awards, it rests for a moment: the second half of a double click, and a key that
// was on its way, are for the button that was there before.
rest();
function rest() {
  if (button.value !== "award") return;
  const how = document.activeElement === button ? "aria-disabled" : "disabled"; // disabled, it would lose the focus
  button.setAttribute(how, "true");
  setTimeout(() => { button.removeAttribute(how); }, 400);
}
function meaning() {
  return `${button.value} ${document.querySelectorAll("#award-people tbody tr").length}`;
}

function read() {
  const text = box.value;
  if (text.trim()) judge(text);
}

// Asks the server for the rows as they are now, with `text` read into them.
async function judge(text = "") {
  if (busy) { setTimeout(() => judge(text), 150); return; }
  busy = true;
  const data = new FormData(form);
  data.delete("files");
  data.set("people", text);
  const sent = values();
  try {
    const response = await fetch(form.action, { method: "POST", body: data, headers: { "X-Part": "people" } });
    if (response.ok && !response.redirected) show(await response.text(), text, sent);
  } finally {
    busy = false;
  }
}

function show(html, text, sent) {
  const typed = values();
  const focused = document.activeElement?.id;
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("award-people");
  if (!fresh) return;
  document.getElementById("award-people").replaceWith(fresh);
  // What was typed while the answer was on its way stays.
  for (const [id, value] of typed) {
    const field = document.getElementById(id);
    if (field && value !== sent.get(id)) field.value = value;
  }
  if (text) box.value = [fresh.dataset.rest, box.value.startsWith(text) ? box.value.slice(text.length).trimStart() : box.value].filter(Boolean).join("\n");
  if (focused && focused !== document.activeElement?.id) document.getElementById(focused)?.focus();
  const before = button.value;
  button.textContent = fresh.dataset.button.trim();
  button.value = fresh.dataset.ready === "0" ? "check" : "award";
  if (button.value !== before) rest();
  if (fresh.querySelector("tr")) label.textContent = label.dataset.more;
  if (fresh.dataset.say) announce(fresh.dataset.say);
  refresh();
}

function values() {
  return new Map([...document.querySelectorAll("#award-people input[id], #award-people textarea[id]")].map((field) => [field.id, field.value]));
}

// Another link: one more pair of fields, without a round trip.
form.querySelector("[data-more-links]").addEventListener("click", (event) => {
  event.preventDefault();
  const rows = form.querySelectorAll(".link-row");
  if (rows.length >= 10) return;
  const copy = rows[rows.length - 1].cloneNode(true);
  const number = rows.length + 1;
  for (const element of copy.querySelectorAll("[id], [for]")) {
    for (const name of ["id", "for"]) if (element.hasAttribute(name)) element.setAttribute(name, element.getAttribute(name).replace(/\d+/, number));
  }
  for (const label of copy.querySelectorAll("label")) label.textContent = label.textContent.replace(/\d+/, number);
  for (const input of copy.querySelectorAll("input")) { input.value = ""; input.removeAttribute("aria-invalid"); input.removeAttribute("aria-describedby"); }
  for (const error of copy.querySelectorAll(".error")) error.remove();
  rows[rows.length - 1].after(copy);
  copy.querySelector("input").focus();
});

// Previews: in a frame beside the form instead of a new tab. A new frame each time: no steps in the history.
const panel = document.getElementById("preview");
const previews = [...panel.querySelectorAll("[data-preview]")];
let shown = null;
let frame = null;
for (const one of previews) {
  one.formTarget = "preview-frame";
  one.setAttribute("aria-pressed", "false");
  one.addEventListener("click", () => {
    shown = one;
    const next = document.createElement("iframe");
    next.name = "preview-frame";
    next.className = "preview-frame";
    next.title = `${form.dataset.saidPreview}: ${one.textContent.trim()}`;
    if (frame) frame.replaceWith(next); else panel.append(next);
    frame = next;
    for (const other of previews) other.setAttribute("aria-pressed", String(other === one));
  });
}
let timer = 0;
function refresh() {
  if (!shown) return;
  clearTimeout(timer);
  timer = setTimeout(() => { shown.click(); }, 600);
}
form.addEventListener("change", (event) => { if (!event.target.closest("#award-people") && event.target !== box) refresh(); });
