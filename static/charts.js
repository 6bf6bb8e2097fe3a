// What charts have in common: colours from variables.css, dollars as elsewhere on the page, and drawing anew whenever
// the colours change or htmx puts another canvas in the place of the old one.
window.Charts = (function () {
  "use strict";
  const drawn = new Map();
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const dollars = (value) => "$" + value.toLocaleString("en-US", value >= 1000 ? { maximumFractionDigits: 0 }
    : value >= 1 || value === 0 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 }
    : { minimumFractionDigits: 4, maximumFractionDigits: 4 });
  const percent = (value) => (100 * value).toLocaleString("en-US", { maximumFractionDigits: 1 }) + " %";
  const isNarrow = (canvas) => canvas.parentElement.clientWidth < 500;

  // Draw the canvas of this id, where there is one, as `make` says of its data; the options are made anew each time.
  // Returns how to draw it again.
  function show(id, make) {
    function clear() {
      if (!drawn.has(id)) { return; }
      const { canvas } = drawn.get(id);
      drawn.get(id).destroy();
      drawn.delete(id);
      canvas.removeAttribute("style");
    }
    function draw() {
      clear();
      const canvas = document.getElementById(id);
      if (!canvas) { return; }
      const data = JSON.parse(document.getElementById(canvas.dataset.source).textContent);
      drawn.set(id, new Chart(canvas, make(data, canvas)));
      canvas.dataset.drawn = "yes";
    }
    draw();
    document.addEventListener("themechange", draw);
    // Before, or htmx would copy the style that a chart gives its canvas as an attribute, which the policy forbids.
    document.addEventListener("htmx:before:swap", clear);
    document.addEventListener("htmx:after:swap", draw);
    return draw;
  }

  // A whisker from `from` to `to`, in pixels, with a cap on either end.
  function whisker(ctx, from, to, y) {
    const cap = 4;
    ctx.strokeStyle = colour("--bar-error");
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    ctx.moveTo(from, y - cap); ctx.lineTo(from, y + cap);
    ctx.moveTo(from, y); ctx.lineTo(to, y);
    ctx.moveTo(to, y - cap); ctx.lineTo(to, y + cap);
    ctx.stroke();
  }

  // The same upright, of a colour, from one height to another.
  function upright(ctx, x, low, high, ink) {
    const cap = 4;
    ctx.strokeStyle = ink;
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    ctx.moveTo(x - cap, low); ctx.lineTo(x + cap, low);
    ctx.moveTo(x, low); ctx.lineTo(x, high);
    ctx.moveTo(x - cap, high); ctx.lineTo(x + cap, high);
    ctx.stroke();
  }

  const grid = { color: (line) => colour(line.tick && line.tick.value === 0 ? "--line-strong" : "--line") };
  const title = (text) => ({ display: true, text: text, color: colour("--ink-soft") });

  return { colour, dollars, percent, isNarrow, show, whisker, upright, grid, title };
})();
