// The rows of the page that show one thing each.
import { html } from "./html.js";
import { wave } from "./shapes.js";
import { linkChip, placedKey, placeOf, sensorLines, shakingView } from "./view.js";

export function Head({ state, exercise, link, say, placed }) {
  const where = placedKey(state.sensor);
  const set = say("set", { n: Math.max(1, state.set_number) });
  const lines = sensorLines(state, say, placed);
  return html`
    <header class="mat__head">
      <h1>${exercise ?? say("any_exercise")}</h1>
      <div class="mat__corner">
        ${(lines.length === 0 || link !== "online") &&
        html`<${LinkChip} state=${state} link=${link} say=${say} />`}
        <${Beside} beside=${state.beside} placed=${placed} />
      </div>
      <p>${where ? `${placed(where)} · ${set}` : set}</p>
      ${lines.length > 0 && html`<${SensorLines} lines=${lines} say=${say} />`}
    </header>
  `;
}

function SensorLines({ lines, say }) {
  return html`
    <ul class="sensors" role="status" aria-label=${say("two.region")}>
      ${lines.map(({ place, text, isWrong }) => html`
        <li><b>${place}</b> <span class=${isWrong ? "sensors__wrong" : ""}>${text}</span></li>
      `)}
    </ul>
  `;
}

// What the other sensor counted: beside the large number and never in it.
function Beside({ beside, placed }) {
  if (!beside) return null;
  return html`<p class="beside">${placeOf(beside.sensor, placed)} <b>${beside.count}</b></p>`;
}

function LinkChip({ state, link, say }) {
  const { text, isWrong, batteryPct } = linkChip(state, link, say);
  if (isWrong) return html`<span class="chip chip--watch" role="status">${text}</span>`;
  return html`
    <span class="chip chip--link" role="status">
      <span class="spoken">${text}</span>
      <${LinkIcon} />
      ${batteryPct !== null && html`<${BatteryIcon} pct=${batteryPct} />`}
      ${batteryPct !== null &&
      html`<span aria-hidden="true">${say("chip.battery_short", { n: batteryPct })}</span>`}
    </span>
  `;
}

function LinkIcon() {
  return html`
    <svg width="22" height="20" viewBox="0 0 22 20" fill="none" stroke="currentColor"
      stroke-width="2" stroke-linecap="round" aria-hidden="true">
      <circle cx="11" cy="10" r="2.2" fill="currentColor" stroke="none" />
      <path d="M6.5 14.5a6.4 6.4 0 0 1 0-9M15.5 5.5a6.4 6.4 0 0 1 0 9" />
      <path d="M3.2 17.5a10.8 10.8 0 0 1 0-15M18.8 2.5a10.8 10.8 0 0 1 0 15" />
    </svg>
  `;
}

function BatteryIcon({ pct }) {
  return html`
    <svg width="28" height="15" viewBox="0 0 28 15" fill="none" aria-hidden="true">
      <rect x="1" y="1" width="22" height="13" rx="3.5" stroke="currentColor" stroke-width="2" />
      <rect x="4" y="4" width=${(16 * pct) / 100} height="7" rx="1.2" fill="currentColor" />
      <path d="M26 5v5" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" />
    </svg>
  `;
}

export function Shaking({ shaking, say }) {
  const { key, why, level, isUnknown } = shakingView(shaking);
  return html`
    <section class="shake" aria-label=${say("shaking.region")}>
      <svg viewBox="0 0 64 34" aria-hidden="true">
        <path class=${isUnknown ? "wave wave--unknown" : "wave"} d=${wave(level)} />
      </svg>
      <p>
        <strong>${say(`shaking.${key}`)}</strong>
        ${why && html`<span class="shake__why">${say(`shaking.${why}`)}</span>`}
      </p>
    </section>
  `;
}

export function Fix({ state, waiting, onAdjust, say, placed }) {
  const taps = waiting.filter(({ body }) => body.action === "adjust").length;
  return html`
    <section class="fix" aria-label=${say("fix.region")}>
      <button class="big" type="button" aria-label=${say("fix.less")} onClick=${() => onAdjust(-1)}>
        −1
      </button>
      <p>
        ${countedWords(state, say)}
        ${taps > 0
          ? html`<small>${say("fix.waiting", { n: taps })}</small>`
          : html`<small class="fix__hint">${fixHint(state, say, placed)}</small>`}
      </p>
      <button class="big" type="button" aria-label=${say("fix.more")} onClick=${() => onAdjust(1)}>
        +1
      </button>
    </section>
  `;
}

function fixHint({ sensor, beside }, say, placed) {
  const place = beside && placeOf(sensor, placed);
  return place ? say("two.fix", { place }) : say("fix.hint");
}

function countedWords(state, say) {
  if (state.sensor.link === "none" && state.auto_count === 0) return say("fix.tapping");
  return say("fix.counted", { n: state.auto_count });
}

// The tick is for what the server has; until then the phone says that it holds on to it.
export function Saved({ count, isKeptHere, say }) {
  const key = isKeptHere ? "kept_here" : "saved";
  return html`
    <p class="saved">
      ${!isKeptHere && html`<${TickIcon} />`}
      <span>${count > 0 ? say(key, { n: count }) : say(`${key}_none`)}</span>
    </p>
  `;
}

function TickIcon() {
  return html`
    <svg width="26" height="26" viewBox="0 0 26 26" fill="none" stroke="currentColor"
      stroke-width="3" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d="M4 14l6.5 6.5L22 7" />
    </svg>
  `;
}

const REP_CHOICES = [5, 8, 10, 12, 15, 20];

// The usual ones, and what is prescribed.
function repChoices(reps) {
  if (reps === null || REP_CHOICES.includes(reps)) return REP_CHOICES;
  return [...REP_CHOICES, reps].sort((one, other) => one - other);
}

export function Choose({ choice, exercises, onChoose, say }) {
  return html`
    <section class="choose" aria-label=${say("choose.region")}>
      <label>
        ${say("choose.exercise")}
        <select value=${choice.exercise ?? ""}
          onChange=${(event) => onChoose({ exercise: event.target.value || null })}>
          <option value="">${say("choose.any")}</option>
          ${exercises.map(({ name, title }) => html`<option value=${name}>${title}</option>`)}
        </select>
      </label>
      <label>
        ${say("choose.reps")}
        <select value=${choice.target_reps ?? ""}
          onChange=${(event) => onChoose({ target_reps: Number(event.target.value) || null })}>
          ${repChoices(choice.target_reps).map((reps) => html`<option value=${reps}>${reps}</option>`)}
          <option value="">${say("choose.open")}</option>
        </select>
      </label>
    </section>
  `;
}
