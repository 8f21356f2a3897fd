// This phone as the sensor: asks, measures, keeps, sends. One tab of a patient's at a time.
import { newId } from "../live/commands.js";
import { chunker } from "./chunks.js";
import { askForMotion, watchMotion } from "./motion.js";
import { openSpool } from "./spool.js";
import { uplink } from "./uplink.js";

const OFF = { phase: "off", rateHz: null, keptS: 0 };

// onChange({phase, rateHz, keptS}): phase is "off", "asking", "measuring" or why it cannot:
// "needs_https", "none", "refused", "elsewhere", "no_room", "unwanted". -> {start(worn), stop()}
export function phoneSensor(patientId, onChange) {
  let status = OFF;
  let ready = null;
  let stopMotion = null;
  let samples = null;

  function tell(change) {
    status = { ...status, ...change };
    onChange(status);
  }

  // What is left from before is sent, whether or not it is measured again.
  function prepared() {
    ready ??= new Promise((resolve) => {
      if (!navigator.locks || !window.indexedDB) return resolve(null);
      const held = (lock) => {
        if (lock === null) return resolve(null);
        return new Promise((release) => sendWhatIsLeft(patientId, tell, release).then(resolve));
      };
      return navigator.locks.request(`${patientId}.phone`, { ifAvailable: true }, held);
    });
    return ready;
  }

  async function start(worn) {
    tell({ phase: "asking" });
    const asked = await askForMotion();
    if (asked !== "ready") return tell({ phase: asked });
    const kept = await prepared();
    if (kept === null) {
      ready = null;
      return tell({ phase: "elsewhere" });
    }
    const id = newId();
    const put = inOrder(() => stop("no_room"));
    samples = chunker({
      onBegun({ rateHz, firstMs }) {
        put(() => kept.spool.add(hello(id, rateHz, firstMs, worn)));
        tell({ phase: "measuring", rateHz: Math.round(rateHz) });
      },
      onChunk: (sequence, payload) =>
        put(async () => {
          await kept.spool.put(id, sequence, payload);
          tell({ keptS: await kept.spool.kept() });
          kept.sending.nudge();
        }),
    });
    stopMotion = watchMotion({ onSample: samples.take, onSilence: () => stop("none") });
    finish = () =>
      put(async () => {
        await kept.spool.end(id);
        kept.sending.nudge();
      });
  }

  let finish = () => {};

  function stop(phase = "off") {
    stopMotion?.();
    samples?.end();
    finish();
    stopMotion = samples = null;
    finish = () => {};
    tell({ phase, rateHz: null });
  }

  prepared();
  return { start, stop };
}

async function sendWhatIsLeft(patientId, tell, release) {
  try {
    const spool = await openSpool(patientId);
    await spool.end(); // whoever was measuring is gone: nothing follows
    const sending = uplink(patientId, spool, {
      onKept: (chunks) => tell({ keptS: chunks }),
      onRefused: () => tell({ phase: "unwanted" }),
    });
    return { spool, sending };
  } catch {
    release(); // a private window may have no database
    return null;
  }
}

// Does one thing after the other; the first that fails ends it.
function inOrder(onFailure) {
  let before = Promise.resolve();
  return (work) => {
    before = before.then(work);
    before.catch(onFailure);
  };
}

function hello(id, rateHz, firstMs, { placement, side }) {
  const startedMs = Date.now() - (performance.now() - firstMs);
  return {
    type: "hello",
    recording_id: id,
    rate_hz: rateHz,
    device: { name: "Phone", kind: "phone-browser", serial: null },
    placement,
    side,
    exercise: null,
    started_at: withOffset(new Date(startedMs)),
  };
}

// ISO 8601 on the phone's clock: the day a session belongs to is the patient's own.
function withOffset(moment) {
  const eastMin = -moment.getTimezoneOffset();
  const local = new Date(moment.getTime() + eastMin * 60_000).toISOString().slice(0, -1);
  const pad = (n) => String(Math.trunc(Math.abs(n))).padStart(2, "0");
  return `${local}${eastMin < 0 ? "-" : "+"}${pad(eastMin / 60)}:${pad(eastMin % 60)}`;
}
