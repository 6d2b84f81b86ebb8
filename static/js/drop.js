// [data-drop] around <input type="file">: drop a file anywhere on the zone; names what was chosen.
import { announce } from "./announce.js";

for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector('input[type="file"]');
  const chosen = zone.querySelector("output");
  const over = (on) => (event) => { event.preventDefault(); zone.classList.toggle("over", on); };
  zone.addEventListener("dragenter", over(true));
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  input.addEventListener("change", () => {
    const names = [...input.files].map((file) => file.name).join(", ");
    if (chosen) chosen.textContent = names;
    if (names) announce(names);
  });
}
