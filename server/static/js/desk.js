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
