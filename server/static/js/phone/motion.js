// The phone's own acceleration, gravity included: [t_ms, x, y, z] in m/s², axes as on Android.

const SILENT_MS = 3000; // a phone that can send at all has begun by then

// -> "ready", "needs_https", "none" or "refused". To be called in a tap: iOS asks only then.
export async function askForMotion() {
  if (!window.isSecureContext) return "needs_https";
  if (typeof DeviceMotionEvent === "undefined") return "none";
  if (!DeviceMotionEvent.requestPermission) return "ready";
  try {
    return (await DeviceMotionEvent.requestPermission()) === "granted" ? "ready" : "refused";
  } catch {
    return "refused"; // not in a tap, or a setting forbids it
  }
}

// onSample(t_ms, x, y, z) for each; onSilence() if none comes. -> stop()
export function watchMotion({ onSample, onSilence }) {
  const sign = isIos() ? -1 : 1; // it tells gravity the other way round
  let latestMs = -Infinity;
  const timer = setTimeout(onSilence, SILENT_MS);

  function take(event) {
    const { x, y, z } = event.accelerationIncludingGravity ?? {};
    if (![x, y, z].every(Number.isFinite) || event.timeStamp <= latestMs) return;
    clearTimeout(timer);
    latestMs = event.timeStamp;
    onSample(event.timeStamp, sign * x, sign * y, sign * z);
  }

  window.addEventListener("devicemotion", take);
  return function stop() {
    clearTimeout(timer);
    window.removeEventListener("devicemotion", take);
  };
}

// Every browser there is Safari beneath; an iPad says that it is a Mac, which has no touch screen.
function isIos() {
  const isIpad = navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1;
  return isIpad || /iP(hone|ad|od)/.test(navigator.userAgent);
}
