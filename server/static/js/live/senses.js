// What reaches a person who is not looking: the beep, and a screen that stays on.

const BEEP_HZ = 880; // carries over a phone's small speaker
const BEEP_S = 0.12;
const BEEP_GAIN = 0.25;

const LATE_MS = 500; // a beep later than this would be for another repetition

// Browsers allow sound only after a touch; -> beep(), silent until then.
export function beeper() {
  let audio = null;

  function unlock() {
    audio ??= new AudioContext();
    audio.resume();
  }
  for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, unlock);

  return async function beep() {
    if (!audio) return;
    const askedMs = performance.now();
    await audio.resume();
    if (performance.now() - askedMs < LATE_MS) sound(audio);
  };
}

function sound(audio) {
  const tone = audio.createOscillator();
  const loudness = audio.createGain();
  const now = audio.currentTime;
  tone.frequency.value = BEEP_HZ;
  loudness.gain.setValueAtTime(0, now);
  loudness.gain.linearRampToValueAtTime(BEEP_GAIN, now + 0.01);
  loudness.gain.exponentialRampToValueAtTime(0.001, now + BEEP_S);
  tone.connect(loudness).connect(audio.destination);
  tone.start(now);
  tone.stop(now + BEEP_S);
}

// Keeps the screen on while the page is in sight. -> stop()
export function stayAwake() {
  let lock = null;
  let isStopped = false;

  async function ask() {
    if (isStopped || document.visibilityState !== "visible" || !navigator.wakeLock) return;
    try {
      lock = await navigator.wakeLock.request("screen");
    } catch {
      lock = null; // low battery or not allowed: the count goes on without it
    }
  }

  document.addEventListener("visibilitychange", ask);
  ask();
  return function stop() {
    isStopped = true;
    document.removeEventListener("visibilitychange", ask);
    lock?.release();
  };
}
