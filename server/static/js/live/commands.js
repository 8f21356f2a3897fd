// What the patient taps, kept until the server has it: a tap made without network, or just before a
// reload, is sent later, once, in order. Each carries an id that the patient's phone made, so that
// a command whose answer was lost can be sent again and is still done once.

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;

// onChange(waiting): the commands without an answer. onAnswer(answer): the server's JSON after each.
// onRefused(): the server said no; the command is gone. onSettled(): nothing is on its way now.
export function commandQueue(storageKey, { onChange, onAnswer, onRefused, onSettled }) {
  let waiting = JSON.parse(localStorage.getItem(storageKey) ?? "[]");
  let isSending = false;
  let delayMs = FIRST_DELAY_MS;
  let timer = null;

  function keep(commands) {
    waiting = commands;
    localStorage.setItem(storageKey, JSON.stringify(waiting));
    onChange(waiting);
  }

  async function sendNext() {
    clearTimeout(timer);
    if (isSending || waiting.length === 0) return;
    isSending = true;
    const command = waiting[0];
    const answer = await post(command);
    if (answer === null) {
      isSending = false;
      onSettled();
      timer = setTimeout(sendNext, delayMs);
      delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
      return;
    }
    delayMs = FIRST_DELAY_MS;
    const body = await answer.json().catch(() => null);
    // In one breath, so that the count is never shown with a tap twice or not at all.
    if (answer.ok) onAnswer(body);
    else onRefused();
    keep(waiting.filter((other) => other.id !== command.id));
    isSending = false;
    onSettled();
    sendNext();
  }

  window.addEventListener("online", sendNext);
  onChange(waiting);
  sendNext();

  return {
    add(path, body, id = newId()) {
      keep([...waiting, { id, path, body }]);
      sendNext();
    },
    sendNow: sendNext,
    isSending: () => isSending,
  };
}

// -> the answer, or null where it is worth trying again: no network, or a server in trouble.
async function post(command) {
  try {
    const answer = await fetch(command.path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": command.id },
      body: JSON.stringify(command.body),
      keepalive: true,
    });
    return answer.status >= 500 || answer.status === 429 ? null : answer;
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
