// Preact with htm's template strings: no compiling step, no inline script.
import { h, render } from "../../vendor/preact.js";
import htm from "../../vendor/htm.js";

export const html = htm.bind(h);
export { render };
export { useEffect, useRef, useState } from "../../vendor/hooks.js";
