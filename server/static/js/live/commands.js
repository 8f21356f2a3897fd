// What the patient taps, kept until the server has it: a tap made without network, or just before a
// reload, is sent later, once, in order. Each carries an id that the patient's phone made, so that
// a command whose answer was lost can be sent again and is still done once.
import { alone, shelf } from "./shelf.js";

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;
const PATIENCE_MS = 10_000; // a server that answers later is as good as none: asked again

export const SIGNED_OUT = new Set([401, 403, 404]); // nobody's page now, or somebody else's

// onChange(waiting): the commands without an answer. onAnswer(answer): the server's JSON after each.
// onRefused(): the server said no; the command is gone. onExpired(): one waited too long and is
// gone unsent. onTrouble(null | "offline" | "signed_out"): why nothing is sent; the commands stay.
// onSettled(): nothing is on its way now.
export function commandQueue(storageKey, on) {
  const kept = shelf(storageKey);
  let isBusy = false;
  let isSending = false;
  let isWanted = false;
  let delayMs = FIRST_DELAY_MS;
  let timer = null;

  const tellChange = () => on.onChange(kept.all());

  function dropExpired() {
    const expired = kept.all().filter(({ endsMs }) => endsMs !== null && Date.now() > endsMs);
    if (expired.length === 0) return;
    expired.forEach(kept.remove);
    on.onExpired();
    tellChange();
  }

  // -> whether the server has everything
  async function sendAll() {
    for (;;) {
      dropExpired();
      const command = kept.all()[0];
      if (!command) {
        on.onTrouble(null);
        return true;
      }
      isSending = true;
      const answer = await post(command);
      const trouble = troubleWith(answer);
      on.onTrouble(trouble);
      if (trouble === null) await take(command, answer);
      isSending = false;
      on.onSettled();
      if (trouble !== null) return false;
      delayMs = FIRST_DELAY_MS;
    }
  }

  async function take(command, answer) {
    const body = await answer.json().catch(() => null);
    // In one breath, so that the count is never shown with a tap twice or not at all.
    if (answer.ok) on.onAnswer(body);
    else on.onRefused();
    kept.remove(command);
    tellChange();
  }

  async function send() {
    clearTimeout(timer);
    isWanted = isBusy;
    if (isBusy) return;
    isBusy = true;
    const isDone = await alone(storageKey, sendAll);
    isBusy = false;
    // the network came back while the last try was failing: no reason to wait
    if (!isDone && isWanted) {
      send();
      return;
    }
    if (isDone) {
      if (kept.all().length > 0) send(); // tapped while the last answer was put away
      return;
    }
    timer = setTimeout(send, delayMs);
    delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
  }

  function sendFresh() {
    delayMs = FIRST_DELAY_MS;
    send();
  }

  window.addEventListener("online", sendFresh);
  window.addEventListener("storage", tellChange); // another tab's taps
  tellChange();
  send();

  return {
    // lastsMs: not worth sending any more after this long; null: however late.
    add(path, body, { id = newId(), lastsMs = null } = {}) {
      const latestMs = kept.all().at(-1)?.atMs ?? 0;
      const atMs = Math.max(Date.now(), latestMs + 1); // two taps in a millisecond keep their order
      kept.put({ id, path, body, atMs, endsMs: lastsMs === null ? null : atMs + lastsMs });
      tellChange();
      send();
    },
    sendNow: send,
    isSending: () => isSending,
  };
}

// -> null where the server has decided; else why the command has to wait.
function troubleWith(answer) {
  if (answer === null || answer.status >= 500 || answer.status === 429) return "offline";
  return SIGNED_OUT.has(answer.status) ? "signed_out" : null;
}

// -> the answer, or null where none came.
async function post(command) {
  try {
    return await fetch(command.path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": command.id },
      body: JSON.stringify(command.body),
      keepalive: true,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    return null;
  }
}

// randomUUID exists only in secure contexts; a server on the home network may have none.
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
