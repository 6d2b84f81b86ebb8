// Forms: the error summary takes the focus; a form is sent once; links of the summary focus their field; a form that was
// open while its reader signed in again, in another tab, is sent with the token of now.
document.querySelector("[data-autofocus]")?.focus();

document.addEventListener("click", (event) => {
  const link = event.target.closest(".error-summary a[href^='#']");
  const target = link && document.getElementById(link.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  const field = target.matches("input, select, textarea") ? target : target.querySelector("input, select, textarea") ?? target;
  field.focus();
  field.scrollIntoView({ block: "center" });
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const token = form.querySelector("input[name=csrfmiddlewaretoken]");
  if (token) token.value = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? token.value;
  if (event.defaultPrevented || form.method === "get" || form.hasAttribute("data-resend") || event.submitter?.hasAttribute("data-resend")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(() => { delete form.dataset.sent; event.submitter?.removeAttribute("aria-busy"); }, 8000);
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
});
