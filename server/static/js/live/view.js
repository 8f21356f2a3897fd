// From the server's state to what the page shows. Decides, draws nothing.

const LOW_BATTERY_PCT = 15; // less may not last a session

const PHASES = ["concentric", "hold", "eccentric"];

export const isReady = (state) => state?.phase === "ready"; // started, nothing counted yet
export const isRunning = (state) => isReady(state) || state?.phase === "counting";
export const isOver = (state) => state?.phase === "between" || state?.phase === "stopped";

// The state as it will be once the server has what waits on the phone: taps show at once.
export function expected(state, waiting) {
  return state && waiting.reduce((before, { body }) => after(before, body), state);
}

function after(state, body) {
  switch (body.action) {
    case "start":
      return started(state, body);
    case "stop":
      return isRunning(state) ? stopped(state) : state;
    case "adjust":
      return state.phase === "idle" ? state : adjusted(state, body.by);
    default:
      return state; // a report: it is about the set, and the set stays as it is
  }
}

// A start or stop is for both sensors, a correction for the one whose count is the large number.
const besideAfter = ({ beside }, change) => beside && { ...beside, ...change };

function stopped(state) {
  return { ...state, phase: "stopped", beside: besideAfter(state, { phase: "stopped" }) };
}

function started(state, { exercise, target_reps }) {
  return {
    ...state,
    phase: "ready",
    outlook: "none",
    set_number: Math.max(1, state.set_number) + (state.phase === "idle" ? 0 : 1),
    exercise: exercise && { name: exercise },
    target_reps,
    auto_count: 0,
    adjustment: 0,
    count: 0,
    last_rep: null,
    pace: { reps_per_min: null, cue: null },
    shaking: { ...state.shaking, status: null, level: null },
    flags: [],
    beside: besideAfter(state, { phase: "ready", count: 0 }),
  };
}

function adjusted(state, by) {
  const count = Math.max(0, state.count + by);
  const phase = isReady(state) ? "counting" : state.phase;
  return { ...state, phase, count, adjustment: count - state.auto_count };
}

// What the page says of the connection: the server's socket, the last command's fate, the browser.
export function linkNow(socketLink, trouble, hasNetwork) {
  const links = [socketLink, trouble, hasNetwork ? null : "offline"];
  return ["signed_out", "offline"].find((link) => links.includes(link)) ?? "online";
}

// -> {text, isWrong, batteryPct}; text is for a screen reader while all is well.
export function linkChip(state, serverLink, say) {
  if (serverLink !== "online") {
    return { text: say(`chip.${serverLink}`), isWrong: true, batteryPct: null };
  }
  return sensorChip(state.sensor, say);
}

function sensorChip({ link, battery_pct: batteryPct }, say) {
  if (link !== "streaming") return { text: say(`chip.${link}`), isWrong: true, batteryPct: null };
  if (batteryPct !== null && batteryPct <= LOW_BATTERY_PCT) {
    return { text: say("chip.battery_low", { n: batteryPct }), isWrong: true, batteryPct: null };
  }
  const key = batteryPct === null ? "chip.streaming" : "chip.battery";
  return { text: say(key, { n: batteryPct }), isWrong: false, batteryPct };
}

// -> a line for each of two sensors: {place, text, isWrong}; none where there is one or none, for
// which the chip says it. One that has ended is no more told of.
export function sensorLines({ sensor, beside }, say, placed) {
  if (!beside) return [];
  return [sensor, beside.sensor]
    .filter(({ link }) => link !== "none")
    .map((one) => ({ place: placeOf(one, placed), ...sensorChip(one, say) }));
}

// Which of two sensors: where it is worn, or its name where that was not said.
export function placeOf(sensor, placed) {
  const where = placedKey(sensor);
  return where ? placed(where) : sensor.device;
}

// The phases of the last repetition with their seconds; null where they are not known (they are
// once its set has ended).
export function measuredTempo(state) {
  const rep = state?.last_rep;
  if (!rep) return null;
  const phases = PHASES.map((name) => ({ name, seconds: rep[`${name}_s`] }))
    .filter(({ seconds }) => seconds > 0);
  return phases.length >= 2 ? phases : null;
}

// What the ring shows: the last repetition, divided like those of the set before, where there was
// one; undivided otherwise. null before the first repetition.
export function ringTempo(state, earlier) {
  const rep = state.last_rep;
  if (!rep) return null;
  const measured = measuredTempo(state);
  if (measured) return measured;
  const seconds = rep.end_s - rep.start_s;
  if (!earlier) return [{ name: "whole", seconds }];
  const before = earlier.reduce((sum, phase) => sum + phase.seconds, 0);
  return earlier.map((phase) => ({ ...phase, seconds: (phase.seconds * seconds) / before }));
}

// Where the ring's knob is: seconds since the last repetition ended, on the stream's own clock.
// `aheadS` is what has passed here since the state came.
export function secondsIntoRep(state, aheadS) {
  return Math.max(0, (state.stream_s ?? state.last_rep.end_s) + aheadS - state.last_rep.end_s);
}

// -> {index, share, leftS} of the phase that a steady pace would be in, or null after the last.
export function paceAt(phases, elapsedS) {
  let start = 0;
  for (const [index, { seconds }] of phases.entries()) {
    if (elapsedS < start + seconds) {
      const into = elapsedS - start;
      return { index, share: into / seconds, leftS: seconds - into };
    }
    start += seconds;
  }
  return null;
}

// One line under the ring; the most important thing to know now.
export function cueKey(state) {
  const isGone = state.sensor.link === "none" && state.beside;
  const { link } = isGone ? state.beside.sensor : state.sensor;
  if (link === "lost") return "cue.lost";
  if (link === "quiet") return "cue.quiet";
  if (!isRunning(state)) return link === "none" ? "cue.no_sensor" : "cue.ready";
  if (state.pace.cue === "slower") return "cue.slower";
  if (state.flags.includes("gap")) return "cue.gap";
  if (state.outlook !== "none") return `cue.${state.outlook}`;
  if (state.auto_count === 0) return state.exercise ? "cue.begin" : "cue.first";
  return "cue.steady";
}

// -> {key, why, level, isUnknown}: which words and which drawing tell of the shaking.
export function shakingView(shaking) {
  const { status, level } = shaking;
  if (status === "tremor") {
    return { key: `tremor_${level ?? 1}`, why: "causes", level: level ?? 1, isUnknown: false };
  }
  if (status === "unknown") return { key: "unknown", why: "unknown_why", level: 2, isUnknown: true };
  if (status === "refused") return { key: "refused", why: "refused_why", level: 2, isUnknown: true };
  return { key: status ?? "waiting", why: null, level: 0, isUnknown: false };
}

export function placedKey({ placement, side }) {
  if (!placement) return null;
  return side ? `${placement}_${side}` : placement;
}
