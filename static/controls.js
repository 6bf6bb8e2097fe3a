// Leave words that say nothing out of the address, so that it can be shared; keep the table where it was scrolled to.
(function () {
  "use strict";
  document.addEventListener("submit", function (event) {
    if (!event.target.matches("form.controls")) { return; }
    for (const field of event.target.querySelectorAll("select, input")) { field.disabled = field.value === ""; }
  });
  function enable() {
    for (const field of document.querySelectorAll("form.controls :disabled")) { field.disabled = false; }
  }
  window.addEventListener("pageshow", enable);

  let place = null;
  document.addEventListener("htmx:before:swap", function () {
    const box = document.getElementById("figures");
    place = box && [box.scrollLeft, box.scrollTop];
  });
  document.addEventListener("htmx:after:swap", function () {
    enable();
    const box = document.getElementById("figures");
    if (box && place) { [box.scrollLeft, box.scrollTop] = place; }
  });
})();
