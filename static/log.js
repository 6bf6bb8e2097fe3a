// What plain forms cannot do: minutes by button or by number, never both; save by Ctrl+Enter; errors are gone to at once.
(function () {
  "use strict";
  const form = document.getElementById("log");
  if (!form) { return; }
  const typed = form.elements.minutes;
  form.addEventListener("input", function (event) {
    if (event.target === typed && typed.value) {
      for (const button of form.querySelectorAll("[name=quick_minutes]")) { button.checked = false; }
    } else if (event.target.name === "quick_minutes") {
      typed.value = "";
    }
  });
  form.addEventListener("keydown", function (event) {
    const another = form.querySelector("[data-key=ctrl-enter]");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && another) {
      event.preventDefault();
      form.requestSubmit(another);
    }
  });
  // Tasks that were found may bring an answer with them: what it costs is to be told anew.
  document.addEventListener("htmx:after:swap", function (event) {
    if (event.target.name === "task_text") { form.dispatchEvent(new Event("change", { bubbles: true })); }
  });
  // Where there is a keyboard, one types at once; on a phone it would hide the tasks.
  const first = form.querySelector("[data-first]");
  if (first && window.matchMedia("(pointer: fine)").matches) { first.focus({ preventScroll: true }); }
  const problems = document.getElementById("problems");
  if (problems) { problems.focus(); }
})();
