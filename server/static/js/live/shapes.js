// The two drawings of the page, as SVG path data; numbers in, text out.

const CENTRE = 175;
const RADIUS = 158;
const THIN = 4; // half the ribbon's thickness where the leg rests
const THICK = 13.5; // and where it is held up
const STEP_RAD = Math.PI / 72;
const GAP_RAD = 0.055; // between two ribbons

const smooth = (x) => x * x * (3 - 2 * x);

// How high the leg is, 0..1, at the fraction x of each phase.
export const HEIGHTS = {
  concentric: (x) => smooth(x),
  hold: () => 1,
  eccentric: (x) => smooth(1 - x),
  whole: (x) => smooth(Math.min(1, 2 * Math.min(x, 1 - x))),
};

// phases: [{name, seconds}] -> [{name, seconds, from, to}], angles in rad clockwise from the top,
// as long as their seconds.
export function arcs(phases) {
  const total = phases.reduce((sum, phase) => sum + phase.seconds, 0);
  const gaps = GAP_RAD * phases.length;
  let angle = GAP_RAD / 2;
  return phases.map((phase) => {
    const from = angle;
    const to = from + (phase.seconds / total) * (2 * Math.PI - gaps);
    angle = to + GAP_RAD;
    return { ...phase, from, to };
  });
}

// The ribbon of an arc, drawn as far as `share` (0..1) of it.
export function ribbon({ from, to }, height, share = 1) {
  const steps = Math.max(2, Math.ceil(((to - from) * share) / STEP_RAD));
  const outer = [];
  const inner = [];
  for (let step = 0; step <= steps; step += 1) {
    const x = (step / steps) * share;
    const half = THIN + (THICK - THIN) * height(x);
    const angle = from + (to - from) * x;
    outer.push(point(angle, RADIUS + half));
    inner.unshift(point(angle, RADIUS - half));
  }
  return `M${[...outer, ...inner].join("L")}Z`;
}

export function onRing(angle) {
  return { x: CENTRE + RADIUS * Math.sin(angle), y: CENTRE - RADIUS * Math.cos(angle) };
}

function point(angle, radius) {
  const x = CENTRE + radius * Math.sin(angle);
  const y = CENTRE - radius * Math.cos(angle);
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}

const WAVE_WIDTH = 64;
const WAVE_MIDDLE = 17;
const WAVE_CYCLES = 6;
export const WAVE_HEIGHTS = [0, 3.5, 8, 14]; // none, a little, some, much

// A burst of shaking as a pen would draw it; level 0 is a calm line.
export function wave(level) {
  const points = [];
  for (let x = 2; x <= WAVE_WIDTH - 2; x += 1) {
    const along = (x - 2) / (WAVE_WIDTH - 4);
    const swing = WAVE_HEIGHTS[level] * Math.sin(Math.PI * along);
    const y = WAVE_MIDDLE - swing * Math.sin(2 * Math.PI * WAVE_CYCLES * along);
    points.push(`${x} ${y.toFixed(1)}`);
  }
  return `M${points.join("L")}`;
}
