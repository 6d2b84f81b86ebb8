// The editor of a badge: the picture and the advice follow what is typed; nothing typed is left behind unasked.
import { announce } from "./announce.js";

const form = document.getElementById("editor");
const picture = document.querySelector("[data-picture]");
const DESIGN = ["shape", "colour", "second_colour", "icon", "ring_text", "lower_text", "letters"];
let said = document.getElementById("advice").dataset.said;
let asked = 0;
let waiting;
let unsaved = "unsaved" in form.dataset;

for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;

form.addEventListener("input", changed);
form.addEventListener("change", changed);
form.addEventListener("submit", () => { unsaved = false; });
addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

// Enter in a line of text must not send a form that publishes.
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input:not([type=submit], [type=checkbox], [type=radio], [type=file])")) event.preventDefault();
});

// A remark leads to its input, in the language it speaks of.
document.addEventListener("click", (event) => {
  const link = event.target.closest("#advice a, .error-summary a");
  if (link && reveal(link.hash)) event.preventDefault();
});
reveal(location.hash);

function reveal(hash) {
  const target = hash && document.getElementById(hash.slice(1));
  if (!target || !form.contains(target)) return false;
  const language = target.closest("[data-lang]")?.dataset.lang;
  if (language && target.offsetParent === null) form.querySelector(`#shown_${language}`).checked = true;
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  const input = target.matches("input, select, textarea") ? target : target.querySelector("input:not([type=hidden]), select, textarea, button");
  input?.focus();
  input?.scrollIntoView({ block: "center" });
  return true;
}

function changed(event) {
  if (event.target.name === "shown") return;
  unsaved = true;
  if (event.target.name === "upload") return showUpload(event.target.files[0]);
  if (DESIGN.includes(event.target.name) || event.target.name === "picture_from" || event.target.name === "picture") showPicture();
  clearTimeout(waiting);
  waiting = setTimeout(askAdvice, 450);
}

function showPicture() {
  const own = form.querySelector("[name=picture_from]:checked")?.value === "own";
  if (own) {
    const chosen = form.querySelector("[name=picture]:checked, [name=picture][type=hidden]")?.closest("label, div")?.querySelector("img");
    if (chosen) show(chosen.src);
    return;
  }
  const values = new FormData(form);
  const query = new URLSearchParams(DESIGN.map((name) => [name, values.get(name) ?? ""]));
  show(`${form.dataset.preview}?${query}`);
}

function showUpload(file) {
  if (!file) return;
  form.querySelector("[name=picture_from][value=own]").checked = true;
  const reader = new FileReader(); // as a data: address, the only kind that the page may show
  reader.addEventListener("load", () => show(reader.result));
  reader.readAsDataURL(file);
}

function show(address) {
  let image = picture.querySelector("img");
  if (!image) {
    image = new Image(272, 272);
    picture.replaceChildren(image);
  }
  if (image.getAttribute("src") !== address) image.src = address;
}

async function askAdvice() {
  const number = ++asked;
  const values = new FormData(form);
  values.delete("upload");
  let answer;
  try {
    answer = await fetch(form.dataset.advice, { method: "POST", body: values });
  } catch {
    return; // offline: the page goes on as it is
  }
  if (!answer.ok || number !== asked) return;
  const fragment = document.createElement("template");
  fragment.innerHTML = await answer.text();
  const advice = fragment.content.querySelector("#advice");
  if (!advice) return;
  document.getElementById("advice").replaceWith(advice);
  follow(JSON.parse(advice.dataset.auto), values);
  if (advice.dataset.said !== said) announce(advice.dataset.said);
  said = advice.dataset.said;
}

// Inputs that follow take what the server wrote, unless somebody typed in them since.
function follow(suggested, sent) {
  for (const [name, text] of Object.entries(suggested)) {
    const kept = form.elements[`auto_${name}`];
    const followed = sent.get(name) === sent.get(`auto_${name}`);
    kept.value = text;
    if (!followed || new FormData(form).get(name) !== sent.get(name)) continue;
    const input = form.elements[name];
    if (input instanceof RadioNodeList) input.value = text;
    else input.value = text;
  }
  showPicture();
}
