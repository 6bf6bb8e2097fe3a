// Leave words that say nothing out of the address, so that it can be shared.
(function () {
  "use strict";
  const form = document.querySelector("form.controls");
  if (!form) { return; }
  form.addEventListener("submit", function () {
    for (const field of form.querySelectorAll("select, input")) { field.disabled = field.value === ""; }
  });
  window.addEventListener("pageshow", function () {
    for (const field of form.querySelectorAll(":disabled")) { field.disabled = false; }
  });
})();
