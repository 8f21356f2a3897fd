// Wide charts scroll on narrow screens; where time runs to the right they open at the newest end.
for (const box of document.querySelectorAll('[data-newest="end"]')) {
  box.scrollLeft = box.scrollWidth;
}

// What scrolls must be reachable by keyboard; what does not must not take a stop.
function markScrollable() {
  for (const box of document.querySelectorAll(".scroll-x")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
markScrollable();
window.addEventListener("resize", markScrollable);

// A button that only a script can make work is shown only where scripts run.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
