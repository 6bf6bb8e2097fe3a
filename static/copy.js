// Buttons that take text along, where the browser lets them.
(function () {
  "use strict";
  if (!navigator.clipboard) { return; }
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async function () {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = "Copied";
    });
  }
})();
