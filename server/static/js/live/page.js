// The page as a whole: the server's state, the taps on their way to it, and which sheet is open.
import { html, useEffect, useRef, useState } from "./html.js";
import { commandQueue, newId } from "./commands.js";
import { follow } from "./connection.js";
import { Choose, Fix, Head, Saved, Shaking } from "./parts.js";
import { CheckIn } from "./checkin.js";
import { PhoneRow, usePhone } from "./phone.js";
import { Plan, isDone, nextOf, usePlan } from "./plan.js";
import { Prepare, usePreparation } from "./prepare.js";
import { Ring } from "./ring.js";
import { beeper, stayAwake } from "./senses.js";
import { PainSheet, StopSheet } from "./sheets.js";
import { cueKey, expected, isOver, isRunning, linkNow } from "./view.js";
import { speaker } from "./words.js";

const DEFAULT_TARGET_REPS = 10; // a set of the article: 2 sets of 10
const SET_COMMAND_LASTS_MS = 3_600_000; // an hour later the set it was meant for is long over

export function LivePage({ given }) {
  const say = speaker(given.words, given.language);
  const placed = speaker(given.placed, given.language);
  const { state, link, waiting, problem, send } = useServer(given);
  const [sheet, setSheet] = useKept(`steadyrep.sheet.${given.patient_id}`, null);
  const [chosen, setChosen] = useKept(`steadyrep.choice.${given.patient_id}`, {});
  const [phone, startPhone, stopPhone] = usePhone(given.patient_id);
  const plan = usePlan(given.patient_id, given.plan, state);
  const preparation = usePreparation(given.patient_id);
  const [said, setSaid] = useState({});
  const count = state?.count ?? null;
  const isKeptHere = waiting.length > 0;
  const isDoneForToday = sheet?.name === "thanks";
  useEffect(stayAwake, []);
  useBeep(count);
  if (!state) return html`<p class="cue" role="status">${say("connecting")}</p>`;

  // Until the patient chooses, the next set is the plan's, or else like the last.
  const next = nextOf(plan);
  const choice = {
    exercise: next?.exercise?.name ?? state.exercise?.name ?? null,
    target_reps: next?.reps ?? state.target_reps ?? DEFAULT_TARGET_REPS,
    ...(next && isDone(plan, chosen.exercise) ? {} : chosen),
  };
  const exercise = titleOf(given.exercises, state.exercise?.name ?? choice.exercise);

  function hurts() {
    send.set({ action: "stop", reason: "pain" }); // whatever runs, here or only on the server yet
    setSheet({ name: "pain" });
  }
  function stopFor(reason) {
    if (reason === "pain") return hurts();
    send.set({ action: "stop", reason });
    return setSheet(null);
  }
  function savePain(pain) {
    if (sheet?.name !== "pain") return;
    send.report({ pain_nrs: pain, note: "" });
    setSheet({ name: "thanks" });
  }
  function start() {
    setSheet(null);
    send.set({ action: "start", ...choice });
    const workout = preparation.begin();
    if (workout) send.workout(workout);
  }

  function sayHow(answers) {
    send.checkIn(answers);
    setSaid({ ...said, [answers.kind]: true });
  }

  return html`
    <${Head} ...${{ state, exercise, link, say, placed }} />
    <${Ring} state=${state} count=${count} say=${say} />
    <${Message} ...${{ state, isDoneForToday, isKeptHere, problem, link, say }} />
    ${isOver(state) && !isDoneForToday && html`<${Saved} ...${{ count, isKeptHere, say }} />`}
    ${isRunning(state) && html`<${Shaking} shaking=${state.shaking} say=${say} />`}
    ${(isRunning(state) || isOver(state)) && html`
      <${Fix} ...${{ state, waiting, say, placed }}
        onAdjust=${(by) => send.set({ action: "adjust", by })} />
    `}
    ${!isRunning(state) && html`
      <${Choose} choice=${choice} exercises=${given.exercises} say=${say}
        onChoose=${(change) => setChosen({ ...chosen, ...change })} />
    `}
    <footer class="mat__foot">
      ${isRunning(state)
        ? html`<button class="big big--main" type="button" onClick=${() => setSheet({ name: "stop" })}>
            <${StopIcon} />${say("stop")}
          </button>`
        : html`<button class=${isDoneForToday ? "big" : "big big--main"} type="button" onClick=${start}>
            <${StartIcon} />${say(isOver(state) ? "start_again" : "start")}
          </button>`}
      <button class="big big--hurts" type="button" onClick=${hurts}>${say("hurts")}</button>
    </footer>
    ${!isRunning(state) && html`
      <${Plan} ...${{ plan, choice, say }}
        onChoose=${(change) => setChosen({ ...chosen, ...change })} />
      ${given.asks_soreness && html`
        <${CheckIn} kind="next_day" isSaid=${said.next_day} onSay=${sayHow} say=${say} />
      `}
      ${isOver(state) && html`
        <${CheckIn} kind="after" isSaid=${said.after} onSay=${sayHow} say=${say} />
      `}
      <${Prepare} preparation=${preparation} say=${say}
        equipment=${equipmentOf(given.exercises, choice.exercise)} />
    `}
    <${PhoneRow} status=${phone} onStart=${startPhone} onStop=${stopPhone} say=${say} />
    ${sheet?.name === "stop" && html`
      <${StopSheet} count=${count} say=${say} onReason=${stopFor} onClose=${() => setSheet(null)} />
    `}
    ${sheet?.name === "pain" && html`
      <${PainSheet} ...${{ count, isKeptHere, say }} therapist=${given.therapist}
        onSave=${savePain} />
    `}
  `;
}

