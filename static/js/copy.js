// [data-copy]: shows its button and copies the value of its input.
import { announce } from "./announce.js";

for (const box of document.querySelectorAll("[data-copy]")) {
  const button = box.querySelector("button");
  const input = box.querySelector("input");
  const label = button.querySelector("[data-label]");
  const before = label.textContent;
  button.hidden = !navigator.clipboard;
  input.addEventListener("focus", () => input.select());
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(input.value);
    label.textContent = button.dataset.done;
    announce(button.dataset.done);
    setTimeout(() => { label.textContent = before; }, 2500);
  });
}
