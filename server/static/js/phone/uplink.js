// Sends what the spool holds, oldest recording first, as every collector does (docs/server.md,
// Ingest): what is acknowledged is on the server's disk and is let go of here.

const MOST_UNANSWERED = 8; // seconds on their way; more only wait elsewhere
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;
const REFUSED = 1008; // the same again would be refused again

// onKept(chunks not yet on the server), onRefused(reason). -> {nudge(), stop()}
export function uplink(patientId, spool, { onKept, onRefused }) {
  let isStopped = false;
  let delayMs = FIRST_DELAY_MS;
  let isNudged = false;
  let wake = () => {};
  let pump = () => {};
  let socket = null;

  async function run() {
    while (!isStopped) {
      const recording = await spool.next();
      if (recording === null) await pause(null);
      else if (await send(recording)) delayMs = FIRST_DELAY_MS;
      else {
        await pause(delayMs);
        delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS);
      }
    }
  }

  // Until something is new, or for so long.
  async function pause(ms) {
    if (!isNudged) {
      await new Promise((resolve) => {
        const timer = ms === null ? null : setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    isNudged = false;
  }

  // -> whether the recording is dealt with; else it has to be sent on later.
  function send({ id, hello }) {
    return new Promise((resolve) => {
      let nextSequence = null;
      let acknowledged = -1;
      let isPumping = false;
      let isMore = false;
      let isEnding = false;
      let reason = null;
      const link = new WebSocket(phoneUrl(patientId));
      socket = link;
      link.onopen = () => link.send(JSON.stringify(hello));

      const isOpen = () => link.readyState === WebSocket.OPEN;

      async function endIfOver() {
        const { count, isOver } = await spool.recording(id);
        if (!isOver || acknowledged < count - 1 || !isOpen()) return;
        isEnding = true;
        link.send(JSON.stringify({ type: "end", chunks: count }));
      }

      async function sendWhatIsThere() {
        while (isOpen() && nextSequence - acknowledged <= MOST_UNANSWERED) {
          const payload = await spool.chunk(id, nextSequence);
          if (payload === null) {
            await endIfOver();
            break;
          }
          if (!isOpen()) break;
          link.send(payload);
          nextSequence += 1;
        }
      }

      pump = async () => {
        isMore = true; // whoever pumps already looks once more
        if (isPumping || nextSequence === null) return;
        isPumping = true;
        while (isMore && !isEnding) {
          isMore = false;
          await sendWhatIsThere();
        }
        isPumping = false;
      };

      async function hasUpTo(sequence) {
        acknowledged = sequence;
        delayMs = FIRST_DELAY_MS;
        if (sequence >= 0) await spool.forget(id, sequence);
        onKept(await spool.kept());
        pump();
      }

      link.onmessage = async (message) => {
        const said = JSON.parse(message.data);
        if (said.type === "welcome") {
          nextSequence = said.next_sequence;
          await hasUpTo(said.next_sequence - 1);
        } else if (said.type === "ack") {
          await hasUpTo(said.sequence);
        } else if (said.type === "refused") {
          reason = said.reason;
          if (said.sequence !== null) link.close(); // it would be refused for ever
        } else if (said.type === "ended") {
          isEnding = true;
        }
      };

      link.onclose = async ({ code }) => {
        const isDone = isEnding && reason === null && code === 1000;
        const isHopeless = code === REFUSED || (reason !== null && code !== 1013);
        if (isHopeless) onRefused(reason);
        if (isDone || isHopeless) await spool.remove(id);
        onKept(await spool.kept());
        resolve(isDone || isHopeless);
      };
    });
  }

  const nudge = () => {
    isNudged = true;
    wake();
    pump();
  };
  window.addEventListener("online", nudge);
  run();
  return {
    nudge,
    stop() {
      isStopped = true;
      window.removeEventListener("online", nudge);
      nudge();
      socket?.close();
    },
  };
}

function phoneUrl(patientId) {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return `${scheme}//${location.host}/api/v1/patients/${patientId}/phone`;
}
