// The list of awards: tick all, count what is ticked.
const form = document.getElementById("awards-form");
const all = form?.querySelector("[data-tick-all]");
const boxes = form ? [...form.querySelectorAll('input[name="award"]')] : [];
const bar = document.getElementById("selection");
const say = bar?.querySelector("[data-ticked]");

function update() {
  const count = boxes.filter((box) => box.checked).length;
  bar.hidden = count === 0;
  say.textContent = `${count} ${say.dataset.ticked}`;
  all.checked = count === boxes.length;
  all.indeterminate = count > 0 && count < boxes.length;
}

if (bar && all) {
  all.hidden = false;
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; update(); });
  form.addEventListener("change", update);
  addEventListener("pageshow", update);
  update();
}
