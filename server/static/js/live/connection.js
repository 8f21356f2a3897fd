// The live WebSocket. The server sends the whole state each time, so a new connection needs no
// catching up: reload, lock and lost network all end in the same first message.
import { SIGNED_OUT } from "./commands.js";

const FIRST_DELAY_MS = 500; // a blink: most drops are a phone changing networks
const LONGEST_DELAY_MS = 10_000; // a person on the mat looks about that often

// Calls onFirstState(state) after each connecting, then onState(state), and onLink(link) when that
// changes: "online", "offline" or "signed_out". -> stop()
export function follow(patientId, { onFirstState, onState, onLink }) {
  let socket = null;
  let timer = null;
  let delayMs = FIRST_DELAY_MS;
  let isStopped = false;
  let link = "online";

  function tell(next) {
    if (next !== link) onLink(next);
    link = next;
  }

  function open() {
    clearTimeout(timer);
    let isFirst = true;
    socket = new WebSocket(liveUrl(patientId));
    socket.onmessage = (message) => {
      const state = JSON.parse(message.data);
      if (state.type !== "state") return;
      delayMs = FIRST_DELAY_MS;
      if (isFirst) tell("online");
      (isFirst ? onFirstState : onState)(state);
      isFirst = false;
    };
    socket.onclose = tryAgain;
  }

  async function tryAgain() {
    if (isStopped) return;
    // A restarted server must not be met by every phone in the same instant.
    timer = setTimeout(open, delayMs * (0.75 + Math.random() / 2));
    delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
    if (link === "online") tell("offline");
    const isOut = await isSignedOut(patientId);
    if (link !== "online") tell(isOut ? "signed_out" : "offline");
  }

  function drop() {
    clearTimeout(timer);
    if (!socket) return;
    socket.onclose = null;
    socket.onmessage = null;
    socket.close();
  }

  // A phone that was locked holds a socket that looks open and is dead.
  function renew() {
    if (document.visibilityState !== "visible" || isStopped) return;
    drop();
    delayMs = FIRST_DELAY_MS;
    open();
  }

  document.addEventListener("visibilitychange", renew);
  window.addEventListener("online", renew);
  open();

  return function stop() {
    isStopped = true;
    document.removeEventListener("visibilitychange", renew);
    window.removeEventListener("online", renew);
    drop();
  };
}

// A refused WebSocket does not tell a browser why; a plain request does.
async function isSignedOut(patientId) {
  try {
    return SIGNED_OUT.has((await fetch(`/api/v1/patients/${patientId}/live`)).status);
  } catch {
    return false;
  }
}

function liveUrl(patientId) {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return `${scheme}//${location.host}/api/v1/live/${patientId}`;
}
