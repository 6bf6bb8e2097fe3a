// Recovery codes to the clipboard, where the browser lets a page write to it.
(function () {
  "use strict";
  const button = document.getElementById("copy");
  if (!navigator.clipboard) { return; }
  button.hidden = false;
  button.addEventListener("click", function () {
    const codes = [...document.querySelectorAll("#codes code")].map((code) => code.textContent);
    navigator.clipboard.writeText(codes.join("\n")).then(function () {
      document.getElementById("copied").textContent = "Copied.";
    });
  });
})();
