// A mail is as high as it is: no scroll bar within the page.
for (const frame of document.querySelectorAll("iframe.mail-frame")) {
  const fit = () => {
    const height = frame.contentDocument?.body?.getBoundingClientRect().height;
    if (height) frame.style.blockSize = `${Math.ceil(height) + 2}px`;
  };
  frame.addEventListener("load", fit);
  addEventListener("resize", fit);
  fit();
}
