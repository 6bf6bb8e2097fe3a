// Where a row of links is too long for the screen it scrolls: the page one is on is brought into it.
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  document.querySelectorAll("nav a[aria-current='page']").forEach(function (link) {
    const row = link.closest("nav");
    row.scrollLeft += link.getBoundingClientRect().left - row.getBoundingClientRect().left - (row.clientWidth - link.clientWidth) / 2;
  });
});
