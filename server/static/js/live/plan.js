// What is prescribed today, and how far it is done.
import { html, useEffect, useState } from "./html.js";
import { isOver } from "./view.js";

// The plan, asked for again whenever a set is over: its sets are counted on the server.
export function usePlan(patientId, given, state) {
  const [plan, setPlan] = useState(given);
  const over = state && isOver(state) ? state.set_number : 0;
  useEffect(() => {
    if (over === 0) return undefined;
    const asked = new AbortController();
    fetch(`/api/v1/patients/${patientId}/plan`, { signal: asked.signal })
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((found) => found && setPlan(found.plan))
      .catch(() => {}); // without network the plan stays as it was
    return () => asked.abort();
  }, [over]);
  return plan;
}

// What to do next: the first of the plan that is not done; null where all is, or nothing is asked.
export function nextOf(plan) {
  return plan.find(({ sets, sets_done: done }) => done < sets) ?? null;
}

// Whether an exercise of the plan is done for today.
export function isDone(plan, name) {
  const own = plan.filter(({ exercise }) => exercise?.name === name);
  return own.length > 0 && nextOf(own) === null;
}

export function Plan({ plan, choice, onChoose, say }) {
  if (plan.length === 0) return null;
  const chosen = plan.find(({ exercise }) => exercise?.name === choice.exercise);
  return html`
    <section class="plan" aria-labelledby="plan-title">
      <h2 id="plan-title">${say(nextOf(plan) ? "plan.title" : "plan.done")}</h2>
      <ul>
        ${plan.map((one) => html`
          <li>
            <button type="button" class="plan__row"
              aria-pressed=${String(one.exercise?.name === choice.exercise)}
              onClick=${() => onChoose({ exercise: one.exercise?.name ?? null, target_reps: one.reps })}>
              <b>${titleOf(one, say)}</b>
              <span>${doneOf(one, say)}</span>
            </button>
          </li>
        `)}
      </ul>
      ${chosen?.why && html`<p>${chosen.why}</p>`}
    </section>
  `;
}

function titleOf({ exercise, side }, say) {
  const title = exercise?.title ?? say("any_exercise");
  return side === "left" || side === "right" ? `${title}, ${say(`phone.${side}`)}` : title;
}

function doneOf({ sets, sets_done: done, reps }, say) {
  const said = say("plan.row", { done: Math.min(done, sets), sets, reps });
  return done >= sets ? `✓ ${said}` : said;
}
