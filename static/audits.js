// A verdict by one key, while the card has the focus and no field of it does: no screen reader loses a letter of its own.
(function () {
  "use strict";
  const card = document.getElementById("review");
  if (!card) { return; }
  card.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) { return; }
    if (event.target.matches("input:not([type=hidden]), select, textarea")) { return; }
    const chosen = card.querySelector('[data-key="' + CSS.escape(event.key.toUpperCase()) + '"]');
    if (chosen) {
      event.preventDefault();
      chosen.click();
    }
  });
  const problem = card.querySelector("[aria-invalid=true], #problems");
  (problem || card).focus({ preventScroll: true });
})();
