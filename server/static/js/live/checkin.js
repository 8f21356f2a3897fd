// How it feels: after the exercises, and on the day after. Each question may be left out.
import { html, useState } from "./html.js";

const MOST = 10;
const NUMBERS = Array.from({ length: MOST + 1 }, (_, number) => number);
const QUESTIONS = { after: ["pain_nrs", "effort_rpe", "fatigue_nrs"], next_day: ["soreness_nrs", "pain_nrs"] };

export function CheckIn({ kind, isSaid, onSay, say }) {
  const [answers, setAnswers] = useState({});
  if (isSaid) return html`<p class="checkin__thanks" role="status">${say(`checkin.${kind}.thanks`)}</p>`;
  return html`
    <details class="checkin" open=${kind === "next_day"}>
      <summary>${say(`checkin.${kind}.title`)}</summary>
      ${QUESTIONS[kind].map((name) => html`
        <label class="checkin__row">
          ${say(`checkin.${name}`)}
          <select value=${answers[name] ?? ""}
            onChange=${(event) => setAnswers({ ...answers, [name]: numberOf(event.target.value) })}>
            <option value="">${say("checkin.skip")}</option>
            ${NUMBERS.map((number) => html`<option value=${number}>${number}${endOf(number, say)}</option>`)}
          </select>
        </label>
      `)}
      ${kind === "next_day" && html`<p>${say("checkin.cold")}</p>`}
      <button class="big" type="button" disabled=${Object.values(answers).every((each) => each === null)}
        onClick=${() => onSay({ kind, ...answers })}>
        ${say("checkin.save")}
      </button>
    </details>
  `;
}

const numberOf = (text) => (text === "" ? null : Number(text));

function endOf(number, say) {
  if (number === 0) return ` ${say("checkin.least")}`;
  return number === MOST ? ` ${say("checkin.most")}` : "";
}
