// Before the exercises: what helps, each to be ticked or skipped, and warmth for the low back. It is
// sent with the first start of the day; nothing has to be answered.
import { html, useEffect, useState } from "./html.js";
import { newId } from "./commands.js";

const ITEMS = ["water", "snack", "no_caffeine", "calm_place", "equipment"];
const HEAT_MIN = 20; // typically, says the article this comes from
const TICK_MS = 1000;

// What was answered today, kept on this phone: {prepared, heatEndsMs, heatMin, isSent}.
export function usePreparation(patientId) {
  const key = `steadyrep.prepared.${patientId}`;
  const [kept, setKept] = useState(() => todays(JSON.parse(localStorage.getItem(key))));

  function change(next) {
    const all = { ...kept, ...next, day: today() };
    localStorage.setItem(key, JSON.stringify(all));
    setKept(all);
  }

  // -> the workout to send with the first start of the day, or null.
  function begin() {
    if (kept.isSent) return null;
    change({ isSent: true });
    return { id: newId(), prepared: kept.prepared, heat_min: heatMin(kept) };
  }

  return { kept, change, begin };
}

const today = () => new Date().toDateString();
const fresh = { prepared: {}, heatBegunMs: null, heatEndedMs: null, isSent: false };

function todays(kept) {
  return kept?.day === today() ? kept : { ...fresh, day: today() };
}

function heatMin({ heatBegunMs, heatEndedMs }) {
  if (heatBegunMs === null) return null;
  const lasted = ((heatEndedMs ?? Date.now()) - heatBegunMs) / 60_000;
  return Math.round(10 * Math.min(lasted, HEAT_MIN)) / 10;
}

export function Prepare({ preparation, equipment, say }) {
  const { kept, change } = preparation;
  const answered = (item, value) => {
    const prepared = { ...kept.prepared };
    if (prepared[item] === value) delete prepared[item];
    else prepared[item] = value;
    change({ prepared });
  };
  return html`
    <details class="prepare">
      <summary>${say("prepare.title")}</summary>
      <p>${say("prepare.lead")}</p>
      <ul>
        ${ITEMS.map((item) => html`
          <li>
            <button type="button" class="prepare__tick" role="checkbox"
              aria-checked=${String(kept.prepared[item] === true)}
              onClick=${() => answered(item, true)}>
              <b>${say(`prepare.${item}`)}</b>
              <small>${item === "equipment" && equipment ? equipment : say(`prepare.${item}_how`)}</small>
            </button>
            <button type="button" class="prepare__skip" aria-pressed=${String(kept.prepared[item] === false)}
              aria-label=${`${say("prepare.skip")}: ${say(`prepare.${item}`)}`}
              onClick=${() => answered(item, false)}>
              ${say(kept.prepared[item] === false ? "prepare.skipped" : "prepare.skip")}
            </button>
          </li>
        `)}
      </ul>
      <${Heat} kept=${kept} change=${change} say=${say} />
    </details>
  `;
}

// Keeps time by the clock, so a locked screen or a reload changes nothing.
function Heat({ kept, change, say }) {
  const [nowMs, setNow] = useState(Date.now());
  const isOn = kept.heatBegunMs !== null && kept.heatEndedMs === null;
  useEffect(() => {
    if (!isOn) return undefined;
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [isOn]);
  const leftS = isOn ? Math.max(0, HEAT_MIN * 60 - (Math.max(nowMs, kept.heatBegunMs) - kept.heatBegunMs) / 1000) : 0;
  return html`
    <div class="heat">
      <p><b>${say("prepare.heat")}</b> ${say("prepare.heat_not")}</p>
      ${isOn && leftS > 0 && html`<p class="heat__left" role="timer">${clock(leftS)}</p>`}
      ${isOn && leftS === 0 && html`<p role="status">${say("prepare.heat_done")}</p>`}
      ${isOn
        ? html`<button class="big" type="button" onClick=${() => change({ heatEndedMs: Date.now() })}>
            ${say("prepare.heat_stop")}
          </button>`
        : html`<button class="big" type="button"
            onClick=${() => change({ heatBegunMs: Date.now(), heatEndedMs: null })}>
            ${say("prepare.heat_start", { n: HEAT_MIN })}
          </button>`}
    </div>
  `;
}

function clock(seconds) {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
