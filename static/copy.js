// Buttons that take text along, where the browser lets them; those that come with a part of a page too.
(function () {
  "use strict";
  if (!navigator.clipboard) { return; }
  function reveal() {
    for (const button of document.querySelectorAll("[data-copy][hidden]")) { button.hidden = false; }
  }
  document.addEventListener("click", async function (event) {
    const button = event.target.closest("[data-copy]");
    if (!button) { return; }
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
  });
  document.addEventListener("htmx:after:swap", reveal);
  reveal();
})();
