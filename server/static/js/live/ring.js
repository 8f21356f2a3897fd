// The count in its ring: three ribbons, as thick as the leg is high, as long as their seconds.
// Before the first repetition, and between sets, it shows the repetitions done of those asked for.
import { html, useEffect, useRef, useState } from "./html.js";
import { arcs, HEIGHTS, onRing, ribbon } from "./shapes.js";
import { isReady, isRunning, measuredTempo, paceAt, ringTempo, secondsIntoRep } from "./view.js";

const FRAME_MS = 40; // 25 pictures a second are smooth for a slow knob
const STEP_MS = 1000; // under reduced motion the ring steps
const MOST_PARTS = 30; // more would be a hedgehog

export function Ring({ state, count, say }) {
  const aheadS = useSecondsSince(state);
  const earlier = useEarlierTempo(state);
  const phases = isRunning(state) ? ringTempo(state, earlier) : null;
  const pace = phases && paceAt(phases, secondsIntoRep(state, aheadS));
  return html`
    <section class="ring" aria-label=${say("reps_region")}>
      <svg viewBox="0 0 350 350" aria-hidden="true">
        ${phases ? tempoRing(phases, pace) : progressRing(count, state.target_reps)}
      </svg>
      <${Count} count=${count} target=${state.target_reps} say=${say} />
    </section>
    <${PhaseWord} phases=${phases} pace=${pace} state=${state} say=${say} />
  `;
}

function Count({ count, target, say }) {
  const flashes = useFlashes(count);
  return html`
    <div class="ring__inside">
      ${flashes > 0 && html`<div class="flash" key=${flashes}></div>`}
      <output class="count" aria-live="polite" data-digits=${String(count).length}>${count}</output>
      <p class="count__of">
        ${target ? say("of", { n: target }) : say("number_of_reps", { n: count })}
      </p>
    </div>
  `;
}

function PhaseWord({ phases, pace, state, say }) {
  if (!isRunning(state)) return null;
  if (!phases) {
    const key = isReady(state) ? "phase.go" : "phase.moving";
    return html`<p class="phase phase--quiet">${say(key)}</p>`;
  }
  if (phases.length === 1) return html`<${WholeRep} seconds=${phases[0].seconds} say=${say} />`;
  if (!pace) return html`<p class="phase phase--quiet">${say("phase.next")}</p>`;
  return html`
    <p class="phase">
      <span>${say(`phase.${phases[pace.index].name}`)}</span>
      <span class="phase__seconds">${Math.ceil(pace.leftS)}<small>${say("seconds")}</small></span>
    </p>
  `;
}

function WholeRep({ seconds, say }) {
  return html`
    <p class="phase phase--quiet">
      <span class="phase__seconds">${say.number(seconds, 1)}<small>${say("seconds")}</small></span>
      <span>${say("phase.a_rep")}</span>
    </p>
  `;
}

function tempoRing(phases, pace) {
  const ring = arcs(phases);
  const knobAt = pace ? ring[pace.index].from + span(ring[pace.index]) * pace.share : 0;
  const knob = onRing(knobAt);
  return html`
    ${ring.map((arc, index) => tempoRibbon(arc, index, pace))}
    <circle class="ring__knob" cx=${knob.x.toFixed(1)} cy=${knob.y.toFixed(1)} r="15" />
  `;
}

function tempoRibbon(arc, index, pace) {
  const height = HEIGHTS[arc.name];
  const isPast = pace && index < pace.index;
  const isNow = pace && index === pace.index;
  return html`
    <path class=${isPast ? "ring__past" : "ring__track"} d=${ribbon(arc, height)} />
    ${isNow && html`<path class="ring__now" d=${ribbon(arc, height, pace.share)} />`}
  `;
}

function progressRing(count, target) {
  const parts = target && target <= MOST_PARTS ? target : 1;
  const ring = arcs(Array.from({ length: parts }, () => ({ seconds: 1 })));
  const done = target ? count : 0;
  return ring.map((arc, index) => html`
    <path class=${index < done ? "ring__past" : "ring__track"} d=${ribbon(arc, () => 0.25)} />
  `);
}

const span = ({ from, to }) => to - from;

// Counts how often the number went up in front of the reader's eyes.
function useFlashes(count) {
  const before = useRef(count);
  const flashes = useRef(0);
  if (count > before.current) flashes.current += 1;
  before.current = count;
  return flashes.current;
}

// The phases of the set before, for the ring of a set whose own are not known yet.
function useEarlierTempo(state) {
  const earlier = useRef(null);
  earlier.current = measuredTempo(state) ?? earlier.current;
  return earlier.current;
}

// Seconds since this state arrived; redraws while a set is running.
function useSecondsSince(state) {
  const arrived = useRef({ state: null, atMs: 0 });
  const [nowMs, setNow] = useState(0);
  if (arrived.current.state !== state) arrived.current = { state, atMs: performance.now() };
  const isMoving = isRunning(state) && state.sensor.link === "streaming";
  useEffect(() => {
    if (!isMoving) return undefined;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const timer = setInterval(() => setNow(performance.now()), isStill ? STEP_MS : FRAME_MS);
    return () => clearInterval(timer);
  }, [isMoving]);
  return isMoving ? Math.max(0, nowMs - arrived.current.atMs) / 1000 : 0;
}
