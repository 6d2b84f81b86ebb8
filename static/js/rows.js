// [data-rows]: rows of a Django formset added, taken away and moved without a round trip.
import { announce } from "./announce.js";

for (const box of document.querySelectorAll("[data-rows]")) enhance(box);

function enhance(box) {
  const list = box.querySelector(".rows-list");
  const template = box.querySelector("template");
  const total = box.querySelector(`[name="${box.dataset.rows}-TOTAL_FORMS"]`);
  const live = () => [...list.querySelectorAll("[data-row]")].filter((row) => !row.hidden);
  box.classList.add("enhanced");
  live().forEach(prepare);
  number();

  box.querySelector("[data-add]").addEventListener("click", (event) => {
    if (!template) return;
    event.preventDefault();
    const fragment = document.createElement("template");
    fragment.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value).replaceAll("__number__", live().length + 1);
    const row = fragment.content.querySelector("[data-row]");
    list.append(row);
    total.value = Number(total.value) + 1;
    prepare(row);
    number();
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    changed();
  });

  function prepare(row) {
    for (const button of row.querySelectorAll("[data-move], [data-remove]")) button.hidden = false;
    row.querySelector("[data-remove]")?.addEventListener("click", (event) => remove(row, event.currentTarget.dataset.said));
    for (const button of row.querySelectorAll("[data-move]")) button.addEventListener("click", () => move(row, button));
  }

  function remove(row, said) {
    const rows = live();
    const next = rows[rows.indexOf(row) + 1] ?? rows[rows.indexOf(row) - 1];
    row.querySelector("[name$='-DELETE']").checked = true;
    row.hidden = true;
    number();
    (next?.querySelector("[data-remove]") ?? box.querySelector("[data-add]")).focus();
    announce(said);
    changed();
  }

  function move(row, button) {
    const rows = live();
    const other = rows[rows.indexOf(row) + (button.dataset.move === "up" ? -1 : 1)];
    if (!other) return;
    if (button.dataset.move === "up") other.before(row); else other.after(row);
    number();
    button.focus();
    changed();
  }

  function number() {
    live().forEach((row, index) => {
      const order = row.querySelector("[name$='-ORDER']");
      if (order) order.value = index + 1;
    });
  }

  function changed() {
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
