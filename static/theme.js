// Light or dark: as the system says, until somebody chooses; the choice is kept in this browser. Loaded before the
// page is drawn, so that nothing flashes.
(function () {
  "use strict";
  const KEY = "truecost-theme";
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => localStorage.getItem(KEY);
  const isDark = () => (chosen() || (system.matches ? "dark" : "light")) === "dark";

  function show() {
    document.documentElement.setAttribute("data-bs-theme", isDark() ? "dark" : "light");
    const button = document.getElementById("theme");
    if (button) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(isDark()));
    }
    document.dispatchEvent(new Event("themechange"));
  }

  show();
  system.addEventListener("change", show);
  // Paper is white: charts are drawn for it too.
  window.addEventListener("beforeprint", function () {
    document.documentElement.setAttribute("data-bs-theme", "light");
    document.dispatchEvent(new Event("themechange"));
  });
  window.addEventListener("afterprint", show);
  document.addEventListener("DOMContentLoaded", function () {
    show();
    document.getElementById("theme").addEventListener("click", function () {
      localStorage.setItem(KEY, isDark() ? "light" : "dark");
      show();
    });
  });
})();