// One line. What only the patient can mend comes first, then thanks after a report, for they hold
// the advice; then other trouble, then the cue.
function Message({ state, isDoneForToday, isKeptHere, problem, link, say }) {
  if (isDoneForToday && link !== "signed_out") {
    const key = isKeptHere ? "pain.thanks_kept_here" : "pain.thanks";
    return html`<p class="cue" role="status">${say(key)}</p>`;
  }
  if (link !== "online") return html`<p class="cue" role="status">${say(link)}</p>`;
  if (problem) return html`<p class="cue" role="alert">${say(problem)}</p>`;
  if (isOver(state) && state.sensor.link === "streaming") return null;
  return html`<p class="cue">${say(cueKey(state))}</p>`;
}

// The server is the truth: its latest state, and the commands it has not answered yet.
function useServer(given) {
  const [state, setState] = useState(given.state);
  const [socketLink, setSocketLink] = useState("online");
  const [trouble, setTrouble] = useState(null);
  const hasNetwork = useNetwork();
  const [waiting, setWaiting] = useState([]);
  const [problem, setProblem] = useState(null);
  const queue = useRef(null);

  useEffect(() => {
    let held = null;
    let isNewSocket = true;

    // An answer may be overtaken by the socket on its way; the later version stays. On a new
    // socket any version does: a restarted server counts them anew.
    function take(next) {
      const isAnyGood = isNewSocket;
      isNewSocket = false;
      setState((before) => (!isAnyGood && next.version < before.version ? before : next));
    }

    // While a tap is on its way a state may have it in already or not: it waits for the answer.
    function takeUnlessSending(next) {
      if (queue.current.isSending()) held = next;
      else take(next);
    }

    function release() {
      if (held) take(held);
      held = null;
    }

    queue.current = commandQueue(`steadyrep.commands.${given.patient_id}`, {
      onChange: setWaiting,
      onAnswer: (answer) => {
        const next = answer?.state ?? answer; // a report's answer has the state inside
        if (next?.type === "state") take(next);
      },
      onRefused: () => setProblem("refused"),
      onExpired: () => setProblem("too_old"),
      onTrouble: setTrouble,
      onSettled: release,
    });
    return follow(given.patient_id, {
      onFirstState: (first) => {
        isNewSocket = true;
        takeUnlessSending(first);
        queue.current.sendNow();
      },
      onState: takeUnlessSending,
      onLink: setSocketLink,
    });
  }, []);

  const base = `/api/v1/patients/${given.patient_id}`;
  const send = {
    set(body) {
      setProblem(null);
      queue.current.add(`${base}/set`, body, { lastsMs: SET_COMMAND_LASTS_MS });
    },
    workout({ id, ...body }) {
      queue.current.add(`${base}/workouts`, { id, ...body }, { id });
    },
    checkIn(body) {
      const id = newId();
      queue.current.add(`${base}/check-ins`, { id, ...body }, { id });
    },
    report(body) {
      const id = newId(); // the report's own id: sent twice, it is still one report
      queue.current.add(`${base}/reports`, { id, ...body }, { id });
    },
  };
  const link = linkNow(socketLink, trouble, hasNetwork);
  return { state: expected(state, waiting), link, waiting, problem, send };
}

// Whether the browser has any network at all.
function useNetwork() {
  const [hasNetwork, setNetwork] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setNetwork(navigator.onLine);
    window.addEventListener("online", look);
    window.addEventListener("offline", look);
    return () => {
      window.removeEventListener("online", look);
      window.removeEventListener("offline", look);
    };
  }, []);
  return hasNetwork;
}

// Beeps when the number goes up in front of the patient; not for what a reload brings.
function useBeep(count) {
  const beep = useRef(null);
  const before = useRef(count);
  beep.current ??= beeper();
  useEffect(() => {
    if (before.current !== null && count > before.current) beep.current();
    before.current = count;
  }, [count]);
}

// State that a reload does not lose.
function useKept(key, initial) {
  const [value, setValue] = useState(() => JSON.parse(sessionStorage.getItem(key)) ?? initial);
  return [
    value,
    (next) => {
      sessionStorage.setItem(key, JSON.stringify(next));
      setValue(next);
    },
  ];
}

function equipmentOf(exercises, name) {
  return exercises.find((exercise) => exercise.name === name)?.equipment ?? null;
}

function titleOf(exercises, name) {
  return exercises.find((exercise) => exercise.name === name)?.title ?? null;
}

function StartIcon() {
  return html`
    <svg width="26" height="26" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
      <path d="M6 4.6a1.5 1.5 0 0 1 2.3-1.3l11.2 7.4a1.5 1.5 0 0 1 0 2.6L8.3 20.7A1.5 1.5 0 0 1 6 19.4z" />
    </svg>
  `;
}

function StopIcon() {
  return html`
    <svg width="24" height="24" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
      <rect x="4" y="4" width="16" height="16" rx="3" />
    </svg>
  `;
}
