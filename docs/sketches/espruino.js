// A sensor with Steadyrep's open profile (docs/open-profile.md): Bangle.js 2 and Puck.js.
// Paste it into the Espruino Web IDE. Written from Espruino's reference; not run on a watch yet.
// Samples are sent three at a time: 4 + 3 × 6 = 22 bytes, within the MTU of 53 that Espruino has.
var RATE_HZ = 50, RANGE_G = 8, SAMPLES = 3;
var CONTROL = "7b1e0002-8d6f-4c52-9f0a-5d2c3a9e6b10";
var DATA = "7b1e0003-8d6f-4c52-9f0a-5d2c3a9e6b10";
var SERVICE = "7b1e0001-8d6f-4c52-9f0a-5d2c3a9e6b10";
var STOP = 0, START = 1, OK = 0;
var packet = new Uint8Array(4 + 6 * SAMPLES), view = new DataView(packet.buffer), filled = 0;
var isStreaming = false;

function say(uuid, bytes) {
  var update = {};
  update[SERVICE] = {};
  update[SERVICE][uuid] = { value: bytes, notify: uuid === DATA, indicate: uuid === CONTROL };
  try { NRF.updateServices(update); } catch (e) { isStreaming = false; } // nobody listens
}

function take(x, y, z) { // in g
  if (!isStreaming) return;
  [x, y, z].forEach(function (g, axis) {
    var raw = Math.round(g * 32768 / RANGE_G);
    view.setInt16(4 + 6 * filled + 2 * axis, Math.max(-32768, Math.min(32767, raw)), true);
  });
  if (++filled < SAMPLES) return;
  view.setUint32(0, Math.round(getTime() * 1000) % 4294967296, true); // of the last sample
  say(DATA, packet.buffer);
  filled = 0;
}

function onControl(evt) {
  var operation = new Uint8Array(evt.data)[0];
  isStreaming = operation === START;
  filled = 0;
  say(CONTROL, isStreaming ? [START, OK, (10 * RATE_HZ) & 255, (10 * RATE_HZ) >> 8, RANGE_G]
    : [operation, OK]);
}

var services = {};
services[SERVICE] = {};
services[SERVICE][CONTROL] = { writable: true, indicate: true, maxLen: 5, value: [0, 0],
  onWrite: onControl };
services[SERVICE][DATA] = { notify: true, maxLen: packet.length, value: packet.buffer };
NRF.setServices(services, { uart: false });
NRF.setAdvertising({}, { name: "Steadyrep watch" });
NRF.on("disconnect", function () { isStreaming = false; });

if (global.Bangle) { // Bangle.js: ±8 g, every 20 ms
  Bangle.setPollInterval(1000 / RATE_HZ);
  Bangle.on("accel", function (a) { take(a.x, a.y, a.z); });
} else { // Puck.js v2: 8192 counts a g at ±4 g
  RANGE_G = 4;
  RATE_HZ = 52;
  Puck.accelOn(RATE_HZ);
  Puck.on("accel", function (a) { take(a.acc.x / 8192, a.acc.y / 8192, a.acc.z / 8192); });
}
