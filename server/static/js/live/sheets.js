// The two sheets over the page: why a set is stopped, and "It hurts".
import { html, useEffect, useRef, useState } from "./html.js";

const STOP_REASONS = ["done", "tired", "pain", "sensor_lost", "other"];
const WORST_PAIN_NRS = 10;

// A <dialog> keeps the focus inside and closes on Escape by itself.
function Sheet({ labelledBy, onClose, children }) {
  const dialog = useRef(null);
  useEffect(() => {
    dialog.current.showModal();
  }, []);
  return html`
    <dialog class="sheet" ref=${dialog} aria-labelledby=${labelledBy} onClose=${onClose}>
      ${children}
    </dialog>
  `;
}

export function StopSheet({ count, onReason, onClose, say }) {
  return html`
    <${Sheet} labelledBy="stop-title" onClose=${onClose}>
      <h2 id="stop-title">${say("stopping.title")}</h2>
      <p class="sheet__state">
        ${count > 0 ? say("stopping.lead", { n: count }) : say("stopping.lead_none")}
      </p>
      <div class="sheet__grid">
        ${STOP_REASONS.map((reason) => html`
          <button class=${reason === "done" ? "big big--main" : "big"} type="button"
            onClick=${() => onReason(reason)}>
            ${say(`stopping.${reason}`)}
          </button>
        `)}
        <button class="big big--plain" type="button" onClick=${onClose}>
          ${say("stopping.go_on")}
        </button>
      </div>
    <//>
  `;
}

// onSave(pain): 0..10, or null where the question was skipped or closed.
export function PainSheet({ count, isKeptHere, therapist, onSave, say }) {
  const key = isKeptHere ? "pain.kept_here" : "pain.kept";
  const [answer, setAnswer] = useState(undefined);
  const numbers = Array.from({ length: WORST_PAIN_NRS + 1 }, (_, number) => number);
  return html`
    <${Sheet} labelledBy="pain-title" onClose=${() => onSave(answer ?? null)}>
      <h2 id="pain-title">${say("pain.title")}</h2>
      <p class="sheet__state">
        ${count > 0 ? say(key, { n: count }) : say("pain.kept_none")}
      </p>
      <fieldset class="nrs">
        <legend class="spoken">${say("pain.scale")}</legend>
        ${numbers.map((number) => html`
          <button type="button" aria-pressed=${String(answer === number)}
            onClick=${() => setAnswer(number)}>
            ${number}${scaleEnd(number, say)}
          </button>
        `)}
        <button class="nrs__skip" type="button" aria-pressed=${String(answer === null)}
          onClick=${() => setAnswer(null)}>
          ${say("pain.skip")}
        </button>
      </fieldset>
      <${Advice} therapist=${therapist} say=${say} />
      <button class="big big--main sheet__save" type="button" onClick=${() => onSave(answer ?? null)}>
        ${say("pain.save")}
      </button>
    <//>
  `;
}

function scaleEnd(number, say) {
  if (number === 0) return html` <small>${say("pain.none")}</small>`;
  if (number === WORST_PAIN_NRS) return html` <small>${say("pain.worst")}</small>`;
  return null;
}

// The same advice whatever the number: a person with pain is not made to score high to get it.
function Advice({ therapist, say }) {
  const sees = therapist ? say("pain.who_sees", { name: therapist }) : say("pain.someone_sees");
  return html`
    <div class="advice">
      <p><b>${say("pain.severe")}</b> ${say("pain.severe_do")}</p>
      <p>${sees} ${say("pain.soreness")}</p>
    </div>
  `;
}
