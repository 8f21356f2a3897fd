// The row that makes this phone the sensor.
import { html, useEffect, useRef, useState } from "./html.js";
import { phoneSensor } from "../phone/sensor.js";

const PLACES = ["thigh", "shank", "waist", "wrist", "ankle"];
const SIDES = ["left", "right"];

// -> [status, start(worn), stop()]
export function usePhone(patientId) {
  const [status, setStatus] = useState({ phase: "off", rateHz: null, keptS: 0 });
  const sensor = useRef(null);
  useEffect(() => {
    sensor.current = phoneSensor(patientId, setStatus);
    return () => sensor.current.stop();
  }, []);
  return [status, (worn) => sensor.current.start(worn), () => sensor.current.stop()];
}

export function PhoneRow({ status, onStart, onStop, say }) {
  const [worn, setWorn] = useState({ placement: "thigh", side: "left" });
  const isOn = status.phase === "measuring" || status.phase === "asking";
  const problem = isOn || status.phase === "off" ? null : say(`phone.${status.phase}`);
  const choose = (name, values) => html`
    <label>
      ${say(`phone.${name}`)}
      <select value=${worn[name]} onChange=${(event) => setWorn({ ...worn, [name]: event.target.value })}>
        ${values.map((value) => html`<option value=${value}>${say(`phone.${value}`)}</option>`)}
      </select>
    </label>
  `;
  return html`
    <details class="phone" open=${isOn || problem !== null}>
      <summary>${say(isOn ? `phone.${status.phase}` : "phone.title", { n: status.rateHz ?? 0 })}</summary>
      ${problem && html`<p class="phone__problem" role="alert">${problem}</p>`}
      ${status.keptS > 2 && html`<p>${say("phone.kept", { n: status.keptS })}</p>`}
      ${isOn
        ? html`<p>${say("phone.keep_open")}</p>
            <button class="big" type="button" onClick=${onStop}>${say("phone.stop")}</button>`
        : html`<p>${say("phone.how")}</p>
            <div class="choose">${choose("placement", PLACES)}${choose("side", SIDES)}</div>
            <button class="big" type="button" onClick=${() => onStart(worn)}>
              ${say("phone.start")}
            </button>`}
    </details>
  `;
}
