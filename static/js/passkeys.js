// Passkeys need JavaScript: what uses them is shown only where it can work, and says so when it did not.
if (window.PublicKeyCredential) for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = false;
else for (const note of document.querySelectorAll("[data-no-passkey]")) note.hidden = false;

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  for (const note of document.querySelectorAll("[data-passkey-error]")) note.hidden = false;
});
document.addEventListener("click", (event) => {
  if (event.target.closest("button")) for (const note of document.querySelectorAll("[data-passkey-error]")) note.hidden = true;
}, true);
